using System.Buffers.Binary;

namespace Sensor.Decode.Link;

/// <summary>Linux "cooked" capture headers, versions 1 and 2 (tcpdump.org LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2).</summary>
internal static class LinuxCookedHeader
{
    private static class At { public const int Protocol = 14, Payload = 16; }

    private static class At2 { public const int Protocol = 0, Payload = 20; }

    public static bool TryRead(ref PacketView packet)
    {
        if (packet.Rest.Length < At.Payload) return packet.Broken(DecodeEvent.LinuxSllPacketTooSmall);
        ushort protocol = BinaryPrimitives.ReadUInt16BigEndian(packet.Rest[At.Protocol..]);
        EtherTypes.Follow(ref packet, At.Payload, protocol, DecodeEvent.EthernetUnknownEthertype);
        return true;
    }

    public static bool TryReadVersion2(ref PacketView packet)
    {
        if (packet.Rest.Length < At2.Payload) return packet.Broken(DecodeEvent.LinuxSll2PacketTooSmall);
        ushort protocol = BinaryPrimitives.ReadUInt16BigEndian(packet.Rest[At2.Protocol..]);
        EtherTypes.Follow(ref packet, At2.Payload, protocol, DecodeEvent.EthernetUnknownEthertype);
        return true;
    }
}
