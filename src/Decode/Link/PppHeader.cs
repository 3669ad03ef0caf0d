namespace Sensor.Decode.Link;

/// <summary>PPP (RFC 1661), with or without HDLC-like address and control bytes (RFC 1662) and compressed protocol field.</summary>
internal static class PppHeader
{
    private const ushort Ipv4 = 0x0021, VanJacobsonUncompressed = 0x002F, Ipv6 = 0x0057, MplsUnicast = 0x0281, MplsMulticast = 0x0283;
    private const int SmallestIpv4 = 20, SmallestTcp = 20, SmallestIpv6 = 40;

    public static bool TryRead(ref PacketView packet)
    {
        ReadOnlySpan<byte> bytes = packet.Rest;
        int at = bytes.Length >= 2 && bytes[0] == 0xFF && bytes[1] == 0x03 ? 2 : 0;
        if (bytes.Length <= at) return packet.Broken(DecodeEvent.PppPacketTooSmall);

        // RFC 1661 section 2: an odd first byte is the whole (compressed) protocol number.
        ushort protocol = bytes[at++];
        if ((protocol & 1) == 0)
        {
            if (bytes.Length <= at) return packet.Broken(DecodeEvent.PppPacketTooSmall);
            protocol = (ushort)((protocol << 8) | bytes[at++]);
        }

        return TryFollow(ref packet, at, protocol);
    }

    private static bool TryFollow(ref PacketView packet, int length, ushort protocol)
    {
        int rest = packet.Rest.Length - length;
        switch (protocol)
        {
            case Ipv4:
                if (rest < SmallestIpv4) return packet.Broken(DecodeEvent.PppIpv4PacketTooSmall);
                packet.EtherType = EtherTypes.Ipv4;
                packet.Advance(length, Layer.Ipv4);
                return true;
            case VanJacobsonUncompressed:
                // RFC 1144 section 3.2.3: an ordinary TCP/IP packet but for the protocol byte, which holds a slot number.
                if (rest < SmallestIpv4 + SmallestTcp) return packet.Broken(DecodeEvent.PppUncompressedVanJacobsonPacketTooSmall);
                packet.EtherType = EtherTypes.Ipv4;
                packet.Advance(length, Layer.Ipv4);
                return true;
            case Ipv6:
                if (rest < SmallestIpv6) return packet.Broken(DecodeEvent.PppIpv6PacketTooSmall);
                packet.EtherType = EtherTypes.Ipv6;
                packet.Advance(length, Layer.Ipv6);
                return true;
            case MplsUnicast or MplsMulticast:
                packet.Advance(length, Layer.Mpls);
                return true;
            default:
                packet.Raise(IsAssigned(protocol) ? DecodeEvent.PppUnsupportedProtocol : DecodeEvent.PppWrongType);
                packet.Advance(length, Layer.Done);
                return true;
        }
    }

    // IANA "PPP DLL Protocol Numbers": network layer protocols and their control protocols, link control, authentication.
    private static bool IsAssigned(ushort protocol) => protocol switch
    {
        0x0001 or 0x0023 or 0x0025 or 0x0027 or 0x0029 or 0x002B or 0x002D or 0x0031 or 0x0033 or 0x0035 or 0x003D or 0x003F or 0x0041 => true,
        0x004F or 0x0053 or 0x0055 or 0x0059 or 0x00FB or 0x00FD => true,
        >= 0x0201 and <= 0x0207 or >= 0x0231 and <= 0x0235 or >= 0x4001 and <= 0x4003 => true,
        >= 0x8021 and <= 0x8057 or >= 0x80FB and <= 0x80FD or >= 0x8281 and <= 0x8283 => true,
        >= 0xC021 and <= 0xC029 or 0xC081 or 0xC223 or 0xC225 or 0xC227 or 0xC281 => true,
        _ => false,
    };
}
