using System.CommandLine;
using Sensor.CommandLine.Verbs;
using Sensor.Control;

namespace Sensor.CommandLine;

/// <summary><c>sensorctl</c>: what an engineer on the box types. One verb, one file.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        var root = new RootCommand("Looks at and steers the sensor of this box. Exit codes: 0 healthy, 1 unhealthy, 2 usage, 3 not permitted, 4 unreachable.");
        root.Options.Add(Common.Json);
        root.Options.Add(Common.Socket);
        root.Options.Add(Common.Language);
        root.Subcommands.Add(StatusVerb.Create());
        root.Subcommands.Add(AlertsVerb.Create());
        root.Subcommands.Add(IncidentsVerb.Create());
        root.Subcommands.Add(ReloadVerb.Create());
        root.Subcommands.Add(RulesVerb.Create());
        root.Subcommands.Add(ReplayVerb.Create());

        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors) await Console.Error.WriteLineAsync($"sensorctl: {error.Message}");
            await Console.Error.WriteLineAsync("try \"sensorctl --help\"");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync();
    }
}
