namespace Sensor.Decode.Link;

/// <summary>EtherType numbers (IEEE registry) and the header each announces.</summary>
internal static class EtherTypes
{
    public const ushort Ipv4 = 0x0800, Arp = 0x0806, TransparentEthernet = 0x6558, Vlan = 0x8100, Ipv6 = 0x86DD,
        Ppp = 0x880B, MplsUnicast = 0x8847, MplsMulticast = 0x8848, PppoeDiscovery = 0x8863, PppoeSession = 0x8864,
        ServiceVlan = 0x88A8, ErspanTypeOneOrTwo = 0x88BE, Dot1ah = 0x88E7, FabricPath = 0x8903, VnTag = 0x8926,
        Nsh = 0x894F, OldQinQ = 0x9100, ErspanTypeThree = 0x22EB;

    /// <summary>Values up to here are a length (IEEE 802.3), not a type.</summary>
    public const ushort LargestLength = 1500;

    /// <summary>The header that follows an EtherType; false for types without a decoder here.</summary>
    public static bool TryFind(ushort etherType, out Layer next)
    {
        next = etherType switch
        {
            Ipv4 => Layer.Ipv4,
            Ipv6 => Layer.Ipv6,
            Vlan or ServiceVlan or OldQinQ => Layer.Vlan,
            Arp => Layer.Arp,
            MplsUnicast or MplsMulticast => Layer.Mpls,
            PppoeSession => Layer.PppoeSession,
            PppoeDiscovery => Layer.PppoeDiscovery,
            Dot1ah => Layer.Dot1ah,
            VnTag => Layer.VnTag,
            FabricPath => Layer.FabricPath,
            Nsh => Layer.Nsh,
            _ => Layer.Done,
        };
        return next != Layer.Done;
    }

    /// <summary>
    /// Passes over a link header of <paramref name="length"/> bytes that announces <paramref name="etherType"/>. An
    /// unknown type ends decoding with an event; the frame itself is fine.
    /// </summary>
    public static void Follow(ref PacketView packet, int length, ushort etherType, DecodeEvent unknown)
    {
        packet.EtherType = etherType;
        if (!TryFind(etherType, out Layer next) && unknown != DecodeEvent.None) packet.Raise(unknown);
        packet.Advance(length, next);
    }
}
