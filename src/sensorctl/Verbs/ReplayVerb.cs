using System.CommandLine;
using Sensor.Control;
using Sensor.Engine;

namespace Sensor.CommandLine.Verbs;

/// <summary><c>sensorctl replay</c>: runs the engine on capture files, without a running daemon.</summary>
internal static class ReplayVerb
{
    public static Command Create()
    {
        var captures = new Argument<string[]>("CAPTURE") { Description = "capture files (pcap or pcapng, plain or gzip)", Arity = ArgumentArity.OneOrMore };
        var rules = new Option<string[]>("--rules") { Description = "rule files, or folders with *.rules", AllowMultipleArgumentsPerToken = true };
        var lists = new Option<string[]>("--lists") { Description = "blacklist files, or folders with *.list", AllowMultipleArgumentsPerToken = true };
        var output = new Option<string>("--out") { Description = "folder for eve.json and stats.json (made when missing)", Required = true };
        var configuration = new Option<string?>("--config") { Description = "a sensord.yaml whose engine settings, variables and lists apply" };
        var set = new Option<string[]>("--set") { Description = "one engine setting as KEY=VALUE, e.g. stream.midstream=true" };
        var checksums = new Option<string>("--checksums") { Description = "none: do not look at checksums; validate: drop packets with bad ones", DefaultValueFactory = _ => "validate" };
        checksums.AcceptOnlyFromAmong("none", "validate");
        var workers = new Option<int>("--workers") { Description = "worker threads", DefaultValueFactory = _ => 1 };
        var command = new Command("replay", "Runs the engine on capture files and writes the events it finds") { captures, rules, lists, output, configuration, set, checksums, workers };
        command.SetAction((parsed, cancel) =>
        {
            var options = new ReplayOptions
            {
                Captures = parsed.GetValue(captures)!,
                Rules = parsed.GetValue(rules) ?? [],
                Lists = parsed.GetValue(lists) ?? [],
                OutputFolder = parsed.GetValue(output)!,
                Configuration = parsed.GetValue(configuration),
                Settings = parsed.GetValue(set) ?? [],
                ValidateChecksums = parsed.GetValue(checksums) == "validate",
                Workers = parsed.GetValue(workers),
            };
            return Task.FromResult(Run(options, cancel));
        });
        return command;
    }

    private static int Run(ReplayOptions options, CancellationToken cancel)
    {
        try
        {
            ReplaySummary summary = Replay.Run(options, line => Console.Error.WriteLine(line), cancel);
            Console.Error.WriteLine($"{Common.Count(summary.Packets)} packets, {Common.Count(summary.Bytes)} bytes in {summary.EngineSeconds:0.000} s ({summary.Gigabits:0.00} Gbps); {Common.Count(summary.RulesLoaded)} rules, {summary.RulesFailed} refused; {Common.Count(summary.Alerts)} alerts");
            return ExitCode.Healthy;
        }
        catch (ReplayException problem)
        {
            Console.Error.WriteLine($"sensorctl: {problem.Message}");
            return ExitCode.Unhealthy;
        }
    }
}
