using Sensor.Wire;

namespace Sensor.Cloud;

/// <summary>One record of the spool in the wire's words; neither alert nor incident when it could not be read.</summary>
public sealed record UploadItem(long Sequence, Alert? Alert, Incident? Incident);

/// <summary>Items of one epoch with ascending sequences.</summary>
public sealed record UploadItems(long Epoch, IReadOnlyList<UploadItem> Items);

/// <summary>The durable records not acknowledged: those of the epoch with <see cref="First"/> ≤ sequence &lt; <see cref="Next"/>.</summary>
public readonly record struct UploadWindow(long Epoch, long First, long Next);

/// <summary>The durable queue the uploader empties; the spool behind a small window.</summary>
public interface IUploadSource
{
    UploadWindow Window { get; }

    /// <summary>Records waiting, wherever they are.</summary>
    long Waiting { get; }

    /// <summary>When the oldest waiting alert was seen, null when none waits.</summary>
    DateTimeOffset? OldestWaiting { get; }

    /// <summary>Durable records of a range; at least one when there is one, otherwise within the limits. Sequences may skip what was dropped.</summary>
    UploadItems Read(long from, long end, int maximumRecords, int maximumBytes);

    /// <summary>The oldest records wherever they are: on disk, else in memory because the disk refuses to write.</summary>
    UploadItems ReadOldest(int maximumRecords, int maximumBytes);

    /// <summary>Everything of the epoch up to and including <paramref name="through"/> may be deleted.</summary>
    void Acknowledge(long epoch, long through);

    /// <summary>Returns when there may be more to read; early is harmless.</summary>
    Task WaitForMoreAsync(CancellationToken cancellation);
}
