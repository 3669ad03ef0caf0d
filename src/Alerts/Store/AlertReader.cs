using System.Text;
using Microsoft.Data.Sqlite;
using Sensor.Primitives;
using Sensor.Storage;

namespace Sensor.Alerts.Store;

/// <summary>Reads the alert store; from any thread, also while it is being written, also without the service running.</summary>
/// <exception cref="SqliteException">From every method: the database cannot be read.</exception>
public sealed class AlertReader(string path)
{
    /// <summary>SQLite's result codes (sqlite.org/rescode.html) of a disk that cannot be written.</summary>
    private const int IsReadOnly = 8, CannotOpen = 14;

    /// <summary>Alerts newest first.</summary>
    public IReadOnlyList<AlertRecord> List(AlertQuery query)
    {
        var sql = new StringBuilder("SELECT record FROM alerts WHERE severity >= $severity");
        List<(string, object)> values = [("$severity", (int)query.MinimumSeverity), ("$limit", query.Limit)];
        void Where(string condition, string name, object? value)
        {
            if (value is null) return;
            sql.Append(" AND ").Append(condition);
            values.Add((name, value));
        }

        Where("class = $class", "$class", (int?)query.Class);
        Where("time >= $since", "$since", query.Since?.Nanoseconds);
        Where("device = $device", "$device", query.Device?.ToString());
        Where("sid = $sid", "$sid", query.Sid);
        Where("id < $before", "$before", query.BeforeId);
        sql.Append(" ORDER BY id DESC LIMIT $limit");
        return Read(sql.ToString(), values, static bytes => AlertRecordCodec.TryDecode(bytes, out AlertRecord alert) ? alert : null);
    }

    public AlertRecord? Find(long id) =>
        Read("SELECT record FROM alerts WHERE id = $id", [("$id", id)], static bytes => AlertRecordCodec.TryDecode(bytes, out AlertRecord alert) ? alert : null).FirstOrDefault();

    /// <summary>Incidents, the one that changed last first.</summary>
    public IReadOnlyList<IncidentRecord> Incidents(int limit, bool openOnly = false) => Read(
        $"SELECT record FROM incidents {(openOnly ? "WHERE open = 1" : "")} ORDER BY last DESC LIMIT $limit",
        [("$limit", limit)],
        static bytes => IncidentRecordCodec.TryDecode(bytes, out IncidentRecord incident) ? incident : null);

    /// <summary>Alerts kept, by severity.</summary>
    public IReadOnlyDictionary<Severity, long> Counts()
    {
        var counts = new Dictionary<Severity, long>();
        using SqliteConnection? connection = Open();
        if (connection is null) return counts;
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT severity, count(*) FROM alerts GROUP BY severity";
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read()) counts[(Severity)rows.GetInt32(0)] = rows.GetInt64(1);
        return counts;
    }

    /// <summary>The highest ids in use, 0 where there are none: numbering goes on after them.</summary>
    public (long Alert, long Incident) HighestIds()
    {
        using SqliteConnection? connection = Open();
        if (connection is null) return (0, 0);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce((SELECT max(id) FROM alerts), 0), coalesce((SELECT max(id) FROM incidents), 0)";
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read() ? (row.GetInt64(0), row.GetInt64(1)) : (0, 0);
    }

    private List<T> Read<T>(string sql, IEnumerable<(string Name, object Value)> values, Func<byte[], T?> decode)
        where T : class
    {
        var found = new List<T>();
        using SqliteConnection? connection = Open();
        if (connection is null) return found;
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in values) command.Parameters.AddWithValue(name, value);
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            if (decode((byte[])rows.GetValue(0)) is { } record) found.Add(record);
        }

        return found;
    }

    // No database yet is no error: there are no alerts.
    private SqliteConnection? Open()
    {
        if (!File.Exists(path)) return null;
        SqliteNative.Bind();
        // A reader of a database in WAL mode needs to write its shared memory file, hence not ReadOnly.
        SqliteConnection connection = Connect(path, SqliteOpenMode.ReadWrite);
        try
        {
            using SqliteCommand probe = connection.CreateCommand();
            probe.CommandText = "SELECT count(*) FROM sqlite_master";
            probe.ExecuteScalar();
            return connection;
        }
        catch (SqliteException refused) when (refused.SqliteErrorCode is CannotOpen or IsReadOnly && !File.Exists(path + "-wal"))
        {
            // On a read-only disk that file cannot be made (sqlite.org/wal.html, "Read-Only Databases"). With no log
            // beside it the database is complete, and nobody is writing.
            connection.Dispose();
            string address = path.Replace("%", "%25", StringComparison.Ordinal).Replace("?", "%3f", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal);
            return Connect($"file:{address}?immutable=1", SqliteOpenMode.ReadOnly);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static SqliteConnection Connect(string source, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Mode = mode, Pooling = false, DefaultTimeout = 5 }.ToString());
        connection.Open();
        return connection;
    }
}
