using Sensor.Alerts.Eve;

namespace Sensor.Alerts;

/// <summary>
/// The event thread: takes events from the queue, makes alert records, hands everything to the consumers in order.
/// One slow disk may slow this thread; it never reaches the workers, whose events then go by rank.
/// </summary>
public sealed class EventPump : IDisposable
{
    /// <summary>Longest time between two flushes while events flow; with a sync of 50 ms it keeps "match to durable" under 100 ms.</summary>
    private static readonly TimeSpan FlushInterval = TimeSpan.FromMilliseconds(25);

    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(500);

    private readonly EventQueue _queue;
    private readonly AlertRecordBuilder _builder;
    private readonly SensorContextWriter _context;
    private readonly IEventConsumer[] _consumers;
    private readonly Action<string, Exception> _report;
    private readonly TimeProvider _clock;
    private readonly Thread _thread;
    private byte[] _bytes = new byte[64 * 1024];
    private volatile bool _stopping;

    /// <param name="sensorId">Written into each alert.</param>
    /// <param name="report">Told the first time (and every 1000th) a consumer throws: its name and why.</param>
    public EventPump(
        EventQueue queue, AlertRecordBuilder builder, string sensorId, IEnumerable<IEventConsumer> consumers, Action<string, Exception> report, TimeProvider? clock = null)
    {
        _queue = queue;
        _builder = builder;
        _context = new SensorContextWriter(sensorId);
        _consumers = [.. consumers];
        _report = report;
        _clock = clock ?? TimeProvider.System;
        _thread = new Thread(Run) { Name = "events", IsBackground = true };
    }

    public long Handled { get; private set; }

    /// <summary>Times a consumer (or the making of a record) threw; each is a defect.</summary>
    public long Failures { get; private set; }

    public void Start() => _thread.Start();

    /// <summary>Handles what is still queued, flushes every consumer, ends the thread. The workers must have stopped writing.</summary>
    public void Stop()
    {
        _stopping = true;
        _queue.Wake();
        if (_thread.IsAlive) _thread.Join();
        else DrainOnce();
    }

    public void Dispose()
    {
        if (!_stopping) Stop();
        _context.Dispose();
    }

    /// <summary>Handles everything queued now and flushes; for tests and for replays without a thread.</summary>
    public void DrainOnce()
    {
        while (_queue.TryRead(out EventHeader header, ref _bytes)) Dispatch(header);
        Flush();
    }

    private void Run()
    {
        long flushed = _clock.GetTimestamp();
        bool dirty = false;
        while (true)
        {
            bool read = _queue.TryRead(out EventHeader header, ref _bytes);
            if (read)
            {
                Dispatch(header);
                dirty = true;
            }

            if (dirty && (!read || _clock.GetElapsedTime(flushed) >= FlushInterval))
            {
                Flush();
                flushed = _clock.GetTimestamp();
                dirty = false;
            }

            if (read) continue;
            if (_stopping && _queue.IsEmpty) break;
            _queue.WaitForEvents(IdleWait);
            dirty = true; // consumers that retry a refused disk want their turn even when nothing arrives
        }

        Flush();
    }

    private void Dispatch(in EventHeader header)
    {
        Handled++;
        SensorEvent happened;
        try
        {
            happened = Complete(header);
        }
        catch (Exception error)
        {
            Fail("event thread", error);
            return;
        }

        foreach (IEventConsumer consumer in _consumers)
        {
            try
            {
                consumer.Consume(happened);
            }
            catch (Exception error)
            {
                Fail(consumer.Name, error);
            }
        }
    }

    private SensorEvent Complete(scoped in EventHeader header)
    {
        ReadOnlySpan<byte> json = _bytes.AsSpan(0, header.JsonLength);
        if (header.Kind != EventKind.Alert || header.Rule is null) return new SensorEvent { Header = header, Json = json };
        AlertRecord alert = _builder.Build(header, _bytes.AsSpan(header.JsonLength, header.DetailLength));
        if (header.ContextAt >= 0) json = _context.Insert(json, header.ContextAt, alert);
        return new SensorEvent { Header = header, Json = json, Alert = alert };
    }

    private void Flush()
    {
        foreach (IEventConsumer consumer in _consumers)
        {
            try
            {
                consumer.Flush();
            }
            catch (Exception error)
            {
                Fail(consumer.Name, error);
            }
        }
    }

    private void Fail(string who, Exception error)
    {
        if (Failures++ % 1000 == 0) _report(who, error);
    }
}
