using System.Text.Json;

namespace Sensor.Alerts.Eve;

/// <summary>Names of IP protocols in EVE's <c>proto</c> (IANA's keywords, with the field's spelling of IP-in-IP); three digits where there is none.</summary>
public static class IpProtocolNames
{
    private static readonly (int Number, string Name)[] Table =
    [
        (0, "HOPOPT"), (1, "ICMP"), (2, "IGMP"), (3, "GGP"), (4, "IP-in-IP"), (5, "ST"), (6, "TCP"), (7, "CBT"), (8, "EGP"), (9, "IGP"),
        (12, "PUP"), (17, "UDP"), (22, "XNS-IDP"), (27, "RDP"), (28, "IRTP"), (29, "ISO-TP4"), (33, "DCCP"), (36, "XTP"), (37, "DDP"), (41, "IPv6"),
        (42, "SDRP"), (43, "IPv6-Route"), (44, "IPv6-Frag"), (45, "IDRP"), (46, "RSVP"), (47, "GRE"), (50, "ESP"), (51, "AH"), (55, "MOBILE"),
        (57, "SKIP"), (58, "IPv6-ICMP"), (59, "IPv6-NoNxt"), (60, "IPv6-Opts"), (81, "VMTP"), (88, "EIGRP"), (89, "OSPFIGP"), (94, "IPIP"),
        (97, "ETHERIP"), (98, "ENCAP"), (103, "PIM"), (108, "IPComp"), (112, "VRRP"), (115, "L2TP"), (121, "SMP"), (123, "PTP"), (124, "ISIS"),
        (132, "SCTP"), (133, "FC"), (135, "Mobility-Header"), (136, "UDPLite"), (137, "MPLS-in-IP"), (138, "manet"), (139, "HIP"), (140, "Shim6"),
        (141, "WESP"), (142, "ROHC"), (143, "Ethernet"),
    ];

    private static readonly string[] Names = Build();

    internal static readonly JsonEncodedText[] Encoded = [.. Names.Select(name => JsonEncodedText.Encode(name))];

    public static string Name(byte number) => Names[number];

    private static string[] Build()
    {
        string[] names = [.. Enumerable.Range(0, 256).Select(number => number.ToString("000", System.Globalization.CultureInfo.InvariantCulture))];
        foreach ((int number, string name) in Table) names[number] = name;
        return names;
    }
}
