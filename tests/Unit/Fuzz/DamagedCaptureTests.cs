using Sensor.Tests.Fuzz;
using Sensor.Tests.Fuzz.Targets.Replay;
using Sensor.Tests.Support;
using Xunit;

namespace Sensor.Tests.Damaged;

/// <summary>The quick form of <c>tests/Fuzz/run</c>: some small captures, damaged once in each way.</summary>
public class DamagedCaptureTests
{
    [SharedFact]
    public void Damaged_captures_replay_without_an_exception()
    {
        FuzzReport report = ReplayTarget.Run(FuzzOptions.Quick(SharedMaterial.Path("captures")), _ => { });
        Assert.True(report.Failures.Count == 0, string.Join('\n', report.Failures.Take(5)));
        Assert.Equal(150, report.Files);
        Assert.True(report.Frames > 10_000, $"too little was tried: {report}");
        Assert.True(report.Events > 1_000, $"too little was tried: {report}");
    }

    [Fact]
    public void The_shipped_samples_damaged_in_each_way_replay_without_an_exception()
    {
        FuzzReport report = ReplayTarget.Run(new FuzzOptions { Captures = Checkout.Path("rules", "samples"), Variants = 25 }, _ => { });
        Assert.True(report.Failures.Count == 0, string.Join('\n', report.Failures.Take(5)));
        Assert.True(report.Events > 1_000, $"too little was tried: {report}");
    }
}
