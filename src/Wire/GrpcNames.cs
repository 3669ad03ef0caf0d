namespace Sensor.Wire;

/// <summary>Header names, values and method paths of the uplink.</summary>
public static class GrpcNames
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string Identity = "identity";

    public const string PortalService = "sensor.portal.v1.Portal";
    public const string Enrol = "/sensor.portal.v1.Portal/Enrol";
    public const string UploadAlerts = "/sensor.portal.v1.Portal/UploadAlerts";
    public const string Heartbeat = "/sensor.portal.v1.Portal/Heartbeat";
    public const string HealthCheck = "/grpc.health.v1.Health/Check";

    /// <summary>True for <c>application/grpc</c>, also with <c>+proto</c> or parameters behind it.</summary>
    public static bool IsGrpc(string? contentType) =>
        contentType is not null && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';' or ' ');
}
