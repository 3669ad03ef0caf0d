using System.Buffers.Binary;
using Sensor.Decode.Network;

namespace Sensor.Decode.Tunnel;

/// <summary>Teredo (RFC 4380 section 5.1.1): IPv6 in UDP, sometimes after an authentication and an origin indication.</summary>
internal static class TeredoHeader
{
    private const int OriginIndication = 8, AuthenticationFixed = 13;

    public static void Look(ref PacketView packet)
    {
        ReadOnlySpan<byte> payload = packet.Payload;
        if (payload is [0, 1, ..])
        {
            if (payload.Length < AuthenticationFixed) return;
            int length = AuthenticationFixed + payload[2] + payload[3];
            if (length > payload.Length) return;
            payload = payload[length..];
        }

        if (payload is [0, 0, ..])
        {
            if (payload.Length < OriginIndication) return;
            payload = payload[OriginIndication..];
        }

        if (LooksLikeIpv6(payload)) packet.Carry(Layer.Ipv6, payload);
    }

    // The port alone proves nothing: version and length must fit, as they do for every Teredo packet.
    private static bool LooksLikeIpv6(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= Ipv6Header.At.Payload && bytes[0] >> 4 == 6
        && BinaryPrimitives.ReadUInt16BigEndian(bytes[Ipv6Header.At.PayloadLength..]) + Ipv6Header.At.Payload <= bytes.Length;
}
