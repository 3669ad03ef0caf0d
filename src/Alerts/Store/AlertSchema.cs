namespace Sensor.Alerts.Store;

/// <summary>The store's tables and statements. Columns are what is searched by; the rest is in the record.</summary>
internal static class AlertSchema
{
    public const string Pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=16777216; PRAGMA busy_timeout=2000;";

    public const string Tables = """
        CREATE TABLE IF NOT EXISTS alerts (
            id INTEGER PRIMARY KEY, time INTEGER NOT NULL, severity INTEGER NOT NULL, class INTEGER NOT NULL,
            sid INTEGER NOT NULL, device TEXT NOT NULL, record BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS alerts_time ON alerts(time);
        CREATE INDEX IF NOT EXISTS alerts_severity ON alerts(severity, id);
        CREATE INDEX IF NOT EXISTS alerts_device ON alerts(device, id);
        CREATE TABLE IF NOT EXISTS incidents (
            id INTEGER PRIMARY KEY, last INTEGER NOT NULL, severity INTEGER NOT NULL, open INTEGER NOT NULL, record BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS incidents_last ON incidents(last);
        """;

    public const string InsertAlert = "INSERT OR REPLACE INTO alerts VALUES ($id, $time, $severity, $class, $sid, $device, $record)";

    public const string InsertIncident = "INSERT OR REPLACE INTO incidents VALUES ($id, $last, $severity, $open, $record)";

    public const string DeleteLeastSevere = "DELETE FROM alerts WHERE id IN (SELECT id FROM alerts ORDER BY severity, id LIMIT $count)";

    /// <summary>An incident is small; the newest 10 000 are years.</summary>
    public const string DeleteOldIncidents = "DELETE FROM incidents WHERE id NOT IN (SELECT id FROM incidents ORDER BY last DESC LIMIT 10000)";
}
