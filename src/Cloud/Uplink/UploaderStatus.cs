using Sensor.Wire;

namespace Sensor.Cloud;

/// <summary>What the uplink is doing.</summary>
public enum UplinkState
{
    /// <summary>Nothing waits, or the last batch went through.</summary>
    Ok,

    /// <summary>The portal cannot be reached or is busy; the box tries again by itself.</summary>
    Retrying,

    /// <summary>The portal answers and refuses; someone has to look (credentials, versions).</summary>
    Refused,
}

/// <summary>Figures of the uploader since the start.</summary>
public sealed record UploaderStatus
{
    public UplinkState State { get; init; }

    /// <summary>Records the portal has acknowledged.</summary>
    public long Uploaded { get; init; }

    /// <summary>Calls it has acknowledged.</summary>
    public long Batches { get; init; }

    /// <summary>Tries that failed and were repeated.</summary>
    public long Retries { get; init; }

    /// <summary>Records the portal refused as invalid, set aside.</summary>
    public long Quarantined { get; init; }

    /// <summary>Records of the spool that could not be read, let go.</summary>
    public long Unreadable { get; init; }

    /// <summary>Why the last try failed, null after a success.</summary>
    public GrpcException? LastError { get; init; }

    /// <summary>When the portal last acknowledged a batch.</summary>
    public DateTimeOffset? LastSuccess { get; init; }
}
