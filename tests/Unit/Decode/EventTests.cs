using Sensor.Decode;
using Sensor.Primitives;
using static Sensor.Tests.Decode.Frames;

namespace Sensor.Tests.Decode;

public class EventTests
{
    /// <summary>Event, whether the frame still counts as decodable, link, bytes.</summary>
    public static TheoryData<string, bool, LinkType, byte[]> Broken => new()
    {
        { "ethernet.pkt_too_small", false, LinkType.Ethernet, new byte[13] },
        { "ethernet.unknown_ethertype", true, LinkType.Ethernet, Ethernet(0x1234, Text(20)) },
        { "sll.pkt_too_small", false, LinkType.LinuxSll, new byte[15] },
        { "sll2.pkt_too_small", false, LinkType.LinuxSll2, new byte[19] },
        { "ltnull.pkt_too_small", false, LinkType.Null, new byte[3] },
        { "ltnull.unsupported_type", true, LinkType.Null, Bytes("07000000 00000000") },
        { "ipraw.invalid_ip_version", false, LinkType.Raw, new byte[40] },
        { "chdlc.pkt_too_small", false, LinkType.CiscoHdlc, new byte[3] },
        { "ppp.pkt_too_small", false, LinkType.Ppp, Bytes("ff03 00") },
        { "ppp.ip4_pkt_too_small", false, LinkType.Ppp, Bytes("0021 45") },
        { "ppp.ip6_pkt_too_small", false, LinkType.Ppp, Bytes("0057 60") },
        { "ppp.vju_pkt_too_small", false, LinkType.Ppp, Bytes("002f 45") },
        { "ppp.unsup_proto", true, LinkType.Ppp, Bytes("c021 0101 0004") },
        { "ppp.wrong_type", true, LinkType.Ppp, Bytes("fe00 0101 0004") },
        { "pppoe.pkt_too_small", false, LinkType.Ethernet, Ethernet(0x8864, Bytes("1100 0001 0002")) },
        { "pppoe.wrong_code", true, LinkType.Ethernet, Ethernet(0x8863, Bytes("1177 0000 0000")) },
        { "pppoe.malformed_tags", true, LinkType.Ethernet, Ethernet(0x8863, Bytes("1109 0000 0006 0101 0009 0000")) },
        { "vlan.header_too_small", false, LinkType.Ethernet, Ethernet(0x8100, [0, 1, 8]) },
        { "vlan.unknown_type", true, LinkType.Ethernet, Ethernet(0x8100, Vlan(1, 0x1234, Text(8))) },
        { "vlan.too_many_layers", false, LinkType.Ethernet, Ethernet(0x8100, Vlan(1, 0x8100, Vlan(2, 0x8100, Vlan(3, 0x8100, Vlan(4, 0x0800, Text(30)))))) },
        { "ieee8021ah.header_too_small", false, LinkType.Ethernet, Ethernet(0x88E7, Text(17)) },
        { "vntag.header_too_small", false, LinkType.Ethernet, Ethernet(0x8926, Text(5)) },
        { "vntag.unknown_type", true, LinkType.Ethernet, Ethernet(0x8926, Bytes("00000000 1234")) },
        { "dce.pkt_too_small", false, LinkType.Ethernet, Ethernet(0x8903, Text(15)) },
        { "nsh.header_too_small", false, LinkType.Ethernet, Ethernet(0x894F, Text(7)) },
        { "nsh.unsupported_version", false, LinkType.Ethernet, Ethernet(0x894F, Bytes("4002 0201 00000100")) },
        { "nsh.bad_header_length", false, LinkType.Ethernet, Ethernet(0x894F, Bytes("0001 0201 00000100")) },
        { "nsh.reserved_type", false, LinkType.Ethernet, Ethernet(0x894F, Bytes("0002 0001 00000100")) },
        { "nsh.unsupported_type", false, LinkType.Ethernet, Ethernet(0x894F, Bytes("0002 0301 00000100")) },
        { "nsh.unknown_payload", true, LinkType.Ethernet, Ethernet(0x894F, Bytes("0002 0209 00000100")) },
        { "mpls.header_too_small", false, LinkType.Ethernet, Ethernet(0x8847, Bytes("000640 ")) },
        { "mpls.pkt_too_small", false, LinkType.Ethernet, Ethernet(0x8847, Bytes("00065140 45")) },
        { "mpls.bad_label_router_alert", true, LinkType.Ethernet, Ethernet(0x8847, Bytes("00001140 45")) },
        { "mpls.bad_label_implicit_null", true, LinkType.Ethernet, Ethernet(0x8847, Bytes("00003140 45")) },
        { "mpls.bad_label_reserved", true, LinkType.Ethernet, Ethernet(0x8847, Bytes("00005140 45")) },
        { "mpls.unknown_payload_type", true, LinkType.Ethernet, Ethernet(0x8847, Bytes("00065140 91919191")) },
        { "arp.pkt_too_small", true, LinkType.Ethernet, Ethernet(0x0806, Text(7)) },
        { "arp.unsupported_hardware", true, LinkType.Ethernet, Ethernet(0x0806, Bytes("0009 0800 06 04 0001")) },
        { "arp.unsupported_protocol", true, LinkType.Ethernet, Ethernet(0x0806, Bytes("0001 0801 06 04 0001")) },
        { "arp.invalid_hardware_size", true, LinkType.Ethernet, Ethernet(0x0806, Bytes("0001 0800 07 04 0001")) },
        { "arp.invalid_protocol_size", true, LinkType.Ethernet, Ethernet(0x0806, Bytes("0001 0800 06 05 0001")) },
        { "arp.invalid_pkt", true, LinkType.Ethernet, Ethernet(0x0806, Bytes("0001 0800 06 04 0001")) },
        { "arp.unsupported_opcode", true, LinkType.Ethernet, Ethernet(0x0806, Join(Bytes("0001 0800 06 04 0063"), Text(20))) },
        { "ipv4.pkt_too_small", false, LinkType.Ethernet, Ethernet(0x0800, new byte[19]) },
        { "ipv4.wrong_ip_version", false, LinkType.Ethernet, Ethernet(0x0800, Ipv6(17, Udp(1, 2, []))) },
        { "ipv4.hlen_too_small", false, LinkType.Ipv4, Join([0x44], new byte[30]) },
        { "ipv4.iplen_smaller_than_hlen", false, LinkType.Ipv4, Join(Bytes("4500 0013"), new byte[30]) },
        { "ipv4.trunc_pkt", false, LinkType.Ipv4, Join(Bytes("4500 0040"), new byte[30]) },
        { "ipv4.opt_invalid_len", true, LinkType.Ipv4, Ipv4(17, Udp(1, 2, []), options: Bytes("07090400")) },
        { "ipv4.opt_malformed", true, LinkType.Ipv4, Ipv4(17, Udp(1, 2, []), options: Bytes("07070300000000 01")) },
        { "ipv4.opt_duplicate", true, LinkType.Ipv4, Ipv4(17, Udp(1, 2, []), options: Bytes("94040000 94040000")) },
        { "ipv4.opt_unknown", true, LinkType.Ipv4, Ipv4(17, Udp(1, 2, []), options: Bytes("5e040000")) },
        { "ipv4.icmpv6", true, LinkType.Ipv4, Ipv4(58, Text(8)) },
        { "ipv6.pkt_too_small", false, LinkType.Ipv6, Text(39) },
        { "ipv6.wrong_ip_version", false, LinkType.Ethernet, Ethernet(0x86DD, Ipv4(17, Udp(1, 2, Text(20)))) },
        { "ipv6.trunc_pkt", false, LinkType.Ipv6, Ipv6(17, Udp(1, 2, Text(20)))[..^1] },
        { "ipv6.trunc_exthdr", true, LinkType.Ipv6, Ipv6(0, Bytes("1101 01040000")) },
        { "ipv6.trunc_exthdr", true, LinkType.Ipv6, Ipv6(44, Ipv6Fragment(6, 0, false, 1, [])) },
        { "ipv6.exthdr_dupl_hh", true, LinkType.Ipv6, Ipv6(0, Bytes("0000 050200000100 3b00 050200000100")) },
        { "ipv6.exthdr_dupl_rh", true, LinkType.Ipv6, Ipv6(43, Bytes("2b00 020000000000 3b00 020000000000")) },
        { "ipv6.rh_type_0", true, LinkType.Ipv6, Ipv6(43, Bytes("3b00 000000000000")) },
        { "ipv6.exthdr_dupl_dh", true, LinkType.Ipv6, Ipv6(60, Bytes("3c00 010400000000 3c00 010400000000 3b00 010400000000")) },
        { "ipv6.exthdr_dupl_ah", true, LinkType.Ipv6, Ipv6(51, Bytes("3301 0000 00000000 00000000 3b01 0000 00000000 00000000")) },
        { "ipv6.exthdr_ah_res_not_null", true, LinkType.Ipv6, Ipv6(51, Bytes("3b01 0001 00000000 00000000")) },
        { "ipv6.exthdr_dupl_fh", true, LinkType.Ipv6, Ipv6(44, Bytes("2c00 0000 00000001 3b00 0000 00000002")) },
        { "ipv6.exthdr_useless_fh", true, LinkType.Ipv6, Ipv6(44, Ipv6Fragment(17, 0, false, 1, Udp(1, 2, []))) },
        { "ipv6.fh_non_zero_reserved_field", true, LinkType.Ipv6, Ipv6(44, Bytes("3b01 0000 00000001")) },
        { "ipv6.frag_invalid_length", true, LinkType.Ipv6, Ipv6(44, Ipv6Fragment(17, 0, true, 1, Text(9))) },
        { "ipv6.frag_pkt_too_large", true, LinkType.Ipv6, Ipv6(44, Ipv6Fragment(17, 65528, false, 1, Text(9))) },
        { "ipv6.exthdr_invalid_optlen", true, LinkType.Ipv6, Ipv6(0, Bytes("3b00 05ff00000000")) },
        { "ipv6.hopopts_unknown_opt", true, LinkType.Ipv6, Ipv6(0, Bytes("3b00 1e0400000000")) },
        { "ipv6.hopopts_only_padding", true, LinkType.Ipv6, Ipv6(0, Bytes("3b00 010400000000")) },
        { "ipv6.dstopts_unknown_opt", true, LinkType.Ipv6, Ipv6(60, Bytes("3b00 1e0400000000")) },
        { "ipv6.dstopts_only_padding", true, LinkType.Ipv6, Ipv6(60, Bytes("3b00 010400000000")) },
        { "ipv6.zero_len_padn", true, LinkType.Ipv6, Ipv6(60, Bytes("3b00 010001000100")) },
        { "ipv6.data_after_none_header", true, LinkType.Ipv6, Ipv6(59, Text(3)) },
        { "ipv6.unknown_next_header", true, LinkType.Ipv6, Ipv6(200, Text(8)) },
        { "ipv6.icmpv4", true, LinkType.Ipv6, Ipv6(1, Text(8)) },
        { "ipv6.ipv4_in_ipv6_too_small", true, LinkType.Ipv6, Ipv6(4, Text(19)) },
        { "ipv6.ipv4_in_ipv6_wrong_version", true, LinkType.Ipv6, Ipv6(4, Text(30)) },
        { "ipv6.ipv6_in_ipv6_too_small", true, LinkType.Ipv6, Ipv6(41, Text(39)) },
        { "ipv6.ipv6_in_ipv6_wrong_version", true, LinkType.Ipv6, Ipv6(41, Bytes("ff").Concat(Text(50)).ToArray()) },
        { "icmpv4.pkt_too_small", true, LinkType.Ipv4, Ipv4(1, Text(7)) },
        { "icmpv4.unknown_type", true, LinkType.Ipv4, Ipv4(1, Icmp(99, 0, [])) },
        { "icmpv4.unknown_code", true, LinkType.Ipv4, Ipv4(1, Icmp(8, 1, [])) },
        { "icmpv4.ipv4_trunc_pkt", true, LinkType.Ipv4, Ipv4(1, Icmp(3, 1, Text(19))) },
        { "icmpv4.ipv4_unknown_ver", true, LinkType.Ipv4, Ipv4(1, Icmp(3, 1, Text(20))) },
        { "icmpv6.pkt_too_small", true, LinkType.Ipv6, Ipv6(58, Text(7)) },
        { "icmpv6.unknown_type", true, LinkType.Ipv6, Ipv6(58, Icmp(0, 0, [])) },
        { "icmpv6.unknown_code", true, LinkType.Ipv6, Ipv6(58, Icmp(128, 1, [])) },
        { "icmpv6.unassigned_type", true, LinkType.Ipv6, Ipv6(58, Icmp(50, 0, [])) },
        { "icmpv6.experimentation_type", true, LinkType.Ipv6, Ipv6(58, Icmp(200, 0, [])) },
        { "icmpv6.mld_message_with_invalid_hl", true, LinkType.Ipv6, Ipv6(58, Icmp(130, 0, Text(16)), hops: 64) },
        { "icmpv6.ipv6_trunc_pkt", true, LinkType.Ipv6, Ipv6(58, Icmp(1, 0, Text(39))) },
        { "icmpv6.ipv6_unknown_version", true, LinkType.Ipv6, Ipv6(58, Icmp(1, 0, new byte[40])) },
        { "tcp.pkt_too_small", true, LinkType.Ipv4, Ipv4(6, Text(19)) },
        { "tcp.hlen_too_small", true, LinkType.Ipv4, Ipv4(6, new byte[20]) },
        { "tcp.invalid_optlen", true, LinkType.Ipv4, Ipv4(6, Tcp(1, 2, 2, [], new byte[8])[..^1]) },
        { "tcp.opt_invalid_len", true, LinkType.Ipv4, Ipv4(6, Tcp(1, 2, 2, [], Bytes("020305b4"))) },
        { "tcp.opt_duplicate", true, LinkType.Ipv4, Ipv4(6, Tcp(1, 2, 2, [], Bytes("020405b4 020405b4"))) },
        { "udp.hlen_too_small", true, LinkType.Ipv4, Ipv4(17, Text(7)) },
        { "udp.pkt_too_small", true, LinkType.Ipv4, Ipv4(17, Bytes("0001 0002 0009 0000")) },
        { "udp.len_invalid", true, LinkType.Ipv4, Ipv4(17, Bytes("0001 0002 0007 0000")) },
        { "udp.hlen_invalid", true, LinkType.Ipv4, Ipv4(17, Bytes("0001 0002 0008 0000 00")) },
        { "sctp.pkt_too_small", true, LinkType.Ipv4, Ipv4(132, Text(11)) },
        { "esp.pkt_too_small", true, LinkType.Ipv4, Ipv4(50, Text(7)) },
        { "gre.pkt_too_small", true, LinkType.Ipv4, Ipv4(47, Text(3)) },
        { "gre.wrong_version", true, LinkType.Ipv4, Ipv4(47, Gre(2, 0x0800, [])) },
        { "gre.version0_recur", true, LinkType.Ipv4, Ipv4(47, Gre(0x0100, 0x0800, [])) },
        { "gre.version0_flags", true, LinkType.Ipv4, Ipv4(47, Gre(0x0010, 0x0800, [])) },
        { "gre.version0_hdr_too_big", true, LinkType.Ipv4, Ipv4(47, Gre(0x2000, 0x0800, [0])) },
        { "gre.version0_malformed_sre_hdr", true, LinkType.Ipv4, Ipv4(47, Gre(0x4000, 0x0800, Bytes("00000000 0800 0009 00"))) },
        { "gre.version1_chksum", true, LinkType.Ipv4, Ipv4(47, Gre(0x8001, 0x880B, [])) },
        { "gre.version1_route", true, LinkType.Ipv4, Ipv4(47, Gre(0x4001, 0x880B, [])) },
        { "gre.version1_ssr", true, LinkType.Ipv4, Ipv4(47, Gre(0x0801, 0x880B, [])) },
        { "gre.version1_recur", true, LinkType.Ipv4, Ipv4(47, Gre(0x0101, 0x880B, [])) },
        { "gre.version1_flags", true, LinkType.Ipv4, Ipv4(47, Gre(0x0009, 0x880B, [])) },
        { "gre.version1_wrong_protocol", true, LinkType.Ipv4, Ipv4(47, Gre(0x2001, 0x0800, [])) },
        { "gre.version1_no_key", true, LinkType.Ipv4, Ipv4(47, Gre(0x0001, 0x880B, [])) },
        { "gre.version1_hdr_too_big", true, LinkType.Ipv4, Ipv4(47, Gre(0x3001, 0x880B, new byte[7])) },
        { "erspan.unsupported_version", true, LinkType.Ipv4, Ipv4(47, Gre(0x1000, 0x22EB, new byte[30])) },
        { "vxlan.unknown_payload_type", true, LinkType.Ipv4, Ipv4(17, Udp(1, 4789, Join(Bytes("08000000 00000100"), new byte[20]))) },
        { "geneve.unknown_payload_type", true, LinkType.Ipv4, Ipv4(17, Udp(1, 6081, Bytes("0000 1234 00000100"))) },
        { "ipv4.frag_pkt_too_large", true, LinkType.Ipv4, Ipv4(17, Text(16), fragment: 0x1FFF) },
        { "ipv4.frag_ignored", true, LinkType.Ipv4, Ipv4(17, Text(9), fragment: 0x2000) },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_header_is_a_named_event(string name, bool decodable, LinkType link, byte[] bytes)
    {
        Seen packet = Seen.One(bytes, link);
        Assert.Contains(name, packet.Events);
        Assert.Equal(decodable, packet.Decoded);
    }

    [Theory]
    [InlineData("erspan.header_too_small", 0x88BE, "00000001 1017")]
    [InlineData("erspan.unsupported_version", 0x88BE, "00000001 2017000000000000")]
    [InlineData("ipv4.pkt_too_small", 0x0800, "00000001 45")]
    public void A_broken_inner_packet_comes_out_with_its_event(string name, int protocol, string payload)
    {
        List<Seen> packets = Seen.All(new PacketDecoder(), Ipv4(47, Gre(0x1000, protocol, Bytes(payload))), LinkType.Ipv4);
        Assert.Equal(2, packets.Count);
        Assert.True(packets[1].Has(PacketFlags.Invalid));
        Assert.Contains(name, packets[1].Events);
    }

    [Fact]
    public void A_readable_ip_header_with_a_broken_transport_keeps_its_addresses()
    {
        Seen packet = Seen.One(Ipv4(6, Text(12)), LinkType.Ipv4);
        Assert.True(packet.Decoded && packet.Has(PacketFlags.Invalid));
        Assert.Equal(("192.0.2.1", 6), (packet.Source, packet.Protocol));
    }

    [Theory]
    [MemberData(nameof(Samples.Names), MemberType = typeof(Samples))]
    public void A_frame_cut_anywhere_decodes_or_names_an_event(string name)
    {
        (LinkType link, byte[] bytes) = Samples.All[name];
        var decoder = new PacketDecoder(new DecodeOptions { ValidateChecksums = true });
        for (int length = 0; length < bytes.Length; length++)
        {
            List<Seen> packets = Seen.All(decoder, bytes[..length], link);
            Assert.True(packets[0].Decoded || packets[0].Events.Length > 0, $"{name} cut to {length} bytes: neither decoded nor named");
            Assert.All(packets, packet => Assert.True(!packet.Has(PacketFlags.Invalid) || packet.Events.Length > 0));
        }
    }

    [Theory]
    [MemberData(nameof(Samples.Names), MemberType = typeof(Samples))]
    public void Any_byte_may_be_anything(string name)
    {
        (LinkType link, byte[] bytes) = Samples.All[name];
        var decoder = new PacketDecoder(new DecodeOptions { ValidateChecksums = true });
        byte[] changed = [.. bytes];
        for (int at = 0; at < bytes.Length; at++)
        {
            foreach (byte value in (byte[])[0x00, 0x01, 0x0F, 0x40, 0x7F, 0x80, 0xFF])
            {
                changed[at] = value;
                Seen.All(decoder, changed, link);
            }

            changed[at] = bytes[at];
        }
    }
}
