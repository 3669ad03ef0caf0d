using Sensor.Primitives;

namespace Sensor.Protocols.Quic;

/// <summary>
/// The handshake bytes of one side, put together from CRYPTO frames in whatever order and overlap they come
/// (RFC 9000 section 19.6). The first copy of a byte counts. A field of a parser; never copied.
/// </summary>
internal struct CryptoStream(ByteSlab slab)
{
    private PooledBytes _bytes = new(slab);
    private int[]? _pieces;
    private int _count;

    /// <summary>Bytes without a hole from the beginning.</summary>
    public readonly ReadOnlySpan<byte> Ready => _count > 0 && _pieces![0] == 0 ? _bytes.Slice(0, _pieces[1]) : default;

    /// <summary>False when a limit is reached: nothing more will be put together.</summary>
    public bool TryAdd(long offset, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return true;
        if (offset + data.Length > QuicLimits.Hello) return false;
        int start = (int)offset, end = start + data.Length;
        if (end > _bytes.Length)
        {
            if (!_bytes.TryReserve(end - _bytes.Length, QuicLimits.Hello, out _)) return false;
        }

        _pieces ??= new int[2 * (QuicLimits.Pieces + 1)]; // stays with the pooled parser
        Copy(start, data);
        return Insert(start, end);
    }

    public void Release()
    {
        _bytes.Release();
        _count = 0;
    }

    /// <summary>Writes what no earlier piece covers.</summary>
    private void Copy(int start, ReadOnlySpan<byte> data)
    {
        Span<byte> whole = _bytes.Writable;
        int at = start, end = start + data.Length;
        for (int piece = 0; piece < _count && at < end; piece++)
        {
            int from = _pieces![2 * piece], to = _pieces[(2 * piece) + 1];
            if (to <= at) continue;
            if (from > at)
            {
                int length = Math.Min(from, end) - at;
                data.Slice(at - start, length).CopyTo(whole[at..]);
            }

            at = Math.Max(at, to);
        }

        if (at < end) data[(at - start)..].CopyTo(whole[at..]);
    }

    /// <summary>Keeps the list of pieces in order and without overlap.</summary>
    private bool Insert(int start, int end)
    {
        int first = 0;
        while (first < _count && _pieces![(2 * first) + 1] < start) first++;
        int last = first;
        while (last < _count && _pieces![2 * last] <= end)
        {
            start = Math.Min(start, _pieces[2 * last]);
            end = Math.Max(end, _pieces[(2 * last) + 1]);
            last++;
        }

        if (_count - (last - first) + 1 > QuicLimits.Pieces) return false;
        Span<int> pieces = _pieces;
        pieces[(2 * last)..(2 * _count)].CopyTo(pieces[(2 * (first + 1))..]);
        _count += 1 - (last - first);
        pieces[2 * first] = start;
        pieces[(2 * first) + 1] = end;
        return true;
    }
}
