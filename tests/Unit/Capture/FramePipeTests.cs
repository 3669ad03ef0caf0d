using Sensor.Capture;
using Sensor.Primitives;

namespace Sensor.Tests.Capture;

public class FramePipeTests
{
    private static RawPacket Frame(byte[] bytes, ulong number = 1) => new(bytes, bytes.Length + 4, new PacketTime((long)number * 10), LinkType.Raw, number);

    [Fact]
    public void Frames_come_out_as_they_went_in_across_blocks_and_batches()
    {
        using var pipe = new FramePipe();
        var random = new Random(5);
        var sent = new List<byte[]>();
        int received = 0;
        for (int round = 0; round < 200; round++)
        {
            for (int i = random.Next(40); i >= 0; i--)
            {
                byte[] bytes = new byte[random.Next(100) == 0 ? random.Next(262144) : random.Next(1600)];
                random.NextBytes(bytes);
                sent.Add(bytes);
                Assert.True(pipe.TryWrite(Frame(bytes, (ulong)sent.Count)));
            }

            pipe.Flush();
            while (pipe.TryRead(1 + random.Next(20), out PacketBatch batch))
            {
                while (batch.MoveNext(out RawPacket packet))
                {
                    byte[] expected = sent[received++];
                    Assert.True(packet.Bytes.SequenceEqual(expected));
                    Assert.Equal(((ulong)received, received * 10L, expected.Length + 4, LinkType.Raw), (packet.Number, packet.Time.Nanoseconds, packet.WireLength, packet.Link));
                }

                pipe.Advance(batch);
            }

            Assert.Equal(0, pipe.Outstanding);
        }

        Assert.Equal(sent.Count, received);
        Assert.Equal(sent.Count, pipe.FramesWritten);
    }

    [Fact]
    public void A_full_pipe_refuses_and_takes_again_when_read()
    {
        using var pipe = new FramePipe(300_000);
        byte[] bytes = new byte[1000];
        int taken = 0;
        while (pipe.TryWrite(Frame(bytes))) taken++;
        Assert.Equal(300_000 / 1032, taken);
        Assert.True(pipe.Outstanding <= pipe.Limit);
        Assert.True(pipe.TryRead(3, out PacketBatch batch));
        while (batch.MoveNext(out _))
        {
        }

        pipe.Advance(batch);
        for (int i = 0; i < 3; i++) Assert.True(pipe.TryWrite(Frame(bytes)));
        Assert.False(pipe.TryWrite(Frame(bytes)));
    }

    [Fact]
    public void A_batch_left_early_is_continued()
    {
        using var pipe = new FramePipe();
        for (ulong number = 1; number <= 5; number++) pipe.TryWrite(Frame([1], number));
        pipe.Flush();
        Assert.True(pipe.TryRead(100, out PacketBatch batch));
        Assert.True(batch.MoveNext(out _) && batch.MoveNext(out _));
        pipe.Advance(batch);
        Assert.True(pipe.TryRead(100, out batch));
        Assert.True(batch.MoveNext(out RawPacket next));
        Assert.Equal(3ul, next.Number);
    }

    [Fact]
    public void A_batch_of_which_nothing_was_taken_changes_nothing()
    {
        using var pipe = new FramePipe();
        pipe.TryWrite(Frame([9]));
        pipe.Flush();
        Assert.True(pipe.TryRead(10, out PacketBatch batch));
        pipe.Advance(batch);
        Assert.True(pipe.TryRead(10, out batch));
        Assert.True(batch.MoveNext(out _));
    }

    [Fact]
    public void The_end_wakes_the_reader()
    {
        using var pipe = new FramePipe();
        Assert.False(pipe.Wait(0));
        pipe.TryWrite(Frame([1]));
        pipe.Complete();
        Assert.True(pipe.Wait(60_000));
        Assert.False(pipe.IsDrained);
        Assert.True(pipe.TryRead(10, out PacketBatch batch));
        Assert.True(batch.MoveNext(out _));
        pipe.Advance(batch);
        Assert.True(pipe.IsDrained);
        Assert.False(pipe.TryRead(10, out _));
    }

    [Fact]
    public void Steady_traffic_allocates_nothing()
    {
        using var pipe = new FramePipe();
        byte[] bytes = new byte[900];
        PumpRounds(pipe, bytes, 2000);
        int made = pipe.Pool.Made;
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            PumpRounds(pipe, bytes, 20_000);
        }));
        Assert.Equal(made, pipe.Pool.Made);
    }

    [Fact]
    public void The_deepest_backlog_allocates_nothing()
    {
        using var pipe = new FramePipe(4 * 1024 * 1024);
        byte[] bytes = new byte[900];
        PumpRounds(pipe, bytes, 2000);
        int made = pipe.Pool.Made;
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            while (pipe.TryWrite(Frame(bytes)))
            {
            }

            PumpRounds(pipe, bytes, 100);
        }));
        Assert.Equal(made, pipe.Pool.Made);
    }

    private static void PumpRounds(FramePipe pipe, byte[] bytes, int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < 8; i++) pipe.TryWrite(Frame(bytes));
            pipe.Flush();
            if (!pipe.TryRead(256, out PacketBatch batch)) continue;
            while (batch.MoveNext(out _))
            {
            }

            pipe.Advance(batch);
        }
    }
}
