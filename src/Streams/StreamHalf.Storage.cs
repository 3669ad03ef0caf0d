using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>What became of a segment's bytes.</summary>
[Flags]
internal enum InsertResult : byte
{
    None = 0,
    /// <summary>All bytes within the depth are in the stream, or were already.</summary>
    Stored = 1,
    /// <summary>Some bytes were sent before with another content.</summary>
    Differs = 2,
    MemoryRefused = 4,
    SegmentsRefused = 8,
    /// <summary>Bytes beyond the depth were not kept; DepthReached says so the first time.</summary>
    Cut = 16,
    DepthReached = 128,
    /// <summary>All of it lies before the beginning of the stream.</summary>
    BeforeBase = 32,
    /// <summary>At least one byte was not there before.</summary>
    Added = 64,
}

/// <summary>
/// The bytes of one half.
/// - <c>_pieces[0.._runCount)</c> are runs: in order, apart from each other by gaps that are final. Readers see them up
///   to ReadableTo. New in-order bytes go to the end of the last run.
/// - The rest of <c>_pieces</c> are segments that came before their turn, sorted, not overlapping. When the hole before
///   them fills, their block joins the last run (or becomes it, without a copy).
/// - A byte is copied once when it comes in order, at most three times otherwise: work is linear.
/// - Bytes below ReadableTo never change; above it the receiver's host policy decides overlaps.
/// Runs count in readers' offsets, everything else in sequence offsets; see <see cref="Readable"/>.
/// </summary>
public sealed partial class StreamHalf
{
    /// <summary>A run that begins with at least this many bytes gets room for more at once.</summary>
    private const int GrowsFrom = 512;

    private StreamMemory _memory = null!;
    private Piece[] _pieces = [];
    private int _count, _runCount;
    private SegmentEdges? _edges;

    /// <summary>Sequence offset after the last byte in order (or given up as a gap).</summary>
    private long _inOrder;

    /// <summary>Every byte before this sequence offset has been seen, or was given up as a gap.</summary>
    internal long InOrderTo => _inOrder;

    /// <summary>Bytes are readable without an acknowledgment: bridge mode, or one-sided sessions.</summary>
    internal bool Immediate;

    internal HostPolicy Policy;

    private bool Discarding => ParsingDone && InspectionDone;

    private long DepthLimit => ReassemblyDepth > 0 ? ReassemblyDepth : long.MaxValue;

    internal void Prepare(StreamMemory memory, HostPolicy policy)
    {
        _memory = memory;
        Policy = policy;
        ReassemblyDepth = memory.Options.ReassemblyDepth;
        Immediate = memory.Options.Inline;
    }

    /// <summary>Puts a segment's bytes where they belong. <paramref name="start"/> may lie before the stream's beginning.</summary>
    internal InsertResult Insert(long start, ReadOnlySpan<byte> bytes, ref EventSet events)
    {
        long sentEnd = start + bytes.Length;
        long end = Math.Min(sentEnd, DepthLimit);
        InsertResult result = end < sentEnd ? ReachDepth() : InsertResult.None;
        if (sentEnd <= 0) return result | InsertResult.BeforeBase;
        if (Discarding)
        {
            if (end > _inOrder) result |= InsertResult.Added;
            if (start <= _inOrder) _inOrder = Math.Max(_inOrder, end);
            return result;
        }

        long position = Math.Max(start, 0);
        if (position >= end) return result;

        var segment = new Segment { Start = start, End = sentEnd, Bytes = bytes };
        if (position < _inOrder) result |= OverlayInOrder(in segment, position, Math.Min(end, _inOrder));
        if (end > _inOrder) result |= InsertAhead(in segment, Math.Max(position, _inOrder), end);
        GiveUpAckedHole(start, ref events);
        if ((result & (InsertResult.MemoryRefused | InsertResult.SegmentsRefused | InsertResult.Cut)) == 0) result |= InsertResult.Stored;
        return result;
    }

    /// <summary>
    /// The other side has acknowledged up to <see cref="Acked"/> (or nothing more will come, when <paramref name="final"/>):
    /// makes readable what that allows, passes over holes. True when readers have something new.
    /// </summary>
    internal bool Advance(ref EventSet events, bool final = false)
    {
        if (Ended) return false;
        long before = ReadableTo;
        long limit = Math.Min(final ? long.MaxValue : Immediate ? Math.Max(Acked, _inOrder) : Acked, DepthLimit);
        if (FinSeen) limit = Math.Min(limit, FinOffset);

        while (_inOrder < limit && _runCount < _count && _pieces[_runCount].Start < limit)
        {
            long hole = _pieces[_runCount].Start - _inOrder;
            if (hole > 0 && !final) CountGap(hole, ref events);
            _inOrder += hole;
            TakeInDueSegments();
        }

        if (FinAcked && _inOrder < limit)
        {
            // Nothing comes after a FIN: what is missing before it stays missing.
            if (!final) CountGap(limit - _inOrder, ref events);
            _inOrder = limit;
        }

        ReadableTo = Math.Max(before, Readable(Math.Min(limit, _inOrder)));
        _edges?.DropTo(limit);
        if (_edges is { Count: 0 }) ReturnEdges();
        Ended = final || FinAcked;
        return Ended || (ReadableTo > before && !Discarding);
    }

    /// <summary>Lets go what both readers have passed (or will never want).</summary>
    internal void Trim()
    {
        long passed = Math.Min(ParsingDone ? long.MaxValue : ParsedTo, InspectionDone ? long.MaxValue : InspectedTo);
        if (Discarding)
        {
            ReleaseBytes();
            return;
        }

        passed = Math.Min(passed, ReadableTo);
        int gone = 0;
        while (gone < _runCount && _pieces[gone].End <= passed)
        {
            KeptBytes -= _pieces[gone].Length;
            _memory.Bytes.Return(_pieces[gone++].Block);
        }

        RemoveFirst(gone);
        if (_runCount == 0 || _pieces[0].Start >= passed) return;
        int read = (int)(passed - _pieces[0].Start);
        _pieces[0].Start = passed;
        _pieces[0].At += read;
        _pieces[0].Length -= read;
        KeptBytes -= read;
    }

    /// <summary>The server did not take the data of the SYN: the client sends them again.</summary>
    internal void ForgetData()
    {
        ReleaseBytes();
        _inOrder = 0;
        Next = 0;
    }

    /// <summary>Ready for another connection; everything lent goes back.</summary>
    internal void Reset()
    {
        ReleaseBytes();
        ParsedTo = InspectedTo = ReadableTo = _inOrder = 0;
        ParsingDone = InspectionDone = Ended = DepthReached = Begun = Timestamps = false;
        Next = Acked = Edge = Window = WidestWindow = 0;
        FinOffset = ResetOffset = -1;
        WindowScale = 0;
        OfferedScale = -1;
        OfferedTimestamps = false;
        LastTimestamp = 0;
        LastTimestampTime = default;
        _urgentCount = 0;
    }

    private InsertResult ReachDepth()
    {
        if (DepthReached) return InsertResult.Cut;
        DepthReached = true;
        _memory.Counters.DepthReached++;
        return InsertResult.Cut | InsertResult.DepthReached;
    }

    private void CountGap(long length, ref EventSet events)
    {
        events.Add((int)StreamEvent.SequenceGap);
        _memory.Counters.Gaps++;
        _memory.Counters.GapBytes += length;
    }

    /// <summary>
    /// A hole was acknowledged while nothing was known behind it. Bytes that come out of turn may still fill it; once the
    /// sender is seen past the acknowledged point, they will not come any more.
    /// </summary>
    private void GiveUpAckedHole(long start, ref EventSet events)
    {
        if (start < Acked || _inOrder >= Math.Min(Acked, DepthLimit)) return;
        CountGap(Acked - _inOrder, ref events);
        _inOrder = Acked;
        TakeInDueSegments();
    }

    /// <summary>Stores from <paramref name="position"/> (in order or ahead of it) to <paramref name="end"/>, hole by hole.</summary>
    private InsertResult InsertAhead(in Segment segment, long position, long end)
    {
        InsertResult result = InsertResult.None;
        int index = FirstWaitingAfter(position);
        while (position < end)
        {
            if (index < _count && _pieces[index].Start <= position)
            {
                long overlapEnd = Math.Min(end, _pieces[index].End);
                result |= OverlayWaiting(ref _pieces[index], in segment, position, overlapEnd);
                position = overlapEnd;
                index++;
                continue;
            }

            long holeEnd = index < _count ? Math.Min(end, _pieces[index].Start) : end;
            int before = _count;
            result |= position == _inOrder ? AppendInOrder(in segment, position, holeEnd) : InsertWaiting(index, in segment, position, holeEnd);
            index += _count - before;
            position = holeEnd;
        }

        TakeInDueSegments();
        return result;
    }

    /// <summary>Segments whose turn has come join the last run, or become it.</summary>
    private void TakeInDueSegments()
    {
        while (_runCount < _count && _pieces[_runCount].Start <= _inOrder)
        {
            ref Piece due = ref _pieces[_runCount];
            NoteEdges(due.Start - due.SentBefore, due.End + due.SentAfter);
            long start = due.Start;
            _inOrder = due.End;
            if (!JoinLastRun(start, ref due))
            {
                due.Start = Readable(start);
                MostRuns = Math.Max(MostRuns, ++_runCount);
            }
        }
    }

    /// <summary>Copies a due segment to the end of the last run; false when it had better become a run itself.</summary>
    private bool JoinLastRun(long start, ref Piece due)
    {
        bool hasUrgent = UrgentWithin(start, _inOrder) > 0;
        if (!hasUrgent && (_runCount == 0 || _pieces[_runCount - 1].End != Readable(start))) return false;

        Piece taken = due;
        RemoveAt(_runCount);
        KeptBytes -= taken.Length;
        bool joined = AppendBytes(start, taken.Bytes);
        if (joined)
        {
            _memory.Bytes.Return(taken.Block);
            return true;
        }

        // No memory to join: it stays a piece of its own beside its neighbour. (With urgent bytes in it, they stay too.)
        MakeRoomAt(_runCount);
        _pieces[_runCount] = taken;
        KeptBytes += taken.Length;
        return false;
    }

    private InsertResult AppendInOrder(in Segment segment, long position, long end)
    {
        ReadOnlySpan<byte> bytes = segment.Slice(position, end);
        if (!AppendBytes(position, bytes)) return Refuse();
        _inOrder = end;
        NoteEdges(segment.Start, segment.End);
        _memory.Counters.BytesStored += bytes.Length;
        return InsertResult.Added;
    }

    /// <summary>Adds bytes at the end of the last run, without the urgent ones; a new run where a gap or nothing precedes.</summary>
    private bool AppendBytes(long position, ReadOnlySpan<byte> bytes)
    {
        if (_urgentCount == 0) return AppendPlain(Readable(position), bytes);
        long end = position + bytes.Length;
        for (long from = position; from < end;)
        {
            long urgent = NextUrgent(from, end);
            if (urgent > from && !AppendPlain(Readable(from), bytes.Slice((int)(from - position), (int)(urgent - from)))) return false;
            from = urgent + 1;
        }

        return true;
    }

    private bool AppendPlain(long readable, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return true;
        if (_runCount == 0 || _pieces[_runCount - 1].End != readable)
        {
            // Full-sized segments are followed by more of their kind; a few bytes must not cost an attacker less than us.
            int room = bytes.Length < GrowsFrom ? bytes.Length : bytes.Length * 4;
            if (_count >= 2 * _memory.Options.MaximumSegments) return false;
            if (!_memory.Bytes.TryTake(room, out byte[]? block) && !_memory.Bytes.TryTake(bytes.Length, out block)) return false;
            MakeRoomAt(_runCount);
            _pieces[_runCount++] = new Piece { Start = readable, Block = block };
            MostRuns = Math.Max(MostRuns, _runCount);
        }

        ref Piece run = ref _pieces[_runCount - 1];
        if (!MakeRoomBehind(ref run, bytes.Length)) return false;
        bytes.CopyTo(run.Block.AsSpan(run.At + run.Length));
        run.Length += bytes.Length;
        KeptBytes += bytes.Length;
        _memory.Counters.BytesMoved += bytes.Length;
        return true;
    }

    /// <summary>
    /// Room for more bytes behind a run: by moving it to the front of its block when at least half of the block has been
    /// read (so each byte read pays for one byte moved), else by a block of twice the size.
    /// </summary>
    private bool MakeRoomBehind(ref Piece run, int more)
    {
        if (run.At + run.Length + more <= run.Block.Length) return true;
        _memory.Counters.BytesMoved += run.Length;
        if (run.At >= run.Block.Length / 2 && run.Length + more <= run.Block.Length)
        {
            run.Bytes.CopyTo(run.Block);
            run.At = 0;
            return true;
        }

        if (!_memory.Bytes.TryTake(Math.Max(run.Length + more, run.Length * 2), out byte[]? larger)) return false;
        run.Bytes.CopyTo(larger);
        _memory.Bytes.Return(run.Block);
        run.Block = larger;
        run.At = 0;
        return true;
    }

    private InsertResult InsertWaiting(int index, in Segment segment, long position, long end)
    {
        if (_count >= _memory.Options.MaximumSegments)
        {
            _memory.Counters.RefusedBySegments++;
            return InsertResult.SegmentsRefused;
        }

        ReadOnlySpan<byte> bytes = segment.Slice(position, end);
        if (!_memory.Bytes.TryTake(bytes.Length, out byte[]? block)) return Refuse();
        bytes.CopyTo(block);
        MakeRoomAt(index);
        _pieces[index] = new Piece
        {
            Start = position,
            Length = bytes.Length,
            Block = block,
            SentBefore = (int)(position - segment.Start),
            SentAfter = (int)(segment.End - end),
        };
        KeptBytes += bytes.Length;
        _memory.Counters.BytesStored += bytes.Length;
        _memory.Counters.BytesMoved += bytes.Length;
        return InsertResult.Added;
    }

    private InsertResult Refuse()
    {
        _memory.Counters.RefusedByMemory++;
        return InsertResult.MemoryRefused;
    }

    /// <summary>Index of the first waiting segment that ends after the offset.</summary>
    private int FirstWaitingAfter(long offset)
    {
        int low = _runCount, high = _count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_pieces[middle].End <= offset) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
