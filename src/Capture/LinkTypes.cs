using Sensor.Primitives;

namespace Sensor.Capture;

/// <summary>Link types that this box reads, and names of others for messages (tcpdump.org "Link-layer header types").</summary>
public static class LinkTypes
{
    private static readonly (int Number, string Name)[] Known =
    [
        (0, "NULL"), (1, "EN10MB"), (3, "AX25"), (6, "IEEE802"), (7, "ARCNET"), (8, "SLIP"), (9, "PPP"), (10, "FDDI"), (12, "RAW"), (14, "RAW"),
        (50, "PPP_SERIAL"), (51, "PPP_ETHER"), (100, "ATM_RFC1483"), (101, "RAW"), (104, "C_HDLC"), (105, "IEEE802_11"), (106, "ATM_CLIP"), (107, "FRELAY"),
        (108, "LOOP"), (113, "LINUX_SLL"), (117, "PFLOG"), (119, "PRISM_HEADER"), (122, "IP_OVER_FC"), (123, "SUNATM"), (127, "IEEE802_11_RADIO"),
        (129, "ARCNET_LINUX"), (138, "APPLE_IP_OVER_IEEE1394"), (143, "DOCSIS"), (144, "LINUX_IRDA"), (147, "USER0"), (149, "USER2"), (163, "IEEE802_11_RADIO_AVS"),
        (165, "BACNET_MS_TP"), (166, "PPP_PPPD"), (187, "BLUETOOTH_HCI_H4"), (189, "USB_LINUX"), (192, "PPI"), (195, "IEEE802_15_4_WITHFCS"),
        (201, "BLUETOOTH_HCI_H4_WITH_PHDR"), (220, "USB_LINUX_MMAPPED"), (226, "IPNET"), (227, "CAN_SOCKETCAN"), (228, "IPV4"), (229, "IPV6"),
        (230, "IEEE802_15_4_NOFCS"), (231, "DBUS"), (239, "NFLOG"), (240, "NETANALYZER"), (249, "USBPCAP"), (253, "NETLINK"), (276, "LINUX_SLL2"),
    ];

    /// <summary>The name of a link type as tcpdump and event records (<c>packet_info.linktype_name</c>) spell it, or its number.</summary>
    public static string Name(int number)
    {
        foreach ((int known, string name) in Known)
        {
            if (known == number) return name;
        }

        return number.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public static bool IsSupported(int number) => number <= ushort.MaxValue && Enum.IsDefined((LinkType)number);

    /// <summary>The link type, or an error that names it and those that would do.</summary>
    internal static LinkType Require(int number, string what)
    {
        if (IsSupported(number)) return (LinkType)number;
        string supported = string.Join(", ", Enum.GetValues<LinkType>().Select(type => Name((int)type)).Distinct());
        throw new CaptureException($"{what}: link type {number} ({Name(number)}) is not supported; supported are {supported}");
    }
}
