namespace Sensor.Wire;

/// <summary>A call that did not end with OK: thrown by a client, and by a server's handler to answer with a status.</summary>
public sealed class GrpcException(GrpcStatus status, string message, Exception? cause = null) : Exception(message, cause)
{
    public GrpcStatus Status { get; } = status;

    public override string ToString() => $"{Status}: {Message}{(InnerException is null ? "" : $" ({InnerException.Message})")}";
}
