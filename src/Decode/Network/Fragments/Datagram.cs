using System.Runtime.InteropServices;
using Sensor.Primitives;

namespace Sensor.Decode.Network.Fragments;

/// <summary>What became of a fragment.</summary>
internal enum Placement : byte
{
    Placed,
    PlacedOverlapping,
    /// <summary>Contradicts what is known of the datagram (its length), or would need more pieces than allowed.</summary>
    Ignored,
    /// <summary>As <see cref="Ignored"/>, and it overlaps what is there.</summary>
    IgnoredOverlapping,
    NoMemory,
}

/// <summary>
/// An unfinished datagram. Fragment data is appended to one block; a sorted list of pieces that never overlap says
/// which bytes of it count, decided when a fragment arrives. Both live in slab blocks, so one limit covers them.
/// </summary>
internal sealed class Datagram
{
    /// <summary>
    /// Most pieces of one datagram, twice the fragments it may come in: 64 KiB over a path of 576 bytes are 120
    /// fragments, an attacker's in 16 bytes each are 4096. Bounds the work of placing one.
    /// </summary>
    public const int MaximumPieces = 8200;

    /// <summary>Most bytes kept for one datagram, overlapping ones counted as often as they came.</summary>
    public const int MaximumBytes = 256 * 1024;

    private struct Piece
    {
        public int Start, End, At;
        /// <summary>Extent of the fragment it came from: the policies compare whole fragments.</summary>
        public int FragmentStart, FragmentEnd;
    }

    private byte[]? _bytes, _pieceBytes;
    private int _used, _count, _covered, _headerAt;

    public FragmentKey Key;
    public uint Hash;
    public Datagram? NextInBucket, Older, Newer;
    public long LastSeen;
    public OverlapPolicy Policy;

    /// <summary>Bytes the fragments carry together, -1 until the last one has come.</summary>
    public int TotalLength { get; private set; }

    /// <summary>Bytes of headers taken from the fragment at offset 0: link and network headers before the fragment's data.</summary>
    public int HeaderLength { get; private set; }

    public int NetworkOffset, NextHeaderPosition;
    public byte NextHeader;

    public bool IsComplete => TotalLength >= 0 && _covered == TotalLength && HeaderLength > 0;

    public ReadOnlySpan<byte> Header => _bytes.AsSpan(_headerAt, HeaderLength);

    private Span<Piece> Pieces => MemoryMarshal.Cast<byte, Piece>(_pieceBytes.AsSpan());

    public void Begin(in FragmentKey key, uint hash, OverlapPolicy policy)
    {
        Key = key;
        Hash = hash;
        Policy = policy;
        TotalLength = -1;
        HeaderLength = 0;
        _used = _count = _covered = 0;
    }

    public void Release(ByteSlab slab)
    {
        if (_bytes is not null) slab.Return(_bytes);
        if (_pieceBytes is not null) slab.Return(_pieceBytes);
        _bytes = _pieceBytes = null;
    }

    /// <summary>Keeps the headers of the fragment at offset 0; the first such fragment counts.</summary>
    public bool TryKeepHeader(ReadOnlySpan<byte> header, ByteSlab slab)
    {
        if (HeaderLength > 0) return true;
        if (!TryAppend(header, slab, out _headerAt)) return false;
        HeaderLength = header.Length;
        return true;
    }

    /// <summary>Places a fragment's data at its offset (both in bytes).</summary>
    public Placement Place(int start, ReadOnlySpan<byte> data, bool isLast, ByteSlab slab)
    {
        int end = start + data.Length;
        int first = FirstEndingAfter(start);
        bool overlaps = first < _count && Pieces[first].Start < end;
        int farthest = _count == 0 ? 0 : Pieces[_count - 1].End;
        bool contradicts = isLast ? (TotalLength >= 0 && TotalLength != end) || farthest > end : TotalLength >= 0 && end > TotalLength;
        // A fragment may split every piece it meets: room for that is made sure of first. A datagram at its own limit
        // must not be mistaken for full memory, or one attacker's would push out everybody else's.
        if (contradicts || (_count * 2) + 3 > MaximumPieces || _used + data.Length > MaximumBytes) return overlaps ? Placement.IgnoredOverlapping : Placement.Ignored;
        if (!TryMakeRoomForPieces((_count * 2) + 3, slab) || !TryAppend(data, slab, out int at)) return Placement.NoMemory;

        if (isLast) TotalLength = end;
        Merge(first, new Piece { Start = start, End = end, At = at, FragmentStart = start, FragmentEnd = end });
        return overlaps ? Placement.PlacedOverlapping : Placement.Placed;
    }

    /// <summary>Copies the fragments' data in order; the caller made sure that it is complete and fits.</summary>
    public void CopyTo(Span<byte> destination)
    {
        foreach (Piece piece in Pieces[.._count])
        {
            _bytes.AsSpan(piece.At, piece.End - piece.Start).CopyTo(destination[piece.Start..]);
        }
    }

    private void Merge(int index, Piece fragment)
    {
        int position = fragment.Start;
        while (position < fragment.End && index < _count)
        {
            Piece older = Pieces[index];
            if (older.Start >= fragment.End) break;
            if (position < older.Start)
            {
                InsertPart(index++, fragment, position, older.Start);
                position = older.Start;
            }

            int stop = Math.Min(fragment.End, older.End);
            if (OverlapPolicies.NewerWins(Policy, older.FragmentStart, older.FragmentEnd, fragment.Start, fragment.End))
            {
                index = Replace(index, older, fragment, position, stop);
            }
            else
            {
                index++;
            }

            position = stop;
        }

        if (position < fragment.End) InsertPart(index, fragment, position, fragment.End);
    }

    // Bytes nobody had covered before.
    private void InsertPart(int index, Piece fragment, int start, int end)
    {
        _covered += end - start;
        Insert(index, Part(fragment, start, end));
    }

    // Cuts [start, stop) out of an older piece in favour of the newer fragment; what remains on either side stays.
    private int Replace(int index, Piece older, Piece fragment, int start, int stop)
    {
        if (older.Start < start)
        {
            Pieces[index++] = Part(older, older.Start, start);
            Insert(index, Part(fragment, start, stop));
        }
        else
        {
            Pieces[index] = Part(fragment, start, stop);
        }

        index++;
        if (stop < older.End) Insert(index++, Part(older, stop, older.End));
        return index;
    }

    private static Piece Part(Piece whole, int start, int end)
    {
        whole.At += start - whole.Start;
        whole.Start = start;
        whole.End = end;
        return whole;
    }

    private void Insert(int index, Piece piece)
    {
        Span<Piece> pieces = Pieces;
        pieces[index.._count].CopyTo(pieces[(index + 1)..]);
        pieces[index] = piece;
        _count++;
    }

    private int FirstEndingAfter(int start)
    {
        int low = 0, high = _count;
        Span<Piece> pieces = Pieces;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (pieces[middle].End <= start) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private bool TryMakeRoomForPieces(int count, ByteSlab slab) => TryGrow(ref _pieceBytes, _count * Marshal.SizeOf<Piece>(), count * Marshal.SizeOf<Piece>(), slab);

    private bool TryAppend(ReadOnlySpan<byte> data, ByteSlab slab, out int at)
    {
        at = _used;
        if (!TryGrow(ref _bytes, _used, _used + data.Length, slab)) return false;
        data.CopyTo(_bytes.AsSpan(_used));
        _used += data.Length;
        return true;
    }

    private static bool TryGrow(ref byte[]? block, int used, int needed, ByteSlab slab)
    {
        if (block is not null && block.Length >= needed) return true;
        if (!slab.TryTake(needed, out byte[]? larger)) return false;
        if (block is not null)
        {
            block.AsSpan(0, used).CopyTo(larger);
            slab.Return(block);
        }

        block = larger;
        return true;
    }
}
