using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>
/// Bytes that grow in a block lent by a worker's slab: a flow holds only what its message in hand needs. Empty until
/// the first append, and again after <see cref="Release"/>. A field of a pooled object; never copied.
/// </summary>
public struct PooledBytes(ByteSlab slab)
{
    private readonly ByteSlab _slab = slab;
    private byte[]? _block;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Span => _block.AsSpan(0, Length);

    /// <summary>The content, to be changed in place.</summary>
    public readonly Span<byte> Writable => _block.AsSpan(0, Length);

    public readonly ReadOnlySpan<byte> Slice(int start, int length) => _block.AsSpan(start, length);

    /// <summary>Makes room for <paramref name="count"/> bytes at the end; false when that would pass <paramref name="limit"/> or the worker's memory.</summary>
    public bool TryReserve(int count, int limit, out Span<byte> room)
    {
        int needed = Length + count;
        if (needed > limit || !TryHold(needed))
        {
            room = default;
            return false;
        }

        room = _block.AsSpan(Length, count);
        Length = needed;
        return true;
    }

    public bool TryAppend(ReadOnlySpan<byte> bytes, int limit)
    {
        if (!TryReserve(bytes.Length, limit, out Span<byte> room)) return false;
        bytes.CopyTo(room);
        return true;
    }

    /// <summary>Takes back what was appended last.</summary>
    public void Shorten(int length) => Length = Math.Min(Length, length);

    public void Release()
    {
        if (_block is { } block) _slab.Return(block);
        _block = null;
        Length = 0;
    }

    private bool TryHold(int needed)
    {
        if (_block is not null && needed <= _block.Length) return true;
        if (!_slab.TryTake(Math.Max(needed, ByteSlab.SmallestBlock), out byte[]? larger)) return false;
        if (_block is { } old)
        {
            old.AsSpan(0, Length).CopyTo(larger);
            _slab.Return(old);
        }

        _block = larger;
        return true;
    }
}
