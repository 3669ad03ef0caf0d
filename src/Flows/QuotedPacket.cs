using System.Buffers.Binary;
using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Flows;

/// <summary>
/// The packet an ICMP error quotes: its IPv4 header and at least 8 bytes of what follows (RFC 792). Nothing in it is
/// trusted beyond finding the flow it names.
/// </summary>
internal static class QuotedPacket
{
    private const int ErrorHeader = 8, PortBytes = 4;

    private static class At { public const int VersionAndLength = 0, Fragment = 6, Protocol = 9, Source = 12, Destination = 16, SmallestHeader = 20; }

    // Destination unreachable, source quench, redirect, time exceeded, parameter problem.
    public static bool IsError(ref PacketView packet) => packet.IpProtocol == Protocol.Icmp && packet.IcmpType is 3 or 4 or 5 or 11 or 12;

    /// <summary>The key of the quoted packet's flow; false where too little is quoted to tell.</summary>
    public static bool TryReadKey(ref PacketView packet, FlowOptions options, out FlowKey key)
    {
        key = default;
        if (packet.Transport.Length < ErrorHeader + At.SmallestHeader) return false;
        ReadOnlySpan<byte> quoted = packet.Transport[ErrorHeader..];
        int header = (quoted[At.VersionAndLength] & 0x0F) * 4;
        if (quoted[At.VersionAndLength] >> 4 != 4 || header < At.SmallestHeader || quoted.Length < header + PortBytes) return false;
        bool isLaterFragment = (BinaryPrimitives.ReadUInt16BigEndian(quoted[At.Fragment..]) & 0x1FFF) != 0;
        byte protocol = quoted[At.Protocol];
        if (isLaterFragment || protocol is not (Protocol.Tcp or Protocol.Udp or Protocol.Sctp)) return false;

        key.Source = IpAddress.ReadIpv4(quoted[At.Source..]);
        key.Destination = IpAddress.ReadIpv4(quoted[At.Destination..]);
        key.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(quoted[header..]);
        key.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(quoted[(header + 2)..]);
        key.Context = FlowKey.ContextOf(ref packet, protocol, options);
        return true;
    }
}
