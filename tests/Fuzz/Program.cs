using System.Diagnostics;
using Sensor.Tests.Fuzz.Targets.Replay;

namespace Sensor.Tests.Fuzz;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        FuzzOptions options;
        try
        {
            options = FuzzOptions.Parse(arguments);
        }
        catch (ArgumentException wrong)
        {
            Console.Error.WriteLine($"fuzz: {wrong.Message}");
            return 2;
        }

        long start = Stopwatch.GetTimestamp();
        FuzzReport report = ReplayTarget.Run(options, line => Console.Error.WriteLine($"[{Stopwatch.GetElapsedTime(start).TotalSeconds,6:0} s] {line}"));
        foreach (string slow in report.Slow) Console.WriteLine($"slow: {slow}");
        foreach (string failure in report.Failures) Console.WriteLine($"FAILED: {failure}");
        Console.WriteLine($"replay, seed {options.Seed}: {report}, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        return report.Failures.Count == 0 ? 0 : 1;
    }
}
