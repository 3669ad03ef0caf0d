namespace Sensor.Streams;

/// <summary>A segment as it was sent: its edges decide overlaps, even where only a part of it is stored.</summary>
internal readonly ref struct Segment
{
    public long Start { get; init; }

    public long End { get; init; }

    public ReadOnlySpan<byte> Bytes { get; init; }

    public ReadOnlySpan<byte> Slice(long from, long to) => Bytes.Slice((int)(from - Start), (int)(to - from));
}

/// <summary>Bytes sent twice, and bytes sent out of band.</summary>
public sealed partial class StreamHalf
{
    private long[]? _urgent;
    private int _urgentCount;

    /// <summary>Bytes taken out of this half so far.</summary>
    internal int UrgentCount => _urgentCount;

    /// <summary>The byte at that sequence offset is out of band: readers will not see it. False when it is in order already.</summary>
    internal bool TakeOut(long offset, int limit)
    {
        if (offset < _inOrder) return false;
        _urgent ??= new long[limit];
        int at = _urgentCount;
        while (at > 0 && _urgent[at - 1] >= offset)
        {
            if (_urgent[at - 1] == offset) return false;
            at--;
        }

        if (_urgentCount >= Math.Min(limit, _urgent.Length)) return false;
        _urgent.AsSpan(at, _urgentCount - at).CopyTo(_urgent.AsSpan(at + 1));
        _urgent[at] = offset;
        _urgentCount++;
        _memory.Counters.UrgentBytes++;
        return true;
    }

    /// <summary>The readers' offset of a sequence offset: less by the urgent bytes before it.</summary>
    private long Readable(long offset)
    {
        if (_urgentCount == 0) return offset;
        return offset - UrgentWithin(0, offset);
    }

    private int UrgentWithin(long from, long to)
    {
        int within = 0;
        for (int i = 0; i < _urgentCount; i++) within += _urgent![i] >= from && _urgent[i] < to ? 1 : 0;
        return within;
    }

    /// <summary>The first urgent byte at or after the offset, or <paramref name="end"/>.</summary>
    private long NextUrgent(long offset, long end)
    {
        for (int i = 0; i < _urgentCount; i++)
        {
            if (_urgent![i] >= offset && _urgent[i] < end) return _urgent[i];
        }

        return end;
    }

    /// <summary>The segment overlaps one that waits for its turn: the host policy says whose bytes stay.</summary>
    private InsertResult OverlayWaiting(ref Piece earlier, in Segment later, long from, long to)
    {
        Span<byte> kept = earlier.Block.AsSpan(earlier.At + (int)(from - earlier.Start), (int)(to - from));
        ReadOnlySpan<byte> sent = later.Slice(from, to);
        if (sent.SequenceEqual(kept)) return InsertResult.None;

        if (Policy.LaterWins(later.Start, later.End, earlier.Start - earlier.SentBefore, earlier.End + earlier.SentAfter)) sent.CopyTo(kept);
        return InsertResult.Differs;
    }

    /// <summary>The segment overlaps bytes in order: compared where still kept, changed only where nobody may have read them.</summary>
    private InsertResult OverlayInOrder(in Segment later, long from, long to)
    {
        InsertResult result = InsertResult.None;
        if (_urgentCount > 0) return OverlayBetweenUrgent(in later, from, to);
        result |= CompareInOrder(in later, from, Math.Min(to, ReadableTo), default, mayChange: false);

        from = Math.Max(from, ReadableTo);
        for (int i = 0; i < (_edges?.Count ?? 0) && from < to; i++)
        {
            (long start, long end) = _edges![i];
            if (end <= from) continue;
            long part = Math.Min(to, end);
            result |= CompareInOrder(in later, from, part, (start, end), mayChange: true);
            from = part;
        }

        return result | CompareInOrder(in later, from, to, default, mayChange: false);
    }

    /// <summary>With urgent bytes taken out, positions differ; such overlaps are compared and never changed.</summary>
    private InsertResult OverlayBetweenUrgent(in Segment later, long from, long to)
    {
        InsertResult result = InsertResult.None;
        while (from < to)
        {
            long urgent = NextUrgent(from, to);
            result |= CompareInOrder(in later, from, urgent, default, mayChange: false);
            from = urgent + 1;
        }

        return result;
    }

    private InsertResult CompareInOrder(in Segment later, long from, long to, (long Start, long End) earlier, bool mayChange)
    {
        InsertResult result = InsertResult.None;
        while (from < to)
        {
            long readable = Readable(from);
            int index = RunAt(readable);
            if (index < 0)
            {
                int next = FirstRunAfter(readable);
                if (next >= _runCount) return result;
                from += _pieces[next].Start - readable;
                continue;
            }

            ref Piece run = ref _pieces[index];
            int length = (int)Math.Min(to - from, run.End - readable);
            Span<byte> kept = run.Block.AsSpan(run.At + (int)(readable - run.Start), length);
            ReadOnlySpan<byte> sent = later.Slice(from, from + length);
            if (!sent.SequenceEqual(kept))
            {
                result = InsertResult.Differs;
                if (mayChange && Policy.LaterWins(later.Start, later.End, earlier.Start, earlier.End)) sent.CopyTo(kept);
            }

            from += length;
        }

        return result;
    }
}
