using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>
/// Cuts one direction of a text protocol into lines, however its bytes arrive. Every byte is looked at once; half a
/// line is kept in a block of the slab. A line ends at LF, with or without CR before it. Longer ones than the limit
/// are handed out in pieces, or cut off (<see cref="CutsLong"/>), so a line without end holds no memory.
/// </summary>
internal sealed class LineReader(ByteSlab slab, int limit)
{
    private readonly GrowingBytes _carry = new(slab);
    private bool _carryUsed, _insideLine, _skipping;

    /// <summary>What does not fit is passed over up to the line's end; otherwise it comes as further pieces of the line.</summary>
    public bool CutsLong { get; set; } = true;

    /// <summary>The piece handed out is the beginning of a line.</summary>
    public bool StartsLine { get; private set; }

    /// <summary>0 when the line goes on after this piece, else the bytes of its end: 1 (LF) or 2 (CR LF).</summary>
    public int EndLength { get; private set; }

    /// <summary>The line was longer than the limit, and this is its beginning.</summary>
    public bool IsCut => CutsLong && EndLength == 0;

    /// <summary>The next line without its end, valid until the next call; false when all bytes are taken and its end is yet to come.</summary>
    public bool TryRead(ReadOnlySpan<byte> data, ref int at, out ReadOnlySpan<byte> line)
    {
        DropUsed();
        line = default;
        if (_skipping && !SkipToEnd(data, ref at)) return false;

        ReadOnlySpan<byte> rest = data[at..];
        int room = limit - _carry.Length;
        int end = rest[..Math.Min(rest.Length, room + 1)].IndexOf((byte)'\n');
        if (end < 0 && rest.Length <= room)
        {
            at = data.Length;
            if (!rest.IsEmpty && !_carry.Append(rest)) Forget(skipLine: true);
            return false;
        }

        int length = end < 0 ? room : end;
        at += end < 0 ? room : end + 1;
        line = Joined(rest[..length]);
        StartsLine = !_insideLine;
        _insideLine = end < 0;
        EndLength = end < 0 ? 0 : 1;
        if (end < 0)
        {
            _skipping = CutsLong;
            if (_skipping) _insideLine = false;
        }
        else if (!line.IsEmpty && line[^1] == '\r')
        {
            line = line[..^1];
            EndLength = 2;
        }

        return true;
    }

    /// <summary>What was kept of a line whose end never came.</summary>
    public bool TryFinish(out ReadOnlySpan<byte> line)
    {
        DropUsed();
        line = _carry.Span;
        StartsLine = !_insideLine;
        EndLength = 0;
        _carryUsed = true;
        _insideLine = false;
        return !line.IsEmpty;
    }

    /// <summary>Bytes are missing: what was kept is worth nothing, and reading goes on after the next line end if asked so.</summary>
    public void Forget(bool skipLine)
    {
        _carry.Release();
        _carryUsed = _insideLine = false;
        _skipping = skipLine;
    }

    public void Release() => Forget(skipLine: false);

    private ReadOnlySpan<byte> Joined(ReadOnlySpan<byte> rest)
    {
        if (_carry.Length == 0) return rest;
        _carry.Append(rest);
        _carryUsed = true;
        return _carry.Span;
    }

    private void DropUsed()
    {
        if (!_carryUsed) return;
        _carry.Release();
        _carryUsed = false;
    }

    private bool SkipToEnd(ReadOnlySpan<byte> data, ref int at)
    {
        int end = data[at..].IndexOf((byte)'\n');
        at = end < 0 ? data.Length : at + end + 1;
        _skipping = end < 0;
        return !_skipping;
    }
}
