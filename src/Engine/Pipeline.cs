using Sensor.Alerts.Eve;
using Sensor.Alerts;
using Sensor.Capture;
using Sensor.Detection;
using Sensor.Detection.Inspect;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Engine;

/// <summary>
/// The road as code: source → pump → one pipe a worker → workers → event queue. What happens behind the queue
/// (spool, store, files) is the event thread's, and the uplink's behind that.
/// </summary>
public sealed class Pipeline : IDisposable
{
    private readonly IPacketSource _source;
    private readonly FramePipe[] _pipes;
    private readonly WorkerThread[] _workers;
    private readonly EventWriter[] _writers;
    private readonly PacketPump _pump;
    private readonly Thread _capture;

    public Pipeline(EngineOptions options, IPacketSource source, RuleSet rules, IReputation? reputation, EventQueue events, ulong seed)
    {
        options = options.For(rules);
        _source = source;
        _pipes = [.. Enumerable.Range(0, options.Workers).Select(_ => new FramePipe(options.PipeBytes))];
        _writers = [.. Enumerable.Range(0, options.Workers).Select(_ => new EventWriter(options.Events, events))];
        var tables = new DetectionTables(options.Detection);
        var expectations = new ExpectationTable();
        _workers = [.. _pipes.Select((pipe, number) => new WorkerThread(number, new Worker(ForWorker(options, number), rules, reputation, tables, _writers[number], expectations), pipe))];
        _pump = new PacketPump(source, _pipes, seed);
        _capture = new Thread(Capture) { Name = "capture", IsBackground = true };
    }

    /// <summary>What ended capturing early: the interface went away, the file is damaged. Null while it is well.</summary>
    public CaptureException? CaptureFailure { get; private set; }

    /// <summary>A defect in a worker; the program must end, because nothing is inspected any more.</summary>
    public Exception? Defect => _workers.Select(worker => worker.Failure).FirstOrDefault(failure => failure is not null);

    /// <summary>True once the source has ended and every frame has been through the rooms.</summary>
    public bool Finished { get; private set; }

    /// <summary>Grows while every worker moves; the watchdog is fed only when it did.</summary>
    public long SlowestTicks => _workers.Min(worker => worker.Ticks);

    public WorkerCounts Counts => _workers.Select(worker => worker.Counts).Aggregate((left, right) => left + right);

    /// <summary>Where every frame ended; closes at any moment.</summary>
    public LossLedger Ledger
    {
        get
        {
            WorkerCounts counts = Counts;
            return _pump.Statistics.Ledger(counts.Inspected, counts.Undecodable, shed: 0);
        }
    }

    public void Start()
    {
        foreach (WorkerThread worker in _workers) worker.Start();
        _capture.Start();
    }

    /// <summary>Waits until the source has ended and the workers have finished every flow.</summary>
    public void Join()
    {
        _capture.Join();
        foreach (WorkerThread worker in _workers) worker.Join();
        Finished = true;
    }

    /// <summary>Ends capturing; what lies in the pipes is still inspected.</summary>
    public void Stop()
    {
        _pump.Stop();
        Join();
    }

    /// <summary>Swaps rules and lists in, between two batches of each worker; no packet waits for it.</summary>
    public Task SwapAsync(RuleSet rules, IReputation? reputation) => Task.WhenAll(_workers.Select(worker => worker.SwapAsync(rules, reputation)));

    public void Dispose()
    {
        foreach (WorkerThread worker in _workers) worker.Dispose();
        foreach (EventWriter writer in _writers) writer.Dispose();
        foreach (FramePipe pipe in _pipes) pipe.Dispose();
        _source.Dispose();
    }

    private void Capture()
    {
        try
        {
            _pump.Run();
        }
        catch (CaptureException broken)
        {
            CaptureFailure = broken;
        }
    }

    private static EngineOptions ForWorker(EngineOptions options, int number) => options with { Flows = options.Flows with { Worker = number } };
}
