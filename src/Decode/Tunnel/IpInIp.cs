namespace Sensor.Decode.Tunnel;

/// <summary>IP directly inside IP: 4in4 (RFC 2003), 6in4 (RFC 4213), 4in6 and 6in6 (RFC 2473).</summary>
internal static class IpInIp
{
    private const int SmallestIpv4 = 20, SmallestIpv6 = 40;

    public static void Look(ReadOnlySpan<byte> bytes, Layer inner, ref PacketView packet)
    {
        packet.Transport = bytes;
        bool isIpv4 = inner == Layer.Ipv4;
        if (packet.IpVersion == 6 && bytes.Length < (isIpv4 ? SmallestIpv4 : SmallestIpv6))
        {
            packet.Broken(isIpv4 ? DecodeEvent.Ipv6Ipv4InIpv6TooSmall : DecodeEvent.Ipv6Ipv6InIpv6TooSmall);
            return;
        }

        if (packet.IpVersion == 6 && bytes[0] >> 4 != (isIpv4 ? 4 : 6))
        {
            packet.Broken(isIpv4 ? DecodeEvent.Ipv6Ipv4InIpv6WrongVersion : DecodeEvent.Ipv6Ipv6InIpv6WrongVersion);
            return;
        }

        packet.Carry(inner, bytes);
    }
}
