using System.Security.Cryptography;
using System.Text;
using Sensor.Portal.Storage;
using Sensor.Wire;

namespace Sensor.Portal.Grpc;

/// <summary>The calls of portal.proto: who is it, is it well-formed, store, answer.</summary>
internal sealed class PortalService(SensorStore sensors, AlertStore alerts, string enrolmentToken, TimeProvider time)
{
    /// <summary>Alerts and incidents in a batch; the box sends at most an eighth of it.</summary>
    public const int MaximumRecords = 4096;

    /// <summary>Encoded size of one alert or incident. The box cuts its texts far below that.</summary>
    public const int MaximumRecordBytes = 128 * 1024;

    private const int ShortestSecret = 32, LongestSecret = 256, LongestName = 128;

    public void AddTo(GrpcServer server) => server
        .Add(GrpcNames.Enrol, EnrolRequest.Parser, Enrol)
        .Add(GrpcNames.UploadAlerts, AlertBatch.Parser, UploadAlerts)
        .Add(GrpcNames.Heartbeat, HeartbeatRequest.Parser, Heartbeat)
        .Add(GrpcNames.HealthCheck, HealthCheckRequest.Parser, Check);

    private EnrolReply Enrol(EnrolRequest request, GrpcCall call)
    {
        if (!SameText(request.EnrolmentToken, enrolmentToken)) throw new GrpcException(GrpcStatus.PermissionDenied, "the enrolment token is not the portal's");
        Require(Guid.TryParseExact(request.SensorId, "D", out _), "sensor_id is not a UUID");
        Require(request.Secret.Length is >= ShortestSecret and <= LongestSecret, $"secret must have {ShortestSecret} to {LongestSecret} characters");
        Require(request.Name.Length <= LongestName, $"name is longer than {LongestName} characters");
        return sensors.Enrol(request.SensorId, request.Secret, request.Name) switch
        {
            SensorStore.Enrolment.Accepted => new EnrolReply { PortalTimeNs = time.NowNs() },
            SensorStore.Enrolment.Full => throw new GrpcException(GrpcStatus.ResourceExhausted, $"the portal has its {SensorStore.MaximumSensors} boxes"),
            _ => throw new GrpcException(GrpcStatus.AlreadyExists, "a box with this id or secret is enrolled already"),
        };
    }

    private AlertAck UploadAlerts(AlertBatch batch, GrpcCall call)
    {
        RequireCaller(call, batch.SensorId);
        Require(batch.Epoch is > 0 and <= long.MaxValue, "epoch is not between 1 and 2^63 - 1");
        Require(batch.LastSequence <= long.MaxValue && batch.FirstSequence <= batch.LastSequence, "the batch's sequences are not a range below 2^63");
        Require(batch.Alerts.Count + batch.Incidents.Count <= MaximumRecords, $"a batch has at most {MaximumRecords} records");
        ulong least = batch.FirstSequence;
        foreach (Alert alert in batch.Alerts)
        {
            Require(alert.Sequence >= least && alert.Sequence <= batch.LastSequence, $"alert {alert.Sequence} is out of order or out of the batch's range");
            Require(alert.CalculateSize() <= MaximumRecordBytes, $"alert {alert.Sequence} is longer than {MaximumRecordBytes} bytes");
            least = alert.Sequence + 1;
        }

        foreach (Incident incident in batch.Incidents)
        {
            Require(incident.IncidentId is > 0 and <= long.MaxValue && incident.Revision <= long.MaxValue, "an incident's number or revision is not below 2^63");
            Require(incident.CalculateSize() <= MaximumRecordBytes, $"incident {incident.IncidentId} is longer than {MaximumRecordBytes} bytes");
        }

        return alerts.Store(batch);
    }

    private HeartbeatReply Heartbeat(HeartbeatRequest request, GrpcCall call)
    {
        RequireCaller(call, request.SensorId);
        Require(request.CalculateSize() <= MaximumRecordBytes && request.Name.Length <= LongestName, "the heartbeat is too long");
        sensors.Heard(request);
        // The wanted state: a box keeps its configuration until the portal has another one for it.
        return new HeartbeatReply { DesiredGeneration = request.ConfigGeneration, PortalTimeNs = time.NowNs() };
    }

    private static HealthCheckResponse Check(HealthCheckRequest request, GrpcCall call) =>
        request.Service is "" or GrpcNames.PortalService
            ? new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.Serving }
            : throw new GrpcException(GrpcStatus.NotFound, "unknown service");

    private void RequireCaller(GrpcCall call, string sensorId)
    {
        string caller = call.Bearer.Length > 0 ? sensors.Authenticate(call.Bearer) ?? "" : "";
        if (caller.Length == 0) throw new GrpcException(GrpcStatus.Unauthenticated, "the box is not enrolled here");
        if (caller != sensorId) throw new GrpcException(GrpcStatus.PermissionDenied, "sensor_id is not the caller's");
    }

    private static void Require(bool condition, string reason)
    {
        if (!condition) throw new GrpcException(GrpcStatus.InvalidArgument, reason);
    }

    /// <summary>Compares secrets in the same time whatever they are.</summary>
    private static bool SameText(string one, string other) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(one)), SHA256.HashData(Encoding.UTF8.GetBytes(other)));
}
