namespace Sensor.Streams;

/// <summary>
/// One direction of a TCP connection as a growing byte string with possible gaps. Offsets count from the first byte
/// after SYN (or the first byte seen, midstream). Readers to the right read from their own offset and say how far
/// they got; bytes that every reader has passed are let go.
/// </summary>
public sealed class StreamHalf
{
    /// <summary>How far Protocols has consumed. Written by Protocols only.</summary>
    public long ParsedTo;

    /// <summary>How far Detection has inspected the raw stream. Written by Detection only.</summary>
    public long InspectedTo;

    /// <summary>Protocols wants no more bytes of this half (unknown protocol, error, encrypted).</summary>
    public bool ParsingDone;

    /// <summary>Detection wants no more raw bytes of this half.</summary>
    public bool InspectionDone;

    /// <summary>Offset after the last byte that may be read: acknowledged by the other side, or final.</summary>
    public long ReadableTo { get; internal set; }

    /// <summary>FIN or RST was seen and <see cref="ReadableTo"/> will not grow.</summary>
    public bool Ended { get; internal set; }

    /// <summary>The reassembly depth was reached: bytes after it are counted, not kept.</summary>
    public bool DepthReached { get; internal set; }

    /// <summary>
    /// In-order bytes from <paramref name="offset"/> up to <see cref="ReadableTo"/> or the next gap, in one piece.
    /// Empty when there are none, or when a gap begins at <paramref name="offset"/>.
    /// </summary>
    public ReadOnlySpan<byte> Read(long offset)
    {
        _ = offset;
        return default;
    }

    /// <summary>Length of the gap that begins at <paramref name="offset"/> inside the readable part, 0 for none.</summary>
    public long GapAt(long offset)
    {
        _ = offset;
        return 0;
    }
}
