using System.Data.Common;
using Google.Protobuf;
using Sensor.Wire;

namespace Sensor.Portal.Storage;

/// <summary>An alert as stored.</summary>
internal sealed record StoredAlert(long Id, string SensorId, long Epoch, long ReceivedNs, Alert Alert);

/// <summary>Which alerts a page asks for; what is empty does not filter.</summary>
internal sealed record AlertFilter
{
    public string SensorId { get; init; } = "";
    public int MinimumSeverity { get; init; }
    public string ThreatClass { get; init; } = "";
    public string Text { get; init; } = "";
    /// <summary>Only alerts before this one in the order of the list (newest first).</summary>
    public (long TimeNs, long Id)? Before { get; init; }
}

/// <summary>
/// Alerts, each exactly once: (sensor, epoch, sequence) is unique, and alerts and position are stored in one transaction
/// that is committed before the acknowledgement leaves.
/// </summary>
internal sealed class AlertStore(Database database, TimeProvider time)
{
    private const string Columns = "id, sensor_id, epoch, received_ns, record";

    /// <summary>Stores what is new of a checked batch, its incidents too.</summary>
    public AlertAck Store(AlertBatch batch) => database.Write(connection =>
    {
        uint stored = Insert(connection, batch);
        IncidentStore.Upsert(connection, batch);
        uint duplicates = (uint)batch.Alerts.Count - stored;
        connection.Execute(
            """
            INSERT INTO positions (sensor_id, epoch, through, stored, duplicates) VALUES (@sensor, @epoch, @through, @stored, @duplicates)
            ON CONFLICT (sensor_id, epoch) DO UPDATE SET
                through = CASE WHEN excluded.through > positions.through THEN excluded.through ELSE positions.through END,
                stored = positions.stored + excluded.stored,
                duplicates = positions.duplicates + excluded.duplicates
            """,
            ("@sensor", batch.SensorId), ("@epoch", (long)batch.Epoch), ("@through", (long)batch.LastSequence),
            ("@stored", (long)stored), ("@duplicates", (long)duplicates));
        return new AlertAck { ThroughSequence = batch.LastSequence, Stored = stored, Duplicates = duplicates };
    });

    /// <summary>Alerts newest first.</summary>
    public List<StoredAlert> List(AlertFilter filter, int limit) => database.Read(connection => connection.Query(
        $"""
        SELECT {Columns} FROM alerts
        WHERE (@sensor = '' OR sensor_id = @sensor) AND severity >= @severity AND (@class = '' OR threat_class = @class)
          AND (@text = '' OR search LIKE @pattern ESCAPE '\')
          AND (time_ns < @time OR (time_ns = @time AND id < @id))
        ORDER BY time_ns DESC, id DESC LIMIT @limit
        """,
        Row,
        ("@sensor", filter.SensorId), ("@severity", filter.MinimumSeverity), ("@class", filter.ThreatClass), ("@text", filter.Text),
        ("@pattern", SearchText.Pattern(filter.Text)), ("@time", filter.Before?.TimeNs ?? long.MaxValue), ("@id", filter.Before?.Id ?? long.MaxValue), ("@limit", limit)));

    /// <summary>Alerts in the order they arrived, after <paramref name="id"/>.</summary>
    public List<StoredAlert> Since(long id, int limit) => database.Read(connection => connection.Query(
        $"SELECT {Columns} FROM alerts WHERE id > @id ORDER BY id LIMIT @limit", Row, ("@id", id), ("@limit", limit)));

    public StoredAlert? Find(long id) => database.Read(connection => connection.Query(
        $"SELECT {Columns} FROM alerts WHERE id = @id", Row, ("@id", id)).FirstOrDefault());

    /// <summary>Alerts of a box by its own numbers, oldest first, for the page of an incident.</summary>
    public List<StoredAlert> Find(string sensorId, IEnumerable<ulong> recordIds) => database.Read(connection =>
    {
        List<StoredAlert> found = [];
        foreach (ulong recordId in recordIds)
        {
            found.AddRange(connection.Query(
                $"SELECT {Columns} FROM alerts WHERE sensor_id = @sensor AND record_id = @record ORDER BY id DESC LIMIT 1",
                Row, ("@sensor", sensorId), ("@record", unchecked((long)recordId))));
        }

        found.Sort((one, other) => one.Alert.PacketTimeNs.CompareTo(other.Alert.PacketTimeNs));
        return found;
    });

    /// <summary>Counts by class and severity of what arrived since a time.</summary>
    public List<(string ThreatClass, int Severity, long Count)> Counts(long sinceNs) => database.Read(connection => connection.Query(
        "SELECT threat_class, severity, COUNT(*) FROM alerts WHERE received_ns >= @since GROUP BY threat_class, severity",
        row => (row.GetString(0), row.GetInt32(1), row.GetInt64(2)), ("@since", sinceNs)));

    /// <summary>Alerts per box, and the boxes' duplicates: how often a batch came again.</summary>
    public Dictionary<string, (long Stored, long Duplicates)> PerSensor() => database.Read(connection => connection.Query(
        "SELECT sensor_id, SUM(stored), SUM(duplicates) FROM positions GROUP BY sensor_id",
        row => (Sensor: row.GetString(0), Stored: row.GetInt64(1), Duplicates: row.GetInt64(2))).ToDictionary(row => row.Sensor, row => (row.Stored, row.Duplicates)));

    /// <summary>How many of the batch's alerts were new.</summary>
    private uint Insert(DbConnection connection, AlertBatch batch)
    {
        uint stored = 0;
        using DbCommand insert = connection.Command(
            """
            INSERT INTO alerts (sensor_id, epoch, sequence, record_id, received_ns, time_ns, severity, threat_class, search, record)
            VALUES (@sensor, @epoch, @sequence, @number, @received, @time, @severity, @class, @search, @record)
            ON CONFLICT (sensor_id, epoch, sequence) DO NOTHING
            """,
            ("@sensor", batch.SensorId), ("@epoch", (long)batch.Epoch), ("@sequence", 0L), ("@number", 0L), ("@received", time.NowNs()), ("@time", 0L),
            ("@severity", 0), ("@class", ""), ("@search", ""), ("@record", Array.Empty<byte>()));
        foreach (Alert alert in batch.Alerts)
        {
            insert.Parameters["@sequence"].Value = (long)alert.Sequence;
            insert.Parameters["@number"].Value = unchecked((long)alert.RecordId);
            insert.Parameters["@time"].Value = alert.PacketTimeNs;
            insert.Parameters["@severity"].Value = (int)alert.Severity;
            insert.Parameters["@class"].Value = alert.ThreatClass;
            insert.Parameters["@search"].Value = SearchText.Of(alert);
            insert.Parameters["@record"].Value = alert.ToByteArray();
            stored += (uint)insert.ExecuteNonQuery();
        }

        return stored;
    }

    private static StoredAlert Row(DbDataReader row) =>
        new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), Alert.Parser.ParseFrom((byte[])row.GetValue(4)));
}
