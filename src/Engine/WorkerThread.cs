using Sensor.Capture;
using Sensor.Detection;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Engine;

/// <summary>
/// One worker with its pipe and its thread. Between two batches it takes a new rule set if one waits, and ticks, so that
/// the watchdog knows that the path moves even when no packet comes.
/// </summary>
internal sealed class WorkerThread : IDisposable
{
    /// <summary>Frames entered at once: enough to spread the cost of the pipe, few enough that a swap never waits long.</summary>
    private const int BatchFrames = 256;

    private const int IdleMilliseconds = 100;

    private readonly Worker _worker;
    private readonly FramePipe _pipe;
    private readonly Thread _thread;
    private readonly AllocationMeter _allocation = new();
    private Generation? _waiting;
    private long _ticks;
    private WorkerCounts _published;
    // Not a Lock: that one makes its event when a thread first has to wait for it, on the worker.
    private readonly object _publish = new();

    public WorkerThread(int number, Worker worker, FramePipe pipe)
    {
        _worker = worker;
        _pipe = pipe;
        _thread = new Thread(Run) { Name = $"worker {number}", IsBackground = true };
    }

    private sealed record Generation(RuleSet Rules, IReputation? Reputation, TaskCompletionSource Taken);

    /// <summary>Rises at least some times a second while the worker is well.</summary>
    public long Ticks => Volatile.Read(ref _ticks);

    /// <summary>The last published counts: taken between two batches, so they belong together.</summary>
    public WorkerCounts Counts
    {
        get
        {
            lock (_publish) return _published;
        }
    }

    /// <summary>What ended the worker early; null while it is well. An engine that throws is a defect and stops the program.</summary>
    public Exception? Failure { get; private set; }

    public void Start() => _thread.Start();

    public void Join() => _thread.Join();

    public void Dispose() => _worker.Dispose();

    /// <summary>Hands over a new generation; the task ends when the worker runs on it.</summary>
    public Task SwapAsync(RuleSet rules, IReputation? reputation)
    {
        var generation = new Generation(rules, reputation, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Interlocked.Exchange(ref _waiting, generation)?.Taken.TrySetResult();
        if (!_thread.IsAlive) TakeGeneration();
        return generation.Taken.Task;
    }

    private void Run()
    {
        try
        {
            Loop();
            _worker.Finish(FlowEndReason.Shutdown);
        }
        catch (Exception defect)
        {
            Failure = defect;
        }

        Publish();
        TakeGeneration();
    }

    private void Loop()
    {
        while (true)
        {
            Volatile.Write(ref _ticks, _ticks + 1);
            if (Volatile.Read(ref _waiting) is not null) TakeGeneration();
            if (_pipe.TryRead(BatchFrames, out PacketBatch batch))
            {
                _worker.Process(ref batch);
                _pipe.Advance(batch);
                _allocation.After(_worker.Inspected);
                Publish();
                continue;
            }

            if (_pipe.IsDrained) return;
            _pipe.Wait(IdleMilliseconds);
        }
    }

    private void TakeGeneration()
    {
        if (Interlocked.Exchange(ref _waiting, null) is not { } generation) return;
        _worker.Swap(generation.Rules, generation.Reputation);
        generation.Taken.TrySetResult();
    }

    private void Publish()
    {
        var counts = new WorkerCounts(
            _worker.Inspected, _worker.Undecodable, _worker.Bytes, _worker.ActiveFlows, _worker.Alerts, _worker.Now, _allocation.WarmUpPackets, _allocation.SinceWarmUp);
        lock (_publish) _published = counts;
    }
}

/// <summary>What one worker has done, all taken between the same two batches.</summary>
/// <param name="WarmUpPackets">Packets that count as warm-up in <paramref name="AllocatedBytes"/>.</param>
/// <param name="AllocatedBytes">Managed bytes the worker allocated since then.</param>
public readonly record struct WorkerCounts(
    long Inspected, long Undecodable, long Bytes, int ActiveFlows, long Alerts, PacketTime LastPacket, long WarmUpPackets, long AllocatedBytes)
{
    public static WorkerCounts operator +(WorkerCounts left, WorkerCounts right) => new(
        left.Inspected + right.Inspected,
        left.Undecodable + right.Undecodable,
        left.Bytes + right.Bytes,
        left.ActiveFlows + right.ActiveFlows,
        left.Alerts + right.Alerts,
        left.LastPacket > right.LastPacket ? left.LastPacket : right.LastPacket,
        left.WarmUpPackets + right.WarmUpPackets,
        left.AllocatedBytes + right.AllocatedBytes);

    public static WorkerCounts Add(WorkerCounts left, WorkerCounts right) => left + right;
}
