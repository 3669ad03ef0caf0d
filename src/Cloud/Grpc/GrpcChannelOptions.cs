using System.Security.Cryptography.X509Certificates;
using Sensor.Wire;

namespace Sensor.Cloud;

/// <summary>How a <see cref="GrpcChannel"/> reaches its server, and what it puts up with.</summary>
public sealed record GrpcChannelOptions
{
    /// <summary>Allows <c>http://</c> to a loopback address (HTTP/2 without TLS). Anything beyond the machine needs TLS.</summary>
    public bool AllowPlaintextLoopback { get; init; }

    /// <summary>The box's own certificate with its key, for a portal that asks for one.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>When set, only these authorities are trusted; otherwise the machine's own.</summary>
    public X509Certificate2Collection? TrustedAuthorities { get; init; }

    /// <summary>Largest answer accepted; a longer one ends the call with ResourceExhausted before it is read.</summary>
    public int MaximumReceiveBytes { get; init; } = GrpcFrame.MaximumMessageBytes;

    /// <summary>Largest request sent.</summary>
    public int MaximumSendBytes { get; init; } = GrpcFrame.MaximumMessageBytes;

    /// <summary>Time for the TCP and TLS handshake; below the deadlines, so that an unreachable portal is told apart from a slow one.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence after which the connection is probed with an HTTP/2 ping; NAT gateways forget idle ones.</summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a ping may stay unanswered before the connection is given up.</summary>
    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The clock of the deadlines.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Sent as <c>user-agent</c>.</summary>
    public string UserAgent { get; init; } = "grpc-sensor";
}
