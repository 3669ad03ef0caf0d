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

    private readonly Stack<byte[]>[] _free = new Stack<byte[]>[17];
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

        if (!_free[size].TryPop(out block))
        {
            MakeRoom(bytes);
            block = GC.AllocateUninitializedArray<byte>(bytes);
            Held += bytes;
        }

        InUse += bytes;
        return true;
    }

    public void Return(byte[] block)
    {
        InUse -= block.Length;
        _free[SizeClass(block.Length)].Push(block);
    }

    // Without this an attacker who makes one size after the other popular would make each keep a whole limit's worth.
    private void MakeRoom(int bytes)
    {
        for (int size = _free.Length - 1; size >= 0 && Held + bytes > _limit; size--)
        {
            while (Held + bytes > _limit && _free[size].TryPop(out byte[]? kept)) Held -= kept.Length;
        }
    }

    private static int SizeClass(int length) =>
        length <= SmallestBlock ? 0 : BitOperations.Log2((uint)(length - 1) / SmallestBlock) + 1;
}
