using Sensor.Primitives;
using Sensor.Wire;

namespace Sensor.Cloud;

/// <summary>
/// A heartbeat every 30 seconds. A missed one is not repeated: the next one says the same, newer. The portal calls a box
/// silent after three.
/// </summary>
public sealed class HeartbeatLoop(
    Func<HeartbeatRequest, CancellationToken, Task<HeartbeatReply>> send, Func<HeartbeatRequest> compose, Delays delays)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Told of each answer: the wanted configuration generation and the portal's clock.</summary>
    public Action<HeartbeatReply>? Answered { get; init; }

    /// <summary>Told of each failure.</summary>
    public Func<GrpcException, CancellationToken, Task>? Failed { get; init; }

    /// <summary>When the portal last answered.</summary>
    public DateTimeOffset? LastAnswer { get; private set; }

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            long started = delays.Time.GetTimestamp();
            try
            {
                HeartbeatReply reply = await send(compose(), cancellation).ConfigureAwait(false);
                LastAnswer = delays.Time.GetUtcNow();
                Answered?.Invoke(reply);
            }
            catch (GrpcException reason)
            {
                if (Failed is not null) await Failed(reason, cancellation).ConfigureAwait(false);
            }

            TimeSpan rest = Interval - delays.Time.GetElapsedTime(started);
            await delays.WaitAsync(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The request for a state of the box and of its uplink.</summary>
    public static HeartbeatRequest Compose(string sensorId, SensorState state, IUploadSource source, UploaderStatus uplink, DateTimeOffset now) => new()
    {
        SensorId = sensorId,
        SensorTimeNs = PacketTime.FromDateTimeOffset(now).Nanoseconds,
        Name = state.Name,
        Version = state.Version,
        RuleVersion = state.RuleVersion,
        RulesLoaded = (uint)state.RulesLoaded,
        RulesFailed = (uint)state.RulesFailed,
        ListVersion = state.ListVersion,
        Loss = LossMapping.ToWire(state.Ledger),
        Cpu = state.Cpu,
        MemoryBytes = (ulong)state.MemoryBytes,
        Workers = (uint)state.Workers,
        Flows = (ulong)state.Flows,
        OldestUnsentSeconds = source.OldestWaiting is { } oldest ? Math.Max(0, (now - oldest).TotalSeconds) : 0,
        SpoolDepth = (ulong)source.Waiting,
        SpoolBytes = (ulong)state.SpoolBytes,
        SpoolDropped = (ulong)state.SpoolDropped,
        Quarantined = (ulong)uplink.Quarantined,
        UptimeSeconds = state.Uptime.TotalSeconds,
        BootId = state.BootId,
        ConfigGeneration = (ulong)state.ConfigGeneration,
        CaptureState = state.CaptureState,
        CaptureInterface = state.CaptureInterface,
    };
}
