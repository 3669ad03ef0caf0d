using System.Security.Cryptography;
using Sensor.Primitives;

namespace Sensor.Alerts.Spool;

/// <summary>
/// The durable queue between the event thread and the uplink: appended to by one, read and acknowledged by the other.
/// What <see cref="Flush"/> has written survives any crash; what was acknowledged is never handed out again.
/// While the disk refuses to write it goes on in memory and tries again. Rules and byte layout: README.md.
/// </summary>
public sealed class AlertSpool : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Func<ISpoolDisk> _openDisk;
    private readonly SpoolOptions _options;
    private readonly TimeProvider _clock;
    private readonly MemoryLog _memory;
    private readonly List<PendingRecord> _pending = [];
    private ISpoolDisk? _disk;
    private DiskLog? _log;
    private string? _problem;
    private long _retryAt;
    private long _pendingBytes;
    private long _refused;
    private TaskCompletionSource _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AlertSpool(Func<ISpoolDisk> openDisk, SpoolOptions options, TimeProvider clock)
    {
        _openDisk = openDisk;
        _clock = clock;
        _options = options with { SegmentBytes = (int)Math.Min(options.SegmentBytes, options.MaximumBytes / 4) };
        _memory = new MemoryLog(options.MemoryRecords, NewEpoch());
    }

    /// <summary>
    /// Opens the spool of a directory, making it when absent. A directory that cannot be used is no error: the spool
    /// starts in memory, says so in <see cref="SpoolStatus.Problem"/> and tries again.
    /// </summary>
    public static AlertSpool Open(string directory, SpoolOptions? options = null, TimeProvider? clock = null) =>
        Open(() => new DirectoryDisk(directory), options, clock);

    public static AlertSpool Open(Func<ISpoolDisk> openDisk, SpoolOptions? options = null, TimeProvider? clock = null)
    {
        var spool = new AlertSpool(openDisk, options ?? new SpoolOptions(), clock ?? TimeProvider.System);
        spool.TryOpenLog();
        return spool;
    }

    /// <summary>Called, on the thread that met it, when the disk begins to refuse (with the reason) and when it works again (null).</summary>
    public event Action<string?>? ProblemChanged;

    public SpoolStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new SpoolStatus
                {
                    Epoch = _log?.Epoch ?? 0,
                    DurableThrough = _log?.DurableThrough ?? 0,
                    AcknowledgedThrough = _log?.AcknowledgedThrough ?? 0,
                    Waiting = (_log is null ? 0 : _log.DurableThrough - _log.AcknowledgedThrough) + _pending.Count + _memory.Count,
                    WaitingInMemory = _pending.Count + _memory.Count,
                    DiskBytes = _log?.Bytes ?? 0,
                    Refused = _refused,
                    Dropped = (_log?.Dropped ?? 0) + _memory.Dropped,
                    Damaged = _log?.Damaged ?? 0,
                    TornBytes = _log?.TornBytes ?? 0,
                    Problem = _problem,
                };
            }
        }
    }

    /// <summary>
    /// Takes a record; it becomes durable with the next <see cref="Flush"/>. False when it was refused, because it is
    /// too large or because the spool is nearly full and the record matters less than those the room is kept for.
    /// </summary>
    public bool Append(SpoolRecordKind kind, Severity severity, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            var record = new PendingRecord(kind, severity, payload.ToArray());
            if (payload.Length > _options.MaximumRecordBytes || record.SpoolBytes + SegmentFormat.HeaderBytes > _options.SegmentBytes || !HasRoomFor(record))
            {
                _refused++;
                return false;
            }

            if (_problem is not null) _memory.Add(record);
            else
            {
                _pending.Add(record);
                _pendingBytes += record.SpoolBytes;
            }

            if (_pending.Count < _options.MemoryRecords) return true;
        }

        Flush();
        return true;
    }

    public bool Append(AlertRecord alert) => Append(SpoolRecordKind.Alert, alert.Severity, AlertRecordCodec.Encode(alert));

    public bool Append(IncidentRecord incident) => Append(SpoolRecordKind.Incident, incident.Severity, IncidentRecordCodec.Encode(incident));

    /// <summary>Group commit: everything taken so far is on the medium when this answers true. Called on the event thread only.</summary>
    public bool Flush()
    {
        lock (_gate)
        {
            bool nothingToDo = _problem is null && _pending.Count == 0;
            if (nothingToDo) return true;
            if (_problem is not null && _clock.GetTimestamp() < _retryAt)
            {
                Wake();
                return false;
            }

            if (_log is null && !TryOpenLog()) return Degrade(_problem!);
            _pending.InsertRange(0, _memory.TakeNotHandedOut());
            int committed = 0;
            try
            {
                _log!.Commit(_pending, out committed);
                _pending.Clear();
                _pendingBytes = 0;
                Announce(null);
                Wake();
                return true;
            }
            catch (Exception error) when (IsDiskError(error))
            {
                _pending.RemoveRange(0, committed);
                return Degrade($"cannot write the alert spool: {error.Message}; alerts are kept in memory and writing is tried again every {_options.RetryDelay.TotalSeconds:0} s");
            }
        }
    }

    /// <summary>The oldest records not acknowledged, from disk or, when there are none, from memory.</summary>
    public SpoolBatch ReadBatch(int maximumRecords, int maximumBytes)
    {
        SpoolBatch durable = ReadBatch(0, maximumRecords, maximumBytes);
        if (!durable.IsEmpty) return durable;
        lock (_gate) return new SpoolBatch(_memory.Epoch, _memory.Read(maximumRecords, maximumBytes), IsVolatile: true);
    }

    /// <summary>Durable records from a sequence on (or from the first unacknowledged, whichever is later).</summary>
    /// <param name="maximumBytes">Payload bytes at most; one record is handed out however large it is.</param>
    public SpoolBatch ReadBatch(long from, int maximumRecords, int maximumBytes)
    {
        lock (_gate)
        {
            if (_log is null) return new SpoolBatch(_memory.Epoch, [], IsVolatile: true);
            try
            {
                return new SpoolBatch(_log.Epoch, _log.Read(from, maximumRecords, maximumBytes), IsVolatile: false);
            }
            catch (Exception error) when (IsDiskError(error))
            {
                Degrade($"cannot read the alert spool: {error.Message}");
                return new SpoolBatch(_log.Epoch, [], IsVolatile: false);
            }
        }
    }

    /// <summary>The receiver has everything of <paramref name="epoch"/> up to here: never hand it out again.</summary>
    public void Acknowledge(long epoch, long through)
    {
        lock (_gate)
        {
            if (epoch == _memory.Epoch) _memory.Acknowledge(through);
            if (_log is null || epoch != _log.Epoch) return;
            try
            {
                _log.Acknowledge(through);
            }
            catch (Exception error) when (IsDiskError(error))
            {
                Degrade($"cannot write the alert spool's state: {error.Message}");
            }
        }
    }

    /// <summary>Completes when records become readable after this call, or when the time is up.</summary>
    public async Task WaitForRecordsAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        Task arrival;
        lock (_gate) arrival = _arrival.Task;
        await Task.WhenAny(arrival, Task.Delay(timeout, _clock, cancellation)).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Writes what is still pending and closes the files.</summary>
    public void Dispose()
    {
        lock (_gate) _retryAt = 0;
        Flush();
        lock (_gate)
        {
            _log?.Dispose();
            _disk?.Dispose();
            _log = null;
            _disk = null;
        }
    }

    // The last part of the room is kept for what matters: Info may fill 70 %, Low 80 %, Medium 90 %, High everything.
    private bool HasRoomFor(in PendingRecord record)
    {
        if (record.Severity >= Severity.High || _log is null) return true;
        long percent = record.Severity switch { Severity.Medium => 90, Severity.Low => 80, _ => 70 };
        return _log.Bytes + _pendingBytes + record.SpoolBytes <= _options.MaximumBytes / 100 * percent;
    }

    private bool TryOpenLog()
    {
        try
        {
            _disk ??= _openDisk();
            _log = new DiskLog(_disk, _options, NewEpoch);
            return true;
        }
        catch (Exception error) when (IsDiskError(error))
        {
            Announce($"cannot open the alert spool: {error.Message}; alerts are kept in memory until it can be opened");
            return false;
        }
    }

    private bool Degrade(string problem)
    {
        _retryAt = _clock.GetTimestamp() + (long)(_options.RetryDelay.TotalSeconds * _clock.TimestampFrequency);
        foreach (PendingRecord record in _pending) _memory.Add(record);
        _pending.Clear();
        _pendingBytes = 0;
        Announce(problem);
        Wake();
        return false;
    }

    private void Announce(string? problem)
    {
        bool changed = (problem is null) != (_problem is null);
        _problem = problem;
        if (changed) ProblemChanged?.Invoke(problem);
    }

    private void Wake()
    {
        _arrival.TrySetResult();
        _arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    // 62 bits: positive in every language and database, and never 0.
    private static long NewEpoch() => (BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)) & 0x3FFF_FFFF_FFFF_FFFF) | 1;

    private static bool IsDiskError(Exception error) => error is IOException or UnauthorizedAccessException;
}
