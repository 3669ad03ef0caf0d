using System.Buffers;
using System.Runtime.InteropServices;
using Sensor.Primitives;

namespace Sensor.Tests.Primitives;

public class PacketBatchTests
{
    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? before)
        {
            Memory = bytes;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }

    private static byte[] Frame(ulong number, int length)
    {
        byte[] bytes = new byte[FrameHeader.Size + length];
        var header = new FrameHeader { Nanoseconds = 5, Number = number, CapturedLength = length, WireLength = length + 1, Link = LinkType.Raw };
        MemoryMarshal.Write(bytes, in header);
        bytes.AsSpan(FrameHeader.Size).Fill((byte)number);
        return bytes;
    }

    [Fact]
    public void The_header_takes_as_many_bytes_as_it_says() => Assert.Equal(FrameHeader.Size, Marshal.SizeOf<FrameHeader>());

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void Frames_in_several_pieces_are_all_handed_out_whatever_the_limit(int limit)
    {
        byte[][] frames = [.. Enumerable.Range(1, 7).Select(i => Frame((ulong)i, i * 3))];
        // Three pieces: frames 1-2, frames 3-6, frame 7.
        var first = new Segment([.. frames[0], .. frames[1]], null);
        var second = new Segment([.. frames[2], .. frames[3], .. frames[4], .. frames[5]], first);
        var third = new Segment(frames[6], second);
        var rest = new ReadOnlySequence<byte>(first, 0, third, third.Memory.Length);
        ulong number = 0;
        while (!rest.IsEmpty)
        {
            var batch = new PacketBatch(rest, limit);
            int handed = 0;
            while (batch.MoveNext(out RawPacket packet))
            {
                handed++;
                Assert.Equal(++number, packet.Number);
                Assert.Equal((int)number * 3, packet.Bytes.Length);
                Assert.Equal(packet.Bytes.Length + 1, packet.WireLength);
                Assert.True(packet.Bytes.IndexOfAnyExcept((byte)number) < 0);
                Assert.Equal(rest.Slice(rest.Start, batch.Consumed).Length, batch.ConsumedBytes);
            }

            Assert.Equal(handed, batch.Count);
            Assert.InRange(handed, 1, limit);
            rest = rest.Slice(batch.Consumed);
        }

        Assert.Equal(7ul, number);
    }

    [Fact]
    public void An_empty_batch_hands_out_nothing()
    {
        var batch = new PacketBatch(ReadOnlySequence<byte>.Empty, 10);
        Assert.False(batch.MoveNext(out _));
        Assert.Equal(0, batch.ConsumedBytes);
    }
}
