using Sensor.Wire;

namespace Sensor.Cloud;

/// <summary>The portal's calls with their deadlines. Thin: policy (retry, batching) belongs to the callers.</summary>
public sealed class PortalClient(GrpcChannel channel, SensorIdentity identity)
{
    /// <summary>A batch may take long on a slow line: 1 MiB at 128 kbit/s is 65 s.</summary>
    public static readonly TimeSpan UploadDeadline = TimeSpan.FromSeconds(90);

    /// <summary>A heartbeat is small and the next one comes in 30 s.</summary>
    public static readonly TimeSpan HeartbeatDeadline = TimeSpan.FromSeconds(10);

    public static readonly TimeSpan EnrolDeadline = TimeSpan.FromSeconds(20);

    public SensorIdentity Identity => identity;

    public Uri Address => channel.Address;

    public Task<AlertAck> UploadAsync(AlertBatch batch, CancellationToken cancellation) =>
        channel.CallAsync(GrpcNames.UploadAlerts, batch, AlertAck.Parser, UploadDeadline, identity.Secret, cancellation);

    public Task<HeartbeatReply> HeartbeatAsync(HeartbeatRequest request, CancellationToken cancellation) =>
        channel.CallAsync(GrpcNames.Heartbeat, request, HeartbeatReply.Parser, HeartbeatDeadline, identity.Secret, cancellation);

    public Task<EnrolReply> EnrolAsync(EnrolRequest request, CancellationToken cancellation) =>
        channel.CallAsync(GrpcNames.Enrol, request, EnrolReply.Parser, EnrolDeadline, null, cancellation);
}
