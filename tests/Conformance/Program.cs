using Sensor.Engine;

namespace Sensor.Tests.Conformance;

/// <summary>Runs cases through the engine that ships, each with its own rules and settings, all in this process.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments.Length < 2)
        {
            Console.Error.WriteLine("usage: run-cases CASES_ROOT OUT_ROOT [NAME...]");
            return 2;
        }

        string root = arguments[0], output = arguments[1];
        string[] names = arguments.Length > 2 ? arguments[2..] : [.. Directory.EnumerateDirectories(Path.Combine(root, "cases")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];
        int done = 0, broken = 0;
        object gate = new();
        Parallel.ForEach(names, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, name =>
        {
            string? problem = Run(root, Path.Combine(output, name), name);
            lock (gate)
            {
                done++;
                if (problem is not null)
                {
                    broken++;
                    Console.Error.WriteLine($"{name}: {problem}");
                }

                if (done % 100 == 0 || done == names.Length) Console.Error.WriteLine($"{done} of {names.Length} cases run");
            }
        });
        Console.Error.WriteLine($"{names.Length} cases run, {broken} could not be run as asked");
        return 0;
    }

    /// <summary>Answers what kept the case from running, or null. An engine that throws is a defect and is shown whole.</summary>
    private static string? Run(string root, string folder, string name)
    {
        try
        {
            ConformanceCase which = ConformanceCase.Read(root, name);
            Directory.CreateDirectory(folder);
            File.Delete(Path.Combine(folder, "eve.json"));
            Replay.Run(
                new ReplayOptions
                {
                    Captures = [which.Capture],
                    Rules = which.Rules,
                    OutputFolder = folder,
                    Settings = [.. which.Settings.Select(setting => $"{setting.Key}={setting.Value}")],
                    SettingsFolder = which.Folder,
                    ValidateChecksums = which.ValidateChecksums,
                    Inline = which.Inline,
                    Payload = true,
                    Small = true,
                },
                _ => { },
                CancellationToken.None);
            return null;
        }
        catch (ReplayException refused)
        {
            return refused.Message;
        }
        catch (Exception defect)
        {
            return $"DEFECT {defect}";
        }
    }
}
