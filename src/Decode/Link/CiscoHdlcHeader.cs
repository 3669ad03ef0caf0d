using System.Buffers.Binary;

namespace Sensor.Decode.Link;

/// <summary>Cisco HDLC (RFC 1547 section 4.3.1): address, control, EtherType.</summary>
internal static class CiscoHdlcHeader
{
    private static class At { public const int Protocol = 2, Payload = 4; }

    public static bool TryRead(ref PacketView packet)
    {
        if (packet.Rest.Length < At.Payload) return packet.Broken(DecodeEvent.CiscoHdlcPacketTooSmall);
        ushort protocol = BinaryPrimitives.ReadUInt16BigEndian(packet.Rest[At.Protocol..]);
        EtherTypes.Follow(ref packet, At.Payload, protocol, DecodeEvent.EthernetUnknownEthertype);
        return true;
    }
}
