using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>
/// One direction of a TCP connection as a growing byte string with possible gaps. Offsets count from the first byte
/// after SYN (or the first byte seen, midstream). Readers to the right read from their own offset and say how far
/// they got; bytes that every reader has passed are let go.
/// </summary>
/// <remarks>
/// Three files: this one is what readers see, <c>StreamHalf.Sequence</c> follows the sequence numbers, and
/// <c>StreamHalf.Storage</c> keeps the bytes. Readers' offsets equal sequence offsets but for urgent bytes taken out.
/// </remarks>
public sealed partial class StreamHalf
{
    /// <summary>How far Protocols has consumed. Written by Protocols only.</summary>
    public long ParsedTo;

    /// <summary>How far Detection has inspected the raw stream. Written by Detection only.</summary>
    public long InspectedTo;

    /// <summary>Protocols wants no more bytes of this half (unknown protocol, error, encrypted).</summary>
    public bool ParsingDone;

    /// <summary>Detection wants no more raw bytes of this half.</summary>
    public bool InspectionDone;

    /// <summary>Bytes of this half that are put in order, 0 for no limit. From the options; a protocol may set its own.</summary>
    public long ReassemblyDepth;

    /// <summary>Offset after the last byte that may be read: acknowledged by the other side, or final.</summary>
    public long ReadableTo { get; internal set; }

    /// <summary>FIN or RST was seen and <see cref="ReadableTo"/> will not grow.</summary>
    public bool Ended { get; internal set; }

    /// <summary>The reassembly depth was reached: bytes after it are counted, not kept.</summary>
    public bool DepthReached { get; internal set; }

    /// <summary>The first offset that <see cref="Read"/> can still answer; <see cref="ReadableTo"/> when nothing is kept.</summary>
    public long RetainedFrom => _runCount > 0 ? Math.Min(_pieces[0].Start, ReadableTo) : ReadableTo;

    /// <summary>Bytes the side has sent by its sequence numbers, whether seen or not (rule keyword <c>stream_size</c>).</summary>
    public long SentBytes => Math.Max(0, Next - (FinOffset >= 0 && Next > FinOffset ? 1 : 0));

    /// <summary>Bytes of this half in memory now, in order or waiting.</summary>
    public long KeptBytes { get; private set; }

    /// <summary>Most pieces, with gaps between them, that were kept at once.</summary>
    public int MostRuns { get; private set; }

    /// <summary>
    /// In-order bytes from <paramref name="offset"/> up to <see cref="ReadableTo"/> or the next gap, in one piece
    /// (in two only where memory for joining them was refused). Empty when there are none, or when a gap begins at
    /// <paramref name="offset"/>. Any retained offset may be asked again, also one that a reader has passed.
    /// </summary>
    public ReadOnlySpan<byte> Read(long offset)
    {
        int index = RunAt(offset);
        if (index < 0) return default;

        ref Piece run = ref _pieces[index];
        int from = (int)(offset - run.Start);
        int length = (int)(Math.Min(run.End, ReadableTo) - offset);
        return length > 0 ? run.Block.AsSpan(run.At + from, length) : default;
    }

    /// <summary>Length of the gap that begins at <paramref name="offset"/> inside the readable part, 0 for none.</summary>
    public long GapAt(long offset)
    {
        if (offset >= ReadableTo || RunAt(offset) >= 0) return 0;
        int next = FirstRunAfter(offset);
        long end = next < _runCount ? Math.Min(_pieces[next].Start, ReadableTo) : ReadableTo;
        return end - offset;
    }

    /// <summary>Index of the run that holds the byte at the offset, -1 for none.</summary>
    private int RunAt(long offset)
    {
        int after = FirstRunAfter(offset);
        return after > 0 && offset < _pieces[after - 1].End && offset >= 0 ? after - 1 : -1;
    }

    /// <summary>Index of the first run that starts after the offset. There is nearly always one run, rarely two.</summary>
    private int FirstRunAfter(long offset)
    {
        int low = 0, high = _runCount;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_pieces[middle].Start <= offset) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
