using System.Diagnostics;
using Sensor.Tests.Support;
using Xunit;

namespace Sensor.Tests.EndToEnd;

/// <summary>What conforms once stays so: tests/Conformance/pass-counts.json may rise, never fall.</summary>
public sealed class ConformanceCountsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [SharedFact]
    public void No_count_of_passing_cases_falls()
    {
        var start = new ProcessStartInfo(Checkout.Path("tests", "Conformance", "check-counts")) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(SharedMaterial.Path("conformance"));
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(Patience), "the conformance run does not end");
        Assert.True(process.ExitCode == 0, output + errors.Result);
    }
}
