using Sensor.Primitives;

namespace Sensor.Alerts.Store;

/// <summary>Which alerts to list, newest first.</summary>
public sealed record AlertQuery
{
    public Severity MinimumSeverity { get; init; } = Severity.Info;
    public ThreatClass? Class { get; init; }
    public PacketTime? Since { get; init; }
    public IpAddress? Device { get; init; }
    public long? Sid { get; init; }

    /// <summary>Only alerts older than this one: the last id of a page asks for the next.</summary>
    public long? BeforeId { get; init; }

    public int Limit { get; init; } = 50;
}

public sealed record AlertStoreOptions
{
    public required string Path { get; init; }

    /// <summary>Alerts kept. Beyond it the least severe go, of these the oldest.</summary>
    public int MaximumAlerts { get; init; } = 100_000;

    /// <summary>Bytes of the database file; near it alerts go in the same order.</summary>
    public long MaximumBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>Alerts held in memory while the disk refuses; beyond it the oldest goes (it is in the spool all the same).</summary>
    public int MaximumPending { get; init; } = 4096;

    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(5);
}
