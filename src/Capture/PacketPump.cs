using Sensor.Primitives;

namespace Sensor.Capture;

/// <summary>Frames by where they went, all columns taken at one moment; what the capture side adds to the loss ledger.</summary>
/// <param name="Source">Delivered and lost before the pump.</param>
/// <param name="Queued">Frames put into a worker's pipe.</param>
/// <param name="QueueFull">Frames of a live source dropped because a worker's pipe was full.</param>
public readonly record struct PumpStatistics(SourceStatistics Source, long Queued, long QueueFull)
{
    /// <summary>
    /// The loss ledger, given what the workers did with the frames they took. Frames still in a pipe are not seen
    /// yet, so the ledger closes at any moment; once the pipes are drained, seen is exactly what the source
    /// delivered and lost (<see cref="IsDrainedBy"/>).
    /// </summary>
    public LossLedger Ledger(long inspected, long undecodable, long shed) => new(
        inspected + undecodable + shed + QueueFull + Source.KernelDropped + Source.NicMissed,
        Source.NicMissed, Source.KernelDropped, QueueFull, undecodable, shed, inspected);

    /// <summary>True when the workers have accounted for every frame that the source delivered.</summary>
    public bool IsDrainedBy(long inspected, long undecodable, long shed) => Source.Delivered == QueueFull + inspected + undecodable + shed;
}

/// <summary>The capture thread: takes frames from a source and puts each into the pipe of the worker its addresses choose.</summary>
public sealed class PacketPump
{
    // So many frames are shown to the workers together; few enough that none waits longer than some microseconds.
    private const int FlushEvery = 64;

    private const int IdleWait = 20, SpaceWait = 50;

    private readonly IPacketSource _source;
    private readonly FramePipe[] _pipes;
    private readonly FlowHash _hash;
    private readonly Lock _publish = new();
    private long _queued, _queueFull;
    private PumpStatistics _published;
    private volatile bool _stopping;

    /// <param name="source">Owned by the caller.</param>
    /// <param name="pipes">One for each worker.</param>
    /// <param name="seed">Key of the flow hash; random where an attacker must not foresee the worker.</param>
    public PacketPump(IPacketSource source, IReadOnlyList<FramePipe> pipes, ulong seed)
    {
        _source = source;
        _pipes = [.. pipes];
        _hash = new FlowHash(seed);
    }

    /// <summary>The last published counts; at most some tens of milliseconds old while running, exact after <see cref="Run"/> has returned.</summary>
    public PumpStatistics Statistics
    {
        get
        {
            lock (_publish) return _published;
        }
    }

    /// <summary>Pumps until the source ends or <see cref="Stop"/> is called, then completes the pipes. Blocks its thread.</summary>
    /// <exception cref="CaptureException">The source broke; the pipes are completed and hold what came before.</exception>
    public void Run()
    {
        try
        {
            Pump();
        }
        finally
        {
            Publish();
            foreach (FramePipe pipe in _pipes) pipe.Complete();
        }
    }

    /// <summary>Ends <see cref="Run"/> soon. Callable from any thread.</summary>
    public void Stop()
    {
        _stopping = true;
        _source.Stop();
    }

    private void Pump()
    {
        int sinceFlush = 0;
        while (!_stopping)
        {
            ReadStatus status = _source.Read(out RawPacket frame);
            if (status == ReadStatus.Frame)
            {
                Put(frame);
                if (++sinceFlush < FlushEvery) continue;
            }

            FlushAll();
            Publish();
            sinceFlush = 0;
            if (status == ReadStatus.End) return;
            if (status == ReadStatus.Idle) _source.Wait(IdleWait);
        }
    }

    private void Put(in RawPacket frame)
    {
        FramePipe pipe = _pipes[_hash.Choose(frame, _pipes.Length)];
        if (pipe.TryWrite(frame)) _queued++;
        else PutLater(pipe, frame);
    }

    // A wire does not wait: the frame is dropped and counted. A file does.
    private void PutLater(FramePipe pipe, in RawPacket frame)
    {
        if (_source.IsLive)
        {
            _queueFull++;
            return;
        }

        FlushAll();
        while (!_stopping)
        {
            if (!pipe.WaitForSpace(frame.Bytes.Length, SpaceWait) || !pipe.TryWrite(frame)) continue;
            _queued++;
            return;
        }

        _queueFull++;
    }

    private void FlushAll()
    {
        foreach (FramePipe pipe in _pipes) pipe.Flush();
    }

    private void Publish()
    {
        var now = new PumpStatistics(_source.Statistics, _queued, _queueFull);
        lock (_publish) _published = now;
    }
}
