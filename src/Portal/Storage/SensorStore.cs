using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Sensor.Wire;

namespace Sensor.Portal.Storage;

/// <summary>A box as stored; <see cref="Heartbeat"/> is its last, null before the first.</summary>
internal sealed record StoredSensor(string SensorId, string Name, long EnrolledNs, long HeartbeatNs, HeartbeatRequest? Heartbeat);

/// <summary>The boxes, their secrets (hashed) and their last heartbeats.</summary>
internal sealed class SensorStore(Database database, TimeProvider time)
{
    /// <summary>Boxes one portal takes; enrolment is refused beyond, since a leaked token must not fill the disk.</summary>
    public const int MaximumSensors = 10_000;

    private const string Columns = "sensor_id, name, enrolled_ns, heartbeat_ns, heartbeat";

    /// <summary>The outcome of an enrolment.</summary>
    public enum Enrolment
    {
        Accepted,
        /// <summary>The id belongs to a box with another secret, or the secret to another box.</summary>
        Taken,
        Full,
    }

    /// <summary>Makes a box known, or finds it known already with the same secret.</summary>
    public Enrolment Enrol(string sensorId, string secret, string name) => database.Write(connection =>
    {
        string hash = Hash(secret);
        List<(string Id, string Hash)> known = connection.Query(
            "SELECT sensor_id, secret_hash FROM sensors WHERE sensor_id = @id OR secret_hash = @hash",
            row => (row.GetString(0), row.GetString(1)), ("@id", sensorId), ("@hash", hash));
        if (known.Count > 0) return known is [var one] && one == (sensorId, hash) ? Enrolment.Accepted : Enrolment.Taken;
        if (connection.Scalar<long>("SELECT COUNT(*) FROM sensors") >= MaximumSensors) return Enrolment.Full;
        connection.Execute(
            "INSERT INTO sensors (sensor_id, secret_hash, name, enrolled_ns, heartbeat_ns) VALUES (@id, @hash, @name, @now, 0)",
            ("@id", sensorId), ("@hash", hash), ("@name", name), ("@now", time.NowNs()));
        return Enrolment.Accepted;
    });

    /// <summary>The box a secret belongs to, null for an unknown one.</summary>
    public string? Authenticate(string secret) => database.Read(connection =>
        connection.Scalar<string>("SELECT sensor_id FROM sensors WHERE secret_hash = @hash", ("@hash", Hash(secret))));

    public void Heard(HeartbeatRequest heartbeat) => database.Write(connection => connection.Execute(
        "UPDATE sensors SET heartbeat_ns = @now, heartbeat = @record, name = CASE WHEN @name = '' THEN name ELSE @name END WHERE sensor_id = @id",
        ("@now", time.NowNs()), ("@record", heartbeat.ToByteArray()), ("@name", heartbeat.Name), ("@id", heartbeat.SensorId)));

    public List<StoredSensor> All() => database.Read(connection => connection.Query($"SELECT {Columns} FROM sensors ORDER BY name, sensor_id", Row));

    private static StoredSensor Row(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3),
        row.IsDBNull(4) ? null : HeartbeatRequest.Parser.ParseFrom((byte[])row.GetValue(4)));

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
