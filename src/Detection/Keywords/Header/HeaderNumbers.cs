using Sensor.Decode;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Header;

/// <summary>A number of a header; false where the packet has no such header.</summary>
internal delegate bool HeaderNumberReader(scoped ref PacketView packet, out ulong value);

/// <summary>Keywords that compare one number of a header (user guide, "Header Keywords"): one table.</summary>
internal static class HeaderNumbers
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        Number("ttl", "time to live or hop limit: ttl:>64;", byte.MaxValue, static (scoped ref p, out v) => Ip(ref p, p.TimeToLive, out v)),
        Number("tos", "type of service: tos:!8;", byte.MaxValue, static (scoped ref p, out v) => Ip(ref p, p.TypeOfService, out v)),
        Number("id", "IPv4 identification: id:31337;", ushort.MaxValue, static (scoped ref p, out v) => { v = p.IpId; return p.IpVersion == 4; }),
        Number("fragoffset", "fragment offset in units of 8 bytes: fragoffset:>0;", ushort.MaxValue, static (scoped ref p, out v) => Ip(ref p, p.FragmentOffset, out v)),
        Number("seq", "TCP sequence number: seq:0;", uint.MaxValue, static (scoped ref p, out v) => Tcp(ref p, p.Sequence, out v), "tcp.seq"),
        Number("ack", "TCP acknowledgment number: ack:0;", uint.MaxValue, static (scoped ref p, out v) => Tcp(ref p, p.Acknowledgment, out v), "tcp.ack"),
        Number("window", "TCP window: window:55808;", ushort.MaxValue, static (scoped ref p, out v) => Tcp(ref p, p.Window, out v), "tcp.window"),
        Number("tcp.mss", "TCP maximum segment size option: tcp.mss:<536;", ushort.MaxValue, static (scoped ref p, out v) => { v = p.MaximumSegmentSize; return p.IsTcp && v != 0; }),
        Number("tcp.wscale", "TCP window scale option: tcp.wscale:>10;", byte.MaxValue, static (scoped ref p, out v) => { v = (ulong)Math.Max((sbyte)0, p.WindowScale); return p.IsTcp && p.WindowScale >= 0; }),
        Number("itype", "ICMP type: itype:8;", byte.MaxValue, static (scoped ref p, out v) => Icmp(ref p, p.IcmpType, out v)),
        Number("icode", "ICMP code: icode:0;", byte.MaxValue, static (scoped ref p, out v) => Icmp(ref p, p.IcmpCode, out v)),
        Number("icmp_id", "ICMP identifier: icmp_id:0;", ushort.MaxValue, static (scoped ref p, out v) => Echo(ref p, p.IcmpId, out v)),
        Number("icmp_seq", "ICMP sequence number: icmp_seq:0;", ushort.MaxValue, static (scoped ref p, out v) => Echo(ref p, p.IcmpSequence, out v)),
        Number("icmpv6.mtu", "MTU of an ICMPv6 packet-too-big message: icmpv6.mtu:<1280;", uint.MaxValue, PacketTooBig),
        Number("vlan.layers", "VLAN tags of the frame: vlan.layers:2;", 3, static (scoped ref p, out v) => { v = p.VlanCount; return true; }),
    ];

    private static Keyword Number(string name, string help, ulong most, HeaderNumberReader read, params string[] aliases) =>
        new(name, ValueUse.Required, help, (rule, value) =>
        {
            rule.RequiresPacket = true;
            rule.AddTest(new Test(NumberRange.Parse(name, QuotedValue.Parse(value) is { Quoted: true } quoted ? quoted.Text : value, most), read));
        })
        {
            Aliases = aliases,
        };

    private static bool Ip(scoped ref PacketView packet, ulong field, out ulong value)
    {
        value = field;
        return packet.IpVersion != 0;
    }

    private static bool Tcp(scoped ref PacketView packet, ulong field, out ulong value)
    {
        value = field;
        return packet.IsTcp;
    }

    private static bool Icmp(scoped ref PacketView packet, ulong field, out ulong value)
    {
        value = field;
        return packet.IpProtocol is 1 or 58 && packet.HasTransport;
    }

    // Identifier and sequence exist in echo, timestamp, information and address mask messages only (RFC 792, RFC 4443).
    private static bool Echo(scoped ref PacketView packet, ulong field, out ulong value)
    {
        value = field;
        bool has = packet.IpProtocol == 1 ? packet.IcmpType is 0 or 8 or (>= 13 and <= 18) : packet.IpProtocol == 58 && packet.IcmpType is 128 or 129;
        return has && packet.HasTransport;
    }

    private static bool PacketTooBig(scoped ref PacketView packet, out ulong value)
    {
        value = 0;
        if (packet.IpProtocol != 58 || !packet.HasTransport || packet.IcmpType != 2 || packet.Transport.Length < 8) return false;
        value = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(packet.Transport[4..]);
        return true;
    }

    private sealed class Test(NumberRange range, HeaderNumberReader read) : PacketTest
    {
        public override int Cost => 1;

        public override bool Matches(InspectContext context, scoped ref PacketView packet) =>
            !context.IsEnd && read(ref packet, out ulong value) && range.Contains(value);
    }
}
