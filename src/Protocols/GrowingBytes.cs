using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>
/// A byte string that grows in blocks lent by a <see cref="ByteSlab"/>, up to a limit. Belongs to a pooled object and
/// is emptied, not thrown away. Unlike <see cref="PooledBytes"/> it keeps what fits: when the slab refuses or the
/// limit is reached, the rest is cut off and <see cref="IsCut"/> says so.
/// </summary>
internal sealed class GrowingBytes(ByteSlab slab)
{
    private byte[]? _block;

    public int Length { get; private set; }

    /// <summary>Bytes were left out, because of the limit or because the slab had none.</summary>
    public bool IsCut { get; private set; }

    public ReadOnlySpan<byte> Span => _block is null ? default : _block.AsSpan(0, Length);

    public ReadOnlySpan<byte> Slice(int start, int length) => _block.AsSpan(start, length);

    /// <summary>The content, to be changed in place.</summary>
    public Span<byte> Writable => _block is null ? default : _block.AsSpan(0, Length);

    /// <summary>Appends as many bytes as fit under <paramref name="limit"/>; false when some did not.</summary>
    public bool Append(ReadOnlySpan<byte> bytes, int limit = ByteSlab.LargestBlock)
    {
        int room = limit - Length;
        if (bytes.Length > room)
        {
            IsCut = true;
            bytes = bytes[..Math.Max(0, room)];
        }

        if (bytes.IsEmpty) return !IsCut;
        if (!EnsureRoom(bytes.Length))
        {
            IsCut = true;
            return false;
        }

        bytes.CopyTo(_block.AsSpan(Length));
        Length += bytes.Length;
        return !IsCut;
    }

    public bool Append(byte one) => Append(new ReadOnlySpan<byte>(in one));

    /// <summary>Drops bytes from the front; what follows moves up.</summary>
    public void RemoveFront(int count)
    {
        if (count <= 0) return;
        if (count >= Length) { Length = 0; return; }
        _block.AsSpan(count, Length - count).CopyTo(_block);
        Length -= count;
    }

    /// <summary>Keeps the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);

    /// <summary>Empties it and gives the block back.</summary>
    public void Release()
    {
        if (_block is not null) slab.Return(_block);
        _block = null;
        Length = 0;
        IsCut = false;
    }

    private bool EnsureRoom(int more)
    {
        int needed = Length + more;
        if (_block is not null && needed <= _block.Length) return true;
        if (!slab.TryTake(Math.Max(needed, Math.Min((_block?.Length ?? 0) * 2, ByteSlab.LargestBlock)), out byte[]? larger)) return false;
        if (_block is not null)
        {
            _block.AsSpan(0, Length).CopyTo(larger);
            slab.Return(_block);
        }

        _block = larger;
        return true;
    }
}
