namespace Sensor.Alerts.Spool;

/// <summary>What is known of one segment file. Records of it at or after the next segment's first sequence do not count.</summary>
internal sealed class Segment
{
    public required string Name { get; init; }

    /// <summary>Sequence of its first record.</summary>
    public required long First { get; init; }

    /// <summary>Sequence of its last durable record, <see cref="First"/> - 1 while it has none.</summary>
    public long Last { get; set; }

    /// <summary>Bytes that are durable and sound; anything after them is noise of a failed write.</summary>
    public long Length { get; set; }

    /// <summary>Bytes the file takes, noise included.</summary>
    public long FileLength { get; set; }
}
