namespace Sensor.Alerts.Spool;

/// <summary>Limits of the spool.</summary>
public sealed record SpoolOptions
{
    /// <summary>
    /// Bytes all files of the spool may take. 30 days without a portal at 10 000 alerts a day of 1.5 KiB are 440 MB.
    /// As it fills, Info records are refused from 70 %, Low from 80 %, Medium from 90 %; when High ones fill it, the oldest segment goes.
    /// </summary>
    public long MaximumBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>A segment is closed when it would grow beyond this; whole segments are deleted, so this is also the grain of deletion.</summary>
    public int SegmentBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Largest payload of one record; larger ones are refused.</summary>
    public int MaximumRecordBytes { get; init; } = 64 * 1024;

    /// <summary>Records held in memory while the disk refuses to write; when full the least severe, of these the oldest, goes.</summary>
    public int MemoryRecords { get; init; } = 16_384;

    /// <summary>Least time between two attempts to write to a disk that refused.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(5);
}
