using System.Buffers;

namespace Sensor.Capture;

/// <summary>
/// Blocks of one size for a pipe, kept for reuse. The last one given back is the next one lent, so that a worker that
/// keeps up stays within one block and within the processor's cache. Threads: the pipe's two ends.
/// </summary>
internal sealed class SlabMemoryPool(int blockSize, int expectedBlocks) : MemoryPool<byte>
{
    private readonly Lock _lock = new();
    private Block[] _free = new Block[Math.Max(4, expectedBlocks)];
    private int _freeCount;

    public override int MaxBufferSize => blockSize;

    /// <summary>Blocks made so far; stands still once the pipe has seen its deepest backlog.</summary>
    public int Made { get; private set; }

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, blockSize);
        lock (_lock)
        {
            if (_freeCount > 0) return _free[--_freeCount];
            Made++;
        }

        return new Block(this, blockSize);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private void Return(Block block)
    {
        lock (_lock)
        {
            if (_freeCount == _free.Length) Array.Resize(ref _free, 2 * _free.Length);
            _free[_freeCount++] = block;
        }
    }

    private sealed class Block(SlabMemoryPool pool, int size) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(size, pinned: true);

        public void Dispose() => pool.Return(this);
    }
}
