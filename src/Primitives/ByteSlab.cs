using System.Numerics;

namespace Sensor.Primitives;

/// <summary>
/// Byte blocks of power-of-two sizes, lent out and taken back, under one byte limit. Blocks are kept for reuse, so
/// the steady state allocates nothing; at the limit <see cref="TryTake"/> refuses and counts. Kept blocks of other
/// sizes make way before memory grows beyond the limit. One thread only.
/// </summary>
public sealed class ByteSlab
{
    public const int SmallestBlock = 256;
    public const int LargestBlock = 16 * 1024 * 1024;

    // A block up to this many sizes above the wanted one is lent rather than a new one made.
    private const int MostSizesAbove = 2;

    private readonly Stack<byte[]>[] _free = new Stack<byte[]>[17];
    private readonly int[] _made = new int[17];
    private readonly long _limit;

    /// <param name="limit">Most bytes lent out at once.</param>
    public ByteSlab(long limit)
    {
        _limit = limit;
        for (int i = 0; i < _free.Length; i++) _free[i] = new Stack<byte[]>(64);
    }

    public long Limit => _limit;

    /// <summary>Bytes lent out now.</summary>
    public long InUse { get; private set; }

    /// <summary>Bytes lent out and kept for reuse together; never above <see cref="Limit"/>.</summary>
    public long Held { get; private set; }

    /// <summary>Times a block was refused because of the limit.</summary>
    public long Refused { get; private set; }

    /// <summary>
    /// Makes blocks at start, so that the ordinary load finds them ready; what is never lent is never touched and takes no
    /// memory of the machine. Stops at the limit.
    /// </summary>
    public void Stock(int blockBytes, int count)
    {
        int size = SizeClass(blockBytes);
        for (; count > 0 && Held + (SmallestBlock << size) <= _limit; count--) _free[size].Push(Make(size));
    }

    /// <summary>Lends a block of at least <paramref name="length"/> bytes; its content is not cleared.</summary>
    public bool TryTake(int length, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out byte[]? block)
    {
        int size = SizeClass(length);
        int bytes = SmallestBlock << size;
        if (length > LargestBlock || InUse + bytes > _limit)
        {
            Refused++;
            block = null;
            return false;
        }

        if (!_free[size].TryPop(out block) && !TryTakeLarger(size, out block))
        {
            MakeRoom(bytes);
            block = Make(size);
        }

        InUse += block.Length;
        return true;
    }

    public void Return(byte[] block)
    {
        InUse -= block.Length;
        _free[SizeClass(block.Length)].Push(block);
    }

    private bool TryTakeLarger(int size, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out byte[]? block)
    {
        int largest = Math.Min(size + MostSizesAbove, _free.Length - 1);
        for (int larger = size + 1; larger <= largest && InUse + (SmallestBlock << larger) <= _limit; larger++)
        {
            if (_free[larger].TryPop(out block)) return true;
        }

        block = null;
        return false;
    }

    private byte[] Make(int size)
    {
        int bytes = SmallestBlock << size;
        Held += bytes;
        // Room to take every block back, so that giving back never allocates.
        _free[size].EnsureCapacity(++_made[size]);
        return GC.AllocateUninitializedArray<byte>(bytes);
    }

    // Without this an attacker who makes one size after the other popular would make each keep a whole limit's worth.
    private void MakeRoom(int bytes)
    {
        for (int size = _free.Length - 1; size >= 0 && Held + bytes > _limit; size--)
        {
            while (Held + bytes > _limit && _free[size].TryPop(out byte[]? kept))
            {
                Held -= kept.Length;
                _made[size]--;
            }
        }
    }

    private static int SizeClass(int length) =>
        length <= SmallestBlock ? 0 : BitOperations.Log2((uint)(length - 1) / SmallestBlock) + 1;
}
