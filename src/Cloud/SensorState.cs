using Sensor.Primitives;

namespace Sensor.Cloud;

/// <summary>What a heartbeat says about the box; filled by the service that sees every room.</summary>
public sealed record SensorState
{
    public required string Version { get; init; }
    public string Name { get; init; } = "";
    public string RuleVersion { get; init; } = "";
    public int RulesLoaded { get; init; }
    public int RulesFailed { get; init; }
    public string ListVersion { get; init; } = "";
    /// <summary>Since the capture started.</summary>
    public LossLedger Ledger { get; init; }
    /// <summary>Share of all cores, 0 to 1.</summary>
    public double Cpu { get; init; }
    /// <summary>Resident bytes.</summary>
    public long MemoryBytes { get; init; }
    public int Workers { get; init; }
    public long Flows { get; init; }
    public long SpoolBytes { get; init; }
    /// <summary>Alerts given up because the spool was full.</summary>
    public long SpoolDropped { get; init; }
    public TimeSpan Uptime { get; init; }
    /// <summary>/proc/sys/kernel/random/boot_id</summary>
    public string BootId { get; init; } = "";
    public long ConfigGeneration { get; init; }
    /// <summary>running, stopped, error…</summary>
    public string CaptureState { get; init; } = "";
    public string CaptureInterface { get; init; } = "";
}
