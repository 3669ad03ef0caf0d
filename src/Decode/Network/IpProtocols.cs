namespace Sensor.Decode.Network;

/// <summary>IANA protocol numbers that this decoder looks into, and IPv6 extension headers among them (RFC 8200 section 4.1).</summary>
internal static class IpProtocols
{
    public const byte HopByHop = 0, Icmp = 1, Igmp = 2, Ipv4 = 4, Tcp = 6, Udp = 17, Ipv6 = 41, Routing = 43, Fragment = 44, Gre = 47,
        Esp = 50, Authentication = 51, Icmpv6 = 58, NoNextHeader = 59, DestinationOptions = 60, Sctp = 132, Mobility = 135, Hip = 139, Shim6 = 140;
}
