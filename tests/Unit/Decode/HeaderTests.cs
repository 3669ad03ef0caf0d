using Sensor.Decode;
using Sensor.Primitives;
using static Sensor.Tests.Decode.Frames;

namespace Sensor.Tests.Decode;

public class HeaderTests
{
    [Theory]
    [MemberData(nameof(Samples.Names), MemberType = typeof(Samples))]
    public void A_sound_frame_decodes_without_serious_events(string name)
    {
        (LinkType link, byte[] bytes) = Samples.All[name];
        List<Seen> packets = Seen.All(new PacketDecoder(), bytes, link);
        Assert.All(packets, packet => Assert.True(packet.Decoded && !packet.Has(PacketFlags.Invalid), string.Join(' ', packet.Events)));
    }

    [Theory]
    [InlineData("vlan")]
    [InlineData("snap")]
    [InlineData("mpls-ipv4")]
    [InlineData("pppoe")]
    [InlineData("dot1ah")]
    [InlineData("vntag")]
    [InlineData("fabricpath")]
    [InlineData("nsh")]
    [InlineData("sll")]
    [InlineData("null-little")]
    [InlineData("loop")]
    [InlineData("raw-ipv4")]
    [InlineData("ppp")]
    [InlineData("chdlc")]
    [InlineData("mpls-pseudowire")]
    [InlineData("ethernet-ipv4-options")]
    public void Every_link_leads_to_the_same_ipv4_datagram(string name)
    {
        (LinkType link, byte[] bytes) = Samples.All[name];
        Seen packet = Assert.Single(Seen.All(new PacketDecoder(), bytes, link));
        Assert.Equal((4, 17, "192.0.2.1", "198.51.100.2", 5353, 53), (packet.IpVersion, packet.Protocol, packet.Source, packet.Destination, packet.SourcePort, packet.DestinationPort));
        Assert.Equal(Text(20), packet.Payload);
    }

    [Theory]
    [InlineData("qinq")]
    [InlineData("mpls-explicit-null-ipv6")]
    [InlineData("sll2")]
    [InlineData("null-big")]
    [InlineData("raw-bsd-ipv6")]
    [InlineData("ppp-compressed")]
    [InlineData("ipv6-extensions")]
    public void Every_link_leads_to_the_same_ipv6_datagram(string name)
    {
        (LinkType link, byte[] bytes) = Samples.All[name];
        Seen packet = Assert.Single(Seen.All(new PacketDecoder(), bytes, link));
        Assert.Equal((6, 17, "2001:db8::1", "2001:db8::2", 5353, 53), (packet.IpVersion, packet.Protocol, packet.Source, packet.Destination, packet.SourcePort, packet.DestinationPort));
        Assert.Equal(Text(20), packet.Payload);
    }

    [Theory]
    [InlineData("gre-ipv4")]
    [InlineData("gre-all-fields")]
    [InlineData("gre-pptp")]
    [InlineData("gre-ethernet")]
    [InlineData("gre-vlan")]
    [InlineData("erspan-1")]
    [InlineData("erspan-2")]
    [InlineData("4in4")]
    [InlineData("6in4")]
    [InlineData("4in6")]
    [InlineData("6in6")]
    [InlineData("vxlan")]
    [InlineData("geneve")]
    [InlineData("teredo")]
    [InlineData("teredo-all-indications")]
    public void A_tunnel_yields_the_packet_inside(string name)
    {
        (LinkType link, byte[] bytes) = Samples.All[name];
        List<Seen> packets = Seen.All(new PacketDecoder(), bytes, link);
        Assert.Equal(2, packets.Count);
        Assert.True(packets[0].Has(PacketFlags.HasInner));
        Assert.True(packets[1].Has(PacketFlags.Tunnelled));
        Assert.Equal((1, 5353, 53), (packets[1].Depth, packets[1].SourcePort, packets[1].DestinationPort));
        Assert.Equal(Text(20), packets[1].Payload);
    }

    [Fact]
    public void Vlan_identifiers_come_outermost_first()
    {
        Assert.Equal([100, 200, 300], Seen.One(Samples.All["qinq"].Bytes).Vlans);
        Assert.Equal([23], Seen.All(new PacketDecoder(), Samples.All["erspan-2"].Bytes)[1].Vlans);
    }

    [Fact]
    public void Tcp_fields_and_options_are_read()
    {
        byte[] bytes = Samples.All["ethernet-ipv4-tcp-options"].Bytes;
        Assert.True(new PacketDecoder().TryDecode(new RawPacket(bytes, bytes.Length, default, LinkType.Ethernet, 1), out PacketView packet));
        Assert.True(packet.IsTcp && packet.HasTimestamps && packet.SackPermitted);
        Assert.Equal((1460, 7, 1u, 2u), (packet.MaximumSegmentSize, packet.WindowScale, packet.TimestampValue, packet.TimestampEcho));
        Assert.Equal((1u, 2u, 8192, TcpFlags.Syn), (packet.Sequence, packet.Acknowledgment, packet.Window, packet.TcpFlags));
        Assert.Equal(5, packet.Payload.Length);
    }

    [Fact]
    public void Established_segments_show_their_timestamps_and_no_window_scale()
    {
        byte[] bytes = Ethernet(0x0800, Ipv4(6, Tcp(1, 2, 0x10, [], Bytes("0101080a 0000000a 0000000b"))));
        Assert.True(new PacketDecoder().TryDecode(new RawPacket(bytes, bytes.Length, default, LinkType.Ethernet, 1), out PacketView packet));
        Assert.Equal((10u, 11u, -1), (packet.TimestampValue, packet.TimestampEcho, packet.WindowScale));
    }

    [Fact]
    public void Link_padding_is_not_payload()
    {
        Seen packet = Seen.One(Join(Samples.All["ethernet-ipv4-udp"].Bytes, new byte[18]));
        Assert.Equal(Text(20), packet.Payload);
        Assert.Empty(packet.Events);
    }

    [Fact]
    public void Frames_without_ip_are_decodable()
    {
        Assert.All((string[])["arp", "lldp", "llc", "pppoe-discovery"], name =>
        {
            Seen packet = Seen.One(Samples.All[name].Bytes);
            Assert.True(packet.Decoded);
            Assert.Equal(0, packet.IpVersion);
        });
    }

    [Fact]
    public void Nested_tunnels_end_at_the_limit_with_an_event()
    {
        byte[] datagram = Ipv4(17, Udp(1, 2, []));
        for (int i = 0; i < 30; i++) datagram = Ipv4(4, datagram);
        List<Seen> packets = Seen.All(new PacketDecoder(), datagram, LinkType.Ipv4);
        Assert.InRange(packets.Count, 10, 17);
        Assert.Contains("too_many_layers", packets[^1].Events);
    }

    [Fact]
    public void Every_event_has_one_name_and_is_found_by_it()
    {
        DecodeEvent[] events = [.. Enum.GetValues<DecodeEvent>().Where(happened => happened != DecodeEvent.None)];
        Assert.Equal(events.Length, DecodeEventNames.All.Distinct().Count());
        Assert.All(events, happened =>
        {
            Assert.True(DecodeEventNames.TryFind(DecodeEventNames.Name(happened), out DecodeEvent found));
            Assert.Equal(happened, found);
        });
        Assert.False(DecodeEventNames.TryFind("ipv4.no_such_thing", out _));
        Assert.Equal("ipv6.exthdr_useless_fh", DecodeEventNames.Name(DecodeEvent.Ipv6ExtensionHeaderUselessFragmentHeader));
    }
}
