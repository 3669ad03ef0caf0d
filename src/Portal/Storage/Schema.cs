using System.Data.Common;

namespace Sensor.Portal.Storage;

/// <summary>
/// The tables. Alerts, incidents and heartbeats keep the message as it came (<c>record</c>), so a field added to
/// portal.proto needs no new column; the columns are keys and what pages filter by. Times are nanoseconds since 1970 UTC.
/// </summary>
internal static class Schema
{
    public static void Create(Database database) => database.Write(connection =>
    {
        foreach (string statement in Statements(database)) connection.Execute(statement);
        return true;
    });

    private static string[] Statements(Database database) =>
    [
        $"""
        CREATE TABLE IF NOT EXISTS sensors (
            sensor_id TEXT PRIMARY KEY,
            secret_hash TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            enrolled_ns BIGINT NOT NULL,
            heartbeat_ns BIGINT NOT NULL,
            heartbeat {database.BytesColumn})
        """,
        """
        CREATE TABLE IF NOT EXISTS positions (
            sensor_id TEXT NOT NULL,
            epoch BIGINT NOT NULL,
            through BIGINT NOT NULL,
            stored BIGINT NOT NULL,
            duplicates BIGINT NOT NULL,
            PRIMARY KEY (sensor_id, epoch))
        """,
        $"""
        CREATE TABLE IF NOT EXISTS alerts (
            id {database.IdentityColumn},
            sensor_id TEXT NOT NULL,
            epoch BIGINT NOT NULL,
            sequence BIGINT NOT NULL,
            record_id BIGINT NOT NULL,
            received_ns BIGINT NOT NULL,
            time_ns BIGINT NOT NULL,
            severity INTEGER NOT NULL,
            threat_class TEXT NOT NULL,
            search TEXT NOT NULL,
            record {database.BytesColumn} NOT NULL,
            UNIQUE (sensor_id, epoch, sequence))
        """,
        "CREATE INDEX IF NOT EXISTS alerts_by_time ON alerts (time_ns, id)",
        "CREATE INDEX IF NOT EXISTS alerts_by_record ON alerts (sensor_id, record_id)",
        "CREATE INDEX IF NOT EXISTS alerts_by_arrival ON alerts (received_ns, severity, threat_class)",
        $"""
        CREATE TABLE IF NOT EXISTS incidents (
            sensor_id TEXT NOT NULL,
            incident_id BIGINT NOT NULL,
            revision BIGINT NOT NULL,
            last_ns BIGINT NOT NULL,
            severity INTEGER NOT NULL,
            open INTEGER NOT NULL,
            record {database.BytesColumn} NOT NULL,
            PRIMARY KEY (sensor_id, incident_id))
        """,
        "CREATE INDEX IF NOT EXISTS incidents_by_time ON incidents (last_ns)",
    ];
}
