using System.Net;

namespace Sensor.Portal.Grpc;

/// <summary>What a handler knows of its call besides the message.</summary>
/// <param name="Bearer">The secret of <c>authorization: Bearer</c>, empty without.</param>
/// <param name="Peer">The caller's address.</param>
/// <param name="Expired">Cancelled when the deadline has passed or the caller has gone.</param>
internal sealed record GrpcCall(string Bearer, IPAddress? Peer, CancellationToken Expired);
