namespace Sensor.Decode;

/// <summary>A header the decoder can read next.</summary>
internal enum Layer : byte
{
    /// <summary>Nothing further to read: the packet is complete as far as this decoder goes.</summary>
    Done,
    Ethernet,
    LinuxSll,
    LinuxSll2,
    Null,
    RawIp,
    Ppp,
    CiscoHdlc,
    Vlan,
    Dot1ah,
    VnTag,
    FabricPath,
    Nsh,
    Mpls,
    PppoeSession,
    PppoeDiscovery,
    Arp,
    Erspan,
    Ipv4,
    Ipv6,
}
