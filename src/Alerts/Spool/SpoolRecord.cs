using Sensor.Primitives;

namespace Sensor.Alerts.Spool;

/// <summary>What a spool record holds. Values are stored: they never change.</summary>
public enum SpoolRecordKind : byte
{
    /// <summary><see cref="AlertRecordCodec"/>.</summary>
    Alert = 1,
    /// <summary><see cref="IncidentRecordCodec"/>.</summary>
    Incident = 2,
}

/// <summary>One record as it is read back.</summary>
public sealed record SpoolRecord(long Sequence, SpoolRecordKind Kind, Severity Severity, ReadOnlyMemory<byte> Payload);

/// <summary>
/// Records in sequence, all of one epoch. (Epoch, sequence) names a record for ever: the receiver drops what it has seen.
/// </summary>
/// <param name="Epoch">Which numbering the sequences belong to; positive.</param>
/// <param name="Records">Ascending sequences; a jump means that the records between were lost (counted in <see cref="SpoolStatus"/>).</param>
/// <param name="IsVolatile">They exist in memory only, because the disk refuses to write.</param>
public sealed record SpoolBatch(long Epoch, IReadOnlyList<SpoolRecord> Records, bool IsVolatile)
{
    public bool IsEmpty => Records.Count == 0;

    /// <summary>What to acknowledge once the receiver has it.</summary>
    public long LastSequence => Records.Count == 0 ? 0 : Records[^1].Sequence;
}

/// <summary>The spool's counters. Every record offered ends in exactly one of: waiting, acknowledged, refused, dropped, damaged.</summary>
public sealed record SpoolStatus
{
    /// <summary>Epoch of the numbering on disk.</summary>
    public long Epoch { get; init; }

    /// <summary>Records up to here are on disk for good.</summary>
    public long DurableThrough { get; init; }

    public long AcknowledgedThrough { get; init; }

    /// <summary>Records not yet acknowledged, wherever they are.</summary>
    public long Waiting { get; init; }

    /// <summary>Of these, records in memory only.</summary>
    public int WaitingInMemory { get; init; }

    /// <summary>Bytes of all files of the spool.</summary>
    public long DiskBytes { get; init; }

    /// <summary>Records not taken because the spool was nearly full and they mattered less.</summary>
    public long Refused { get; init; }

    /// <summary>Records taken but given up unread: oldest segments at the byte limit, or memory full while the disk failed.</summary>
    public long Dropped { get; init; }

    /// <summary>Records found unreadable (damaged on the medium).</summary>
    public long Damaged { get; init; }

    /// <summary>Bytes cut off at start because a crash left them half written.</summary>
    public long TornBytes { get; init; }

    /// <summary>Why the disk is not being written, null while all is well.</summary>
    public string? Problem { get; init; }
}
