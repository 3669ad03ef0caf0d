using Sensor.Primitives;

namespace Sensor.Tests.Primitives;

public class ByteSlabStockTests
{
    [Fact]
    public void Stocked_blocks_are_lent_and_taken_back_without_allocating()
    {
        var slab = new ByteSlab(1 << 20);
        slab.Stock(4096, 8);
        Assert.Equal(8 * 4096, slab.Held);
        byte[][] lent = new byte[8][];
        Turn(slab, lent);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Turn(slab, lent);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Turn(ByteSlab slab, byte[][] lent)
        {
            for (int i = 0; i < lent.Length; i++) Assert.True(slab.TryTake(4000, out lent[i]!));
            foreach (byte[] block in lent) slab.Return(block);
        }
    }

    [Fact]
    public void A_somewhat_larger_block_serves_where_none_of_the_size_is_left()
    {
        var slab = new ByteSlab(1 << 20);
        slab.Stock(1024, 1);
        Assert.True(slab.TryTake(256, out byte[]? served));
        Assert.Equal(1024, served.Length);
        Assert.Equal(1024, slab.InUse);
        slab.Return(served);
        slab = new ByteSlab(1 << 20);
        slab.Stock(2048, 1);
        Assert.True(slab.TryTake(256, out byte[]? own));
        Assert.Equal(256, own.Length);
    }

    [Fact]
    public void A_stock_ends_at_the_limit()
    {
        var slab = new ByteSlab(10_000);
        slab.Stock(4096, 8);
        Assert.Equal(8192, slab.Held);
    }
}
