using System.IO.Pipelines;
using System.Numerics;
using System.Runtime.InteropServices;
using Sensor.Primitives;

namespace Sensor.Capture;

/// <summary>
/// The crossing from the capture thread to one worker: a bounded pipe of frames, each behind its
/// <see cref="FrameHeader"/>. One thread writes (<see cref="TryWrite"/>, <see cref="Flush"/>), one reads
/// (<see cref="TryRead"/>, <see cref="Advance"/>). Neither side allocates once the blocks are made.
/// </summary>
/// <remarks>
/// The bound is this class's own count of bytes, not the pipe's back pressure: a live source must be told "full" at once
/// and never be made to wait. Frames are written into one block at a time and shown to the reader together, so that the
/// pipe's lock is taken once a batch.
/// </remarks>
public sealed class FramePipe : IDisposable
{
    /// <summary>Space between the two ends, by default: a quarter of a second at 1 Gbps.</summary>
    public const long DefaultLimit = 32 * 1024 * 1024;

    private const int SmallestBlock = 64 * 1024;

    // The pipe keeps 256 of its own bookkeeping objects; with more blocks under way it would allocate. A block ends where
    // the next frame does not fit, so some more are needed than full ones would be.
    private const int MostFullBlocks = 192;

    private readonly Pipe _pipe;
    private readonly long _limit;
    private readonly int _blockSize;
    private readonly ManualResetEventSlim _frames = new(false, spinCount: 0), _space = new(false, spinCount: 0);

    // Written by one side, read by the other; the difference is what lies in between.
    private long _written, _taken;
    private long _framesWritten;
    private int _readerWaits, _writerWaits;
    private volatile bool _completed;

    private Memory<byte> _block;
    private int _filled;

    /// <param name="limit">Most bytes between writer and reader, headers included.</param>
    public FramePipe(long limit = DefaultLimit)
    {
        _limit = Math.Max(limit, FrameHeader.Size + Formats.FormatReader.LargestFrame);
        _blockSize = (int)Math.Max(SmallestBlock, BitOperations.RoundUpToPowerOf2((ulong)(_limit / MostFullBlocks)));
        Pool = new SlabMemoryPool(_blockSize, (int)(_limit / _blockSize) + 2);
        _pipe = new Pipe(new PipeOptions(
            Pool, PipeScheduler.Inline, PipeScheduler.Inline, pauseWriterThreshold: 0, resumeWriterThreshold: 0, minimumSegmentSize: _blockSize, useSynchronizationContext: false));
        MakeAllBlocks();
        _frames.Wait(1); // the first wait makes what the others need
    }

    /// <summary>Bytes written and not yet given back by the reader.</summary>
    public long Outstanding => Volatile.Read(ref _written) - Volatile.Read(ref _taken);

    public long Limit => _limit;

    /// <summary>Frames that were written since the start.</summary>
    public long FramesWritten => Volatile.Read(ref _framesWritten);

    /// <summary>True once the writer is done and the reader has taken everything.</summary>
    public bool IsDrained => _completed && Outstanding == 0;

    internal SlabMemoryPool Pool { get; }

    /// <summary>Adds a frame; false when the pipe is full. The reader sees it after <see cref="Flush"/>.</summary>
    public bool TryWrite(in RawPacket frame)
    {
        int needed = FrameHeader.Size + frame.Bytes.Length;
        if (Outstanding + needed > _limit)
        {
            Flush();
            return false;
        }

        if (_block.Length - _filled < needed)
        {
            Flush();
            _block = _pipe.Writer.GetMemory(needed);
        }

        Span<byte> target = _block.Span[_filled..];
        var header = new FrameHeader
        {
            Nanoseconds = frame.Time.Nanoseconds,
            Number = frame.Number,
            CapturedLength = frame.Bytes.Length,
            WireLength = frame.WireLength,
            Link = frame.Link,
        };
        MemoryMarshal.Write(target, in header);
        frame.Bytes.CopyTo(target[FrameHeader.Size..]);
        _filled += needed;
        Volatile.Write(ref _written, _written + needed);
        Volatile.Write(ref _framesWritten, _framesWritten + 1);
        return true;
    }

    /// <summary>Shows the reader what was written and wakes it if it waits.</summary>
    public void Flush()
    {
        if (_filled == 0) return;
        _pipe.Writer.Advance(_filled);
        ValueTask<FlushResult> shown = _pipe.Writer.FlushAsync(); // completes at once: the pipe has no threshold to wait for
        if (!shown.IsCompletedSuccessfully) shown.AsTask().GetAwaiter().GetResult();
        _block = default;
        _filled = 0;
        Wake(ref _readerWaits, _frames);
    }

    /// <summary>For sources that lose nothing: waits until a frame of that length fits, at most so long.</summary>
    public bool WaitForSpace(int frameLength, int milliseconds)
    {
        Flush();
        Volatile.Write(ref _writerWaits, 1);
        Interlocked.MemoryBarrier();
        // Half empty rather than barely room for one: the two threads should not take turns frame by frame.
        if (Outstanding > _limit / 2) _space.Wait(milliseconds);
        Volatile.Write(ref _writerWaits, 0);
        _space.Reset();
        return Outstanding + FrameHeader.Size + frameLength <= _limit;
    }

    /// <summary>No more frames will be written.</summary>
    public void Complete()
    {
        Flush();
        _pipe.Writer.Complete();
        _completed = true;
        _frames.Set();
    }

    /// <summary>The frames that lie ready, at most so many; false when there are none. Follow with <see cref="Advance"/>.</summary>
    public bool TryRead(int limit, out PacketBatch batch)
    {
        if (!_pipe.Reader.TryRead(out ReadResult result) || result.Buffer.IsEmpty)
        {
            batch = default;
            return false;
        }

        batch = new PacketBatch(result.Buffer, limit);
        return true;
    }

    /// <summary>Gives back the frames that were taken from the batch; the rest comes again.</summary>
    public void Advance(in PacketBatch batch)
    {
        _pipe.Reader.AdvanceTo(batch.Consumed);
        Volatile.Write(ref _taken, _taken + batch.ConsumedBytes);
        if (Outstanding <= _limit / 2) Wake(ref _writerWaits, _space);
    }

    /// <summary>Sleeps until frames lie ready or the writer is done, at most so long; true when there is a reason to read on.</summary>
    public bool Wait(int milliseconds)
    {
        Volatile.Write(ref _readerWaits, 1);
        Interlocked.MemoryBarrier();
        if (Outstanding == 0 && !_completed) _frames.Wait(milliseconds);
        else if (!_completed) _frames.Wait(1); // written but not flushed yet, or flushed this instant
        Volatile.Write(ref _readerWaits, 0);
        if (!_completed) _frames.Reset();
        return Outstanding > 0 || _completed;
    }

    public void Dispose()
    {
        _frames.Dispose();
        _space.Dispose();
        Pool.Dispose();
    }

    // Fills and empties the pipe once, so that the deepest backlog finds every block made. Untouched memory costs nothing.
    private void MakeAllBlocks()
    {
        for (long blocks = (_limit / _blockSize * 5 / 4) + 2; blocks > 0; blocks--)
        {
            _pipe.Writer.GetMemory(_blockSize);
            _pipe.Writer.Advance(_blockSize);
        }

        ValueTask<FlushResult> shown = _pipe.Writer.FlushAsync();
        if (shown.IsCompletedSuccessfully && _pipe.Reader.TryRead(out ReadResult all)) _pipe.Reader.AdvanceTo(all.Buffer.End);
    }

    // The fence keeps the count written before from being seen after the other side has gone to sleep.
    private static void Wake(ref int waits, ManualResetEventSlim signal)
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref waits) != 0) signal.Set();
    }
}
