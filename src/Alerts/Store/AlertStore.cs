using Microsoft.Data.Sqlite;
using Sensor.Primitives;
using Sensor.Storage;

namespace Sensor.Alerts.Store;

/// <summary>
/// Alerts and incidents on the box itself, for the command line: written by the event thread, one transaction a flush.
/// - The database is a convenience beside the spool: when its disk refuses, alerts wait in memory (bounded) and writing is tried again.
/// - A damaged database is set aside as <c>PATH.damaged</c> and begun anew; the reason is announced.
/// - Reading opens a connection of its own, from any thread.
/// </summary>
public sealed class AlertStore : IEventConsumer, IDisposable
{
    /// <summary>SQLite's result codes (sqlite.org/rescode.html) that say the file itself is broken.</summary>
    private const int Corrupt = 11, NotADatabase = 26;

    /// <summary>Rows deleted at once when a limit is reached, in percent of the limit: rarely, and not one by one.</summary>
    private const int TrimPercent = 5;

    private readonly AlertStoreOptions _options;
    private readonly TimeProvider _clock;
    private readonly List<AlertRecord> _alerts = [];
    private readonly Dictionary<long, IncidentRecord> _incidents = [];
    private readonly Lock _gate = new();
    private SqliteConnection? _connection;
    private long _retryAt;
    private long _rows;

    public AlertStore(AlertStoreOptions options, TimeProvider? clock = null)
    {
        _options = options;
        _clock = clock ?? TimeProvider.System;
        Reader = new AlertReader(options.Path);
        Guarded(static store => store.Open());
    }

    public string Name => "store";

    public AlertReader Reader { get; }

    /// <summary>Null while all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>Alerts that are not in the store because it could not be written for too long.</summary>
    public long AlertsLost { get; private set; }

    /// <summary>Databases set aside because they were damaged.</summary>
    public int SetAside { get; private set; }

    /// <summary>Told when writing begins to fail or a database was set aside (with the reason), and when all is well again (null).</summary>
    public event Action<string?>? ProblemChanged;

    /// <summary>
    /// The highest ids in use, to number on from. Where they cannot be read: the clock's milliseconds, more than
    /// counting ever reaches, so that no alert takes the place of an older one.
    /// </summary>
    public (long Alert, long Incident) LastIds()
    {
        try
        {
            return Reader.HighestIds();
        }
        catch (SqliteException)
        {
            long now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
            return (now, now);
        }
    }

    /// <summary>Alerts kept; 0 while they cannot be counted.</summary>
    public long Count()
    {
        try
        {
            return Reader.Counts().Values.Sum();
        }
        catch (SqliteException)
        {
            return 0;
        }
    }

    public void Consume(scoped in SensorEvent happened)
    {
        if (happened.Alert is { } alert) Add(alert);
    }

    public void Add(AlertRecord alert)
    {
        lock (_gate)
        {
            if (_alerts.Count >= _options.MaximumPending)
            {
                _alerts.RemoveAt(0);
                AlertsLost++;
            }

            _alerts.Add(alert);
        }
    }

    public void Add(IncidentRecord incident)
    {
        lock (_gate) _incidents[incident.Id] = incident;
    }

    public void Flush()
    {
        lock (_gate)
        {
            if (_alerts.Count + _incidents.Count == 0 && Problem is null) return;
            if (Problem is not null && _clock.GetTimestamp() < _retryAt) return;
            Guarded(static store =>
            {
                if (store._connection is null) store.Open();
                store.Write();
                store.Announce(null);
            });
        }
    }

    public void Dispose()
    {
        Flush();
        _connection?.Dispose();
        _connection = null;
    }

    private void Guarded(Action<AlertStore> act)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                act(this);
                return;
            }
            catch (SqliteException error) when (error.SqliteErrorCode is Corrupt or NotADatabase && attempt == 0)
            {
                BeginAnew(error);
            }
            catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
            {
                _connection?.Dispose();
                _connection = null;
                _retryAt = _clock.GetTimestamp() + (long)(_options.RetryDelay.TotalSeconds * _clock.TimestampFrequency);
                Announce($"cannot write the alert store {_options.Path}: {error.Message}; new alerts wait in memory, the spool and the portal are not affected");
                return;
            }
        }
    }

    private void BeginAnew(SqliteException error)
    {
        _connection?.Dispose();
        _connection = null;
        SetAside++;
        try
        {
            File.Move(_options.Path, _options.Path + ".damaged", overwrite: true);
            File.Delete(_options.Path + "-wal");
            File.Delete(_options.Path + "-shm");
        }
        catch (Exception moving) when (moving is IOException or UnauthorizedAccessException)
        {
            return; // opening it again says what is wrong
        }

        ProblemChanged?.Invoke($"the alert store {_options.Path} is damaged ({error.Message}); it was set aside as {_options.Path}.damaged and a new one begun, older alerts are at the portal");
    }

    private void Open()
    {
        SqliteNative.Bind();
        if (Path.GetDirectoryName(Path.GetFullPath(_options.Path)) is { } directory) Directory.CreateDirectory(directory);
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _options.Path, Pooling = false }.ToString());
        _connection.Open();
        Execute(AlertSchema.Pragmas);
        Execute(AlertSchema.Tables);
        _rows = Number("SELECT count(*) FROM alerts");
    }

    private void Write()
    {
        // Not SqliteTransaction: a full disk makes SQLite undo the transaction by itself, and the object's own attempt
        // then throws, from the connection's Dispose too. A closed connection undoes what is left.
        Execute("BEGIN IMMEDIATE");
        foreach (AlertRecord alert in _alerts) Insert(alert);
        foreach (IncidentRecord incident in _incidents.Values) Insert(incident);
        Execute("COMMIT");
        _rows += _alerts.Count;
        _alerts.Clear();
        _incidents.Clear();
        if (_rows > _options.MaximumAlerts) Trim(_rows - _options.MaximumAlerts + (_options.MaximumAlerts * TrimPercent / 100));
        else if (Number("PRAGMA page_count") * Number("PRAGMA page_size") > _options.MaximumBytes && Number("PRAGMA freelist_count") < 64) Trim(1 + (_rows * TrimPercent / 100));
    }

    private void Trim(long count)
    {
        Execute(AlertSchema.DeleteLeastSevere, ("$count", count));
        Execute(AlertSchema.DeleteOldIncidents);
        _rows = Number("SELECT count(*) FROM alerts");
    }

    private void Insert(AlertRecord alert) => Execute(
        AlertSchema.InsertAlert,
        ("$id", alert.Id),
        ("$time", alert.Time.Nanoseconds),
        ("$severity", (int)alert.Severity),
        ("$class", (int)alert.ThreatClass),
        ("$sid", alert.Sid),
        ("$device", alert.Device.ToString()),
        ("$record", AlertRecordCodec.Encode(alert)));

    private void Insert(IncidentRecord incident) => Execute(
        AlertSchema.InsertIncident,
        ("$id", incident.Id),
        ("$last", incident.LastAlert.Nanoseconds),
        ("$severity", (int)incident.Severity),
        ("$open", incident.IsOpen ? 1 : 0),
        ("$record", IncidentRecordCodec.Encode(incident)));

    private void Execute(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using SqliteCommand command = _connection!.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in values) command.Parameters.AddWithValue(name, value);
        command.ExecuteNonQuery();
    }

    private long Number(string sql)
    {
        using SqliteCommand command = _connection!.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private void Announce(string? problem)
    {
        bool changed = (problem is null) != (Problem is null);
        Problem = problem;
        if (changed) ProblemChanged?.Invoke(problem);
    }
}
