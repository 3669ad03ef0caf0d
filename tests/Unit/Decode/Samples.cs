using Sensor.Primitives;
using static Sensor.Tests.Decode.Frames;

namespace Sensor.Tests.Decode;

/// <summary>One frame of each kind the decoder reads.</summary>
internal static class Samples
{
    private static readonly byte[] Dns = Udp(5353, 53, Text(20));
    private static readonly byte[] V4 = Ipv4(17, Dns);
    private static readonly byte[] V6 = Ipv6(17, Dns);

    public static IReadOnlyDictionary<string, (LinkType Link, byte[] Bytes)> All { get; } = new Dictionary<string, (LinkType, byte[])>
    {
        ["ethernet-ipv4-udp"] = (LinkType.Ethernet, Ethernet(0x0800, V4)),
        ["ethernet-ipv4-tcp-options"] = (LinkType.Ethernet, Ethernet(0x0800, Ipv4(6, Tcp(1, 2, 2, Text(5), Bytes("020405b4 0402 080a0000000100000002 01 030307"))))),
        ["ethernet-ipv4-options"] = (LinkType.Ethernet, Ethernet(0x0800, Ipv4(17, Dns, options: Bytes("94040000 0707040a000001 01")))),
        ["ethernet-ipv6-udp"] = (LinkType.Ethernet, Ethernet(0x86DD, V6)),
        ["ipv6-extensions"] = (LinkType.Ethernet, Ethernet(0x86DD, Ipv6(0, Join(
            Bytes("3c00 050200000100"), Bytes("2b00 010400000000"), Bytes("3300 000000000000"),
            Bytes("2c04 0000 00000001 00000001 000000000000000000000000"), Ipv6Fragment(17, 0, false, 7, Dns))))),
        ["snap"] = (LinkType.Ethernet, Ethernet(8 + V4.Length, Join(Bytes("aaaa03000000 0800"), V4))),
        ["llc"] = (LinkType.Ethernet, Ethernet(38, Join(Bytes("424203"), Text(35)))),
        ["lldp"] = (LinkType.Ethernet, Ethernet(0x88CC, Text(40))),
        ["arp"] = (LinkType.Ethernet, Ethernet(0x0806, Bytes("0001 0800 06 04 0001 020000000001 c0000201 000000000000 c0000202"))),
        ["vlan"] = (LinkType.Ethernet, Ethernet(0x8100, Vlan(100, 0x0800, V4))),
        ["qinq"] = (LinkType.Ethernet, Ethernet(0x88A8, Vlan(100, 0x8100, Vlan(200, 0x9100, Vlan(300, 0x86DD, V6))))),
        ["mpls-ipv4"] = (LinkType.Ethernet, Ethernet(0x8847, Join(Bytes("00064040 00065140"), V4))),
        ["mpls-explicit-null-ipv6"] = (LinkType.Ethernet, Ethernet(0x8847, Join(Bytes("00002140"), V6))),
        ["mpls-pseudowire"] = (LinkType.Ethernet, Ethernet(0x8847, Join(Bytes("00065140 00000000"), Ethernet(0x0800, V4)))),
        ["pppoe"] = (LinkType.Ethernet, Ethernet(0x8864, Join(Bytes("1100 0001"), Word(V4.Length + 2), Bytes("0021"), V4))),
        ["pppoe-discovery"] = (LinkType.Ethernet, Ethernet(0x8863, Bytes("1109 0000 000c 01010000 01030004 00000001"))),
        ["dot1ah"] = (LinkType.Ethernet, Ethernet(0x88E7, Join(Bytes("00000001"), Ethernet(0x0800, V4)))),
        ["vntag"] = (LinkType.Ethernet, Ethernet(0x8926, Join(Bytes("00000001 0800"), V4))),
        ["fabricpath"] = (LinkType.Ethernet, Ethernet(0x8903, Join(Bytes("0001"), Ethernet(0x0800, V4)))),
        ["nsh"] = (LinkType.Ethernet, Ethernet(0x894F, Join(Bytes("0002 0201 00000100"), V4))),
        ["sll"] = (LinkType.LinuxSll, Join(Bytes("0000 0001 0006 0200000000010000 0800"), V4)),
        ["sll2"] = (LinkType.LinuxSll2, Join(Bytes("86dd 0000 00000002 0001 00 06 0200000000010000"), V6)),
        ["null-little"] = (LinkType.Null, Join(Bytes("02000000"), V4)),
        ["null-big"] = (LinkType.Null, Join(Bytes("0000001e"), V6)),
        ["loop"] = (LinkType.Loop, Join(Bytes("00000002"), V4)),
        ["raw-ipv4"] = (LinkType.Raw, V4),
        ["raw-bsd-ipv6"] = (LinkType.RawBsd, V6),
        ["ipv4-link"] = (LinkType.Ipv4, V4),
        ["ipv6-link"] = (LinkType.Ipv6, V6),
        ["ppp"] = (LinkType.Ppp, Join(Bytes("ff03 0021"), V4)),
        ["ppp-compressed"] = (LinkType.Ppp, Join(Bytes("57"), V6)),
        ["chdlc"] = (LinkType.CiscoHdlc, Join(Bytes("0f00 0800"), V4)),
        ["icmp"] = (LinkType.Ethernet, Ethernet(0x0800, Ipv4(1, Icmp(8, 0, Text(8))))),
        ["icmp-error"] = (LinkType.Ethernet, Ethernet(0x0800, Ipv4(1, Icmp(3, 3, V4)))),
        ["icmpv6"] = (LinkType.Ethernet, Ethernet(0x86DD, Ipv6(58, Icmp(128, 0, Text(8))))),
        ["icmpv6-error"] = (LinkType.Ethernet, Ethernet(0x86DD, Ipv6(58, Icmp(1, 4, V6)))),
        ["sctp"] = (LinkType.Ethernet, Ethernet(0x0800, Ipv4(132, Join(Bytes("0001 0002 00000000 00000000"), Text(8))))),
        ["esp"] = (LinkType.Ethernet, Ethernet(0x0800, Ipv4(50, Text(24)))),
        ["igmp"] = (LinkType.Ethernet, Ethernet(0x0800, Ipv4(2, Text(8)))),
        ["gre-ipv4"] = (LinkType.Ethernet, Ethernet(0x0800, Ipv4(47, Gre(0, 0x0800, V4)))),
        ["gre-all-fields"] = (LinkType.Ethernet, Ethernet(0x0800, Ipv4(47, Gre(0xF000, 0x86DD, Join(
            Bytes("00000000 00000001 00000002 0800 0004 c0000201 0000 0000"), V6))))),
        ["gre-pptp"] = (LinkType.Ethernet, Ethernet(0x0800, Ipv4(47, Gre(0x3081, 0x880B, Join(Bytes("00000001 00000002 00000003 ff030021"), V4))))),
        ["gre-ethernet"] = (LinkType.Ethernet, Ethernet(0x0800, Ipv4(47, Gre(0x2000, 0x6558, Join(Bytes("00000009"), Ethernet(0x0800, V4)))))),
        ["gre-vlan"] = (LinkType.Ethernet, Ethernet(0x0800, Ipv4(47, Gre(0, 0x8100, Vlan(7, 0x0800, V4))))),
        ["erspan-1"] = (LinkType.Ethernet, Ethernet(0x0800, Ipv4(47, Gre(0, 0x88BE, Ethernet(0x0800, V4))))),
        ["erspan-2"] = (LinkType.Ethernet, Ethernet(0x0800, Ipv4(47, Gre(0x1000, 0x88BE, Join(Bytes("00000001 1017 0000 00000000"), Ethernet(0x0800, V4)))))),
        ["4in4"] = (LinkType.Raw, Ipv4(4, V4)),
        ["6in4"] = (LinkType.Raw, Ipv4(41, V6)),
        ["4in6"] = (LinkType.Raw, Ipv6(4, V4)),
        ["6in6"] = (LinkType.Raw, Ipv6(41, V6)),
        ["vxlan"] = (LinkType.Raw, Ipv4(17, Udp(40000, 4789, Join(Bytes("08000000 00002500"), Ethernet(0x0800, V4))))),
        ["geneve"] = (LinkType.Raw, Ipv4(17, Udp(40000, 6081, Join(Bytes("0100 6558 00000100 01020300"), Ethernet(0x0800, V4))))),
        ["teredo"] = (LinkType.Raw, Ipv4(17, Udp(3544, 40000, V6))),
        ["teredo-all-indications"] = (LinkType.Raw, Ipv4(17, Udp(40000, 3544, Join(Bytes("0001 0000 0000000000000001 00 0000 1234 c0000201"), V6)))),
        ["ipv4-fragment"] = (LinkType.Raw, Ipv4(17, Text(16), fragment: 0x2001)),
        ["ipv6-fragment"] = (LinkType.Raw, Ipv6(44, Ipv6Fragment(17, 8, true, 99, Text(16)))),
    };

    public static TheoryData<string> Names => [.. All.Keys];
}
