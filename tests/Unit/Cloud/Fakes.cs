using Sensor.Cloud;
using Sensor.Wire;

namespace Sensor.Tests.Cloud;

/// <summary>A clock that only moves when told.</summary>
internal sealed class TestClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan span) => _now += span;
}

/// <summary>Pauses that take no time but are written down, and move the clock.</summary>
internal sealed class TestDelays
{
    public TestClock Clock { get; } = new();

    public List<TimeSpan> Pauses { get; } = [];

    /// <summary>Called at each pause; may cancel or change the scene.</summary>
    public Action<int>? OnPause { get; set; }

    public Delays Delays => new(Clock, new Middle(), async (span, cancellation) =>
    {
        Pauses.Add(span);
        Clock.Advance(span);
        OnPause?.Invoke(Pauses.Count);
        await Task.Yield();
        cancellation.ThrowIfCancellationRequested();
    });

    /// <summary>Chance that always draws the middle: jitter of zero.</summary>
    private sealed class Middle : Random
    {
        public override double NextDouble() => 0.5;
    }
}

/// <summary>A spool in memory that checks what is asked of it.</summary>
internal sealed class TestSource(long epoch = 7) : IUploadSource
{
    private readonly SortedDictionary<long, UploadItem> _items = [];
    private long _next = 1;

    public long AcknowledgedThrough { get; private set; }

    public List<long> Acknowledgements { get; } = [];

    public int MostRead { get; private set; }

    public UploadWindow Window => new(epoch, AcknowledgedThrough + 1, _next);

    public long Waiting => _items.Keys.Count(sequence => sequence > AcknowledgedThrough);

    public DateTimeOffset? OldestWaiting => Waiting == 0 ? null : new DateTimeOffset(2025, 12, 31, 23, 59, 0, TimeSpan.Zero);

    public TestSource Add(int count, Func<long, Alert>? make = null)
    {
        for (int index = 0; index < count; index++)
        {
            long sequence = _next++;
            _items[sequence] = new UploadItem(sequence, make?.Invoke(sequence) ?? Sample(sequence), null);
        }

        return this;
    }

    public void AddIncident(Incident incident)
    {
        long sequence = _next++;
        _items[sequence] = new UploadItem(sequence, null, incident);
    }

    public void AddUnreadable()
    {
        long sequence = _next++;
        _items[sequence] = new UploadItem(sequence, null, null);
    }

    public void Drop(long from, long through)
    {
        for (long sequence = from; sequence <= through; sequence++) _items.Remove(sequence);
    }

    public static Alert Sample(long sequence) => new()
    {
        Sequence = (ulong)sequence,
        RecordId = (ulong)sequence,
        Sid = 7000801,
        Gid = 1,
        Signature = $"alert {sequence}",
        ThreatClass = "c2",
        Severity = Severity.High,
        PacketTimeNs = 1_700_000_000_000_000_000 + sequence,
        Device = "192.0.2.10",
        Remote = "198.51.100.7",
    };

    public UploadItems Read(long from, long end, int maximumRecords, int maximumBytes)
    {
        List<UploadItem> read = [];
        int bytes = 0;
        foreach (UploadItem item in _items.Values.Where(item => item.Sequence >= Math.Max(from, AcknowledgedThrough + 1) && item.Sequence < end))
        {
            int size = item.Alert?.CalculateSize() ?? 0;
            if (read.Count == maximumRecords || (read.Count > 0 && bytes + size > maximumBytes)) break;
            bytes += size;
            read.Add(item);
        }

        MostRead = Math.Max(MostRead, read.Count);
        return new UploadItems(epoch, read);
    }

    public UploadItems ReadOldest(int maximumRecords, int maximumBytes) => Read(0, long.MaxValue, maximumRecords, maximumBytes);

    public void Acknowledge(long acknowledgedEpoch, long through)
    {
        Assert.Equal(epoch, acknowledgedEpoch);
        if (through <= AcknowledgedThrough) return;
        AcknowledgedThrough = through;
        Acknowledgements.Add(through);
    }

    public Task WaitForMoreAsync(CancellationToken cancellation) => Task.Delay(Timeout.Infinite, cancellation);
}

/// <summary>A portal as a function: keeps each alert once and answers as it is told.</summary>
internal sealed class TestPortal
{
    private readonly Queue<GrpcStatus> _answers = new();

    public Dictionary<(ulong Epoch, ulong Sequence), Alert> Stored { get; } = [];

    public List<AlertBatch> Batches { get; } = [];

    public List<Incident> Incidents { get; } = [];

    /// <summary>Refuses any batch with such an alert as invalid.</summary>
    public Func<Alert, bool> Poison { get; set; } = _ => false;

    /// <summary>The next calls end with these.</summary>
    public void Answer(params GrpcStatus[] statuses)
    {
        foreach (GrpcStatus status in statuses) _answers.Enqueue(status);
    }

    public Task<AlertAck> SendAsync(AlertBatch batch, CancellationToken cancellation)
    {
        Batches.Add(batch);
        if (_answers.TryDequeue(out GrpcStatus status) && status != GrpcStatus.Ok) throw new GrpcException(status, "told to");
        if (batch.Alerts.Any(Poison)) throw new GrpcException(GrpcStatus.InvalidArgument, "poison");
        foreach (Alert alert in batch.Alerts) Stored[(batch.Epoch, alert.Sequence)] = alert;
        Incidents.AddRange(batch.Incidents);
        return Task.FromResult(new AlertAck { ThroughSequence = batch.LastSequence, Stored = (uint)batch.Alerts.Count });
    }
}
