using Sensor.Cloud;
using Sensor.Primitives;
using Sensor.Wire;

namespace Sensor.Tests.Cloud;

/// <summary>A heartbeat every 30 seconds, whatever the portal does.</summary>
public sealed class HeartbeatTests
{
    [Fact]
    public async Task Beats_come_every_thirty_seconds_and_a_failed_one_is_not_repeated()
    {
        TestDelays delays = new();
        using CancellationTokenSource stop = new();
        List<DateTimeOffset> sent = [];
        List<GrpcStatus> failures = [];
        HeartbeatLoop loop = new(
            (_, _) =>
            {
                sent.Add(delays.Clock.GetUtcNow());
                delays.Clock.Advance(TimeSpan.FromSeconds(4)); // a slow answer does not move the beat
                return sent.Count == 2 ? throw new GrpcException(GrpcStatus.Unavailable, "away") : Task.FromResult(new HeartbeatReply { DesiredGeneration = 3 });
            },
            () => new HeartbeatRequest(),
            delays.Delays)
        {
            Failed = (reason, _) =>
            {
                failures.Add(reason.Status);
                return Task.CompletedTask;
            },
        };
        delays.OnPause = count =>
        {
            if (count == 4) stop.Cancel();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop.RunAsync(stop.Token));
        Assert.Equal([30, 30, 30], sent.Zip(sent.Skip(1), (one, next) => (next - one).TotalSeconds));
        Assert.Equal([GrpcStatus.Unavailable], failures);
        Assert.Equal(sent[^1].AddSeconds(4), loop.LastAnswer);
    }

    [Fact]
    public void It_says_how_the_box_is()
    {
        TestSource source = new TestSource().Add(4);
        SensorState state = new()
        {
            Version = "1.0",
            RuleVersion = "2026-01",
            RulesLoaded = 100,
            RulesFailed = 2,
            Ledger = new LossLedger(10, 1, 2, 3, 0, 0, 4),
            Cpu = 0.25,
            MemoryBytes = 1 << 28,
            Workers = 1,
            Uptime = TimeSpan.FromHours(1),
            BootId = "boot",
            ConfigGeneration = 9,
            CaptureState = "running",
            CaptureInterface = "eth1",
        };
        DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        HeartbeatRequest request = HeartbeatLoop.Compose("id", state, source, new UploaderStatus { Quarantined = 5 }, now);
        Assert.Equal(60, request.OldestUnsentSeconds);
        Assert.Equal(4ul, request.SpoolDepth);
        Assert.Equal(5ul, request.Quarantined);
        Assert.Equal(3ul, request.Loss.QueueFull);
        Assert.Equal(10ul, request.Loss.Seen);
        Assert.Equal(2u, request.RulesFailed);
        Assert.Equal(9ul, request.ConfigGeneration);
        Assert.Equal(3600, request.UptimeSeconds);
        source.Acknowledge(7, 4);
        Assert.Equal(0, HeartbeatLoop.Compose("id", state, source, new UploaderStatus(), now).OldestUnsentSeconds);
    }
}
