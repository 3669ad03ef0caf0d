namespace Sensor.Primitives;

/// <summary>Link-layer header types a capture may carry (values of the tcpdump.org link-type registry).</summary>
public enum LinkType : ushort
{
    Null = 0,
    Ethernet = 1,
    /// <summary>Raw IP as some platforms write it (DLT_RAW is 12 on most, 14 on OpenBSD; files say 101).</summary>
    RawBsd = 12,
    RawOpenBsd = 14,
    Raw = 101,
    Loop = 108,
    LinuxSll = 113,
    Ipv4 = 228,
    Ipv6 = 229,
    LinuxSll2 = 276,
}
