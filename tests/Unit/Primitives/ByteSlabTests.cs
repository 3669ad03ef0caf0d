using Sensor.Primitives;

namespace Sensor.Tests.Primitives;

public class ByteSlabTests
{
    [Fact]
    public void What_is_kept_for_reuse_counts_against_the_limit()
    {
        const int limit = 64 * 1024;
        var slab = new ByteSlab(limit);
        for (int size = ByteSlab.SmallestBlock; size <= limit; size *= 2)
        {
            var taken = new List<byte[]>();
            while (slab.TryTake(size, out byte[]? block)) taken.Add(block);
            Assert.Equal(limit / size, taken.Count);
            Assert.Equal(limit, slab.InUse);
            taken.ForEach(slab.Return);
            Assert.Equal(0, slab.InUse);
            Assert.InRange(slab.Held, 0, limit);
        }
    }

    [Fact]
    public void A_block_given_back_is_lent_again()
    {
        var slab = new ByteSlab(1024);
        Assert.True(slab.TryTake(300, out byte[]? first));
        slab.Return(first);
        Assert.True(slab.TryTake(512, out byte[]? again));
        Assert.Same(first, again);
        Assert.Equal(512, slab.Held);
    }
}
