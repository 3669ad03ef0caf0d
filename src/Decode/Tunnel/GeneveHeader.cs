using System.Buffers.Binary;
using Sensor.Decode.Link;

namespace Sensor.Decode.Tunnel;

/// <summary>Geneve (RFC 8926 section 3.4): version, options in 4-byte units, EtherType of the payload.</summary>
internal static class GeneveHeader
{
    private static class At { public const int Options = 0, Protocol = 2, Payload = 8; }

    public static void Look(ref PacketView packet)
    {
        ReadOnlySpan<byte> payload = packet.Payload;
        if (payload.Length < At.Payload || payload[At.Options] >> 6 != 0) return;
        int length = At.Payload + ((payload[At.Options] & 0x3F) * 4);
        if (length > payload.Length) return;
        ReadOnlySpan<byte> inner = payload[length..];
        switch (BinaryPrimitives.ReadUInt16BigEndian(payload[At.Protocol..]))
        {
            case EtherTypes.TransparentEthernet when UdpTunnels.IsKnownEthernet(inner): packet.Carry(Layer.Ethernet, inner); break;
            case EtherTypes.Ipv4: packet.Carry(Layer.Ipv4, inner); break;
            case EtherTypes.Ipv6: packet.Carry(Layer.Ipv6, inner); break;
            default: packet.Raise(DecodeEvent.GeneveUnknownPayloadType); break;
        }
    }
}
