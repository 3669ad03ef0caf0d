using System.Buffers.Binary;

namespace Sensor.Decode.Link;

/// <summary>
/// BSD loopback (LINKTYPE_NULL, LINKTYPE_LOOP): a 4-byte address family in the byte order of the machine that
/// captured, so both orders are tried.
/// </summary>
internal static class NullHeader
{
    private const int Length = 4;

    public static bool TryRead(ref PacketView packet)
    {
        if (packet.Rest.Length < Length) return packet.Broken(DecodeEvent.NullPacketTooSmall);
        uint family = BinaryPrimitives.ReadUInt32LittleEndian(packet.Rest);
        if (family > 0xFFFF) family = BinaryPrimitives.ReverseEndianness(family);
        switch (family)
        {
            case 2:
                packet.Advance(Length, Layer.Ipv4);
                packet.EtherType = EtherTypes.Ipv4;
                return true;
            case 10 or 24 or 28 or 30: // AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS
                packet.Advance(Length, Layer.Ipv6);
                packet.EtherType = EtherTypes.Ipv6;
                return true;
            default:
                packet.Raise(DecodeEvent.NullUnsupportedType);
                packet.Advance(Length, Layer.Done);
                return true;
        }
    }
}
