using System.Data.Common;
using Google.Protobuf;
using Sensor.Wire;

namespace Sensor.Portal.Storage;

/// <summary>An incident as stored.</summary>
internal sealed record StoredIncident(string SensorId, Incident Incident);

/// <summary>Incidents: the newest revision of each.</summary>
internal sealed class IncidentStore(Database database)
{
    /// <summary>Takes the incidents of a batch within its transaction.</summary>
    public static void Upsert(DbConnection connection, AlertBatch batch)
    {
        foreach (Incident incident in batch.Incidents)
        {
            connection.Execute(
                """
                INSERT INTO incidents (sensor_id, incident_id, revision, last_ns, severity, open, record)
                VALUES (@sensor, @incident, @revision, @last, @severity, @open, @record)
                ON CONFLICT (sensor_id, incident_id) DO UPDATE SET
                    revision = excluded.revision, last_ns = excluded.last_ns, severity = excluded.severity, open = excluded.open, record = excluded.record
                WHERE excluded.revision >= incidents.revision
                """,
                ("@sensor", batch.SensorId), ("@incident", (long)incident.IncidentId), ("@revision", (long)incident.Revision),
                ("@last", incident.LastTimeNs), ("@severity", (int)incident.Severity), ("@open", incident.Open ? 1 : 0), ("@record", incident.ToByteArray()));
        }
    }

    /// <summary>Open ones first, then newest first.</summary>
    public List<StoredIncident> List(int limit) => database.Read(connection => connection.Query(
        "SELECT sensor_id, record FROM incidents ORDER BY open DESC, last_ns DESC LIMIT @limit", Row, ("@limit", limit)));

    public StoredIncident? Find(string sensorId, long incidentId) => database.Read(connection => connection.Query(
        "SELECT sensor_id, record FROM incidents WHERE sensor_id = @sensor AND incident_id = @incident", Row,
        ("@sensor", sensorId), ("@incident", incidentId)).FirstOrDefault());

    public long CountOpen() => database.Read(connection => connection.Scalar<long>("SELECT COUNT(*) FROM incidents WHERE open = 1"));

    public long Count() => database.Read(connection => connection.Scalar<long>("SELECT COUNT(*) FROM incidents"));

    private static StoredIncident Row(DbDataReader row) => new(row.GetString(0), Incident.Parser.ParseFrom((byte[])row.GetValue(1)));
}
