namespace Sensor.Primitives;

/// <summary>Link-layer header types a capture may carry (values of the tcpdump.org link-type registry).</summary>
public enum LinkType : ushort
{
    Null = 0,
    Ethernet = 1,
    Ppp = 9,
    /// <summary>Raw IP as some platforms write it (DLT_RAW is 12 on most, 14 on OpenBSD; files say 101).</summary>
    RawBsd = 12,
    RawOpenBsd = 14,
    /// <summary>PPP in HDLC-like framing as NetBSD and pcap-ng writers name it (RFC 1662).</summary>
    PppSerial = 50,
    Raw = 101,
    /// <summary>Cisco HDLC (RFC 1547 section 4.3.1).</summary>
    CiscoHdlc = 104,
    Loop = 108,
    LinuxSll = 113,
    Ipv4 = 228,
    Ipv6 = 229,
    LinuxSll2 = 276,
}
