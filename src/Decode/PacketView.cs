using Sensor.Primitives;

namespace Sensor.Decode;

/// <summary>What kind of packet a view shows.</summary>
[Flags]
public enum PacketFlags : ushort
{
    None = 0,
    /// <summary>The IP header says "one fragment of many"; transport is not readable.</summary>
    Fragment = 1 << 0,
    /// <summary>Put together from fragments; the bytes lie in the decoder's own buffer.</summary>
    Reassembled = 1 << 1,
    /// <summary>Carried inside another packet (GRE, IP-in-IP, VXLAN, Teredo...).</summary>
    Tunnelled = 1 << 2,
    /// <summary>The IP header checksum or the transport checksum is wrong (only looked at when asked for).</summary>
    BadNetworkChecksum = 1 << 3,
    BadTransportChecksum = 1 << 4,
    /// <summary>Further packets lie inside this one: ask <see cref="PacketDecoder.TryDecodeInner"/>.</summary>
    HasInner = 1 << 5,
    /// <summary>The network or transport header was unreadable; rules may match its decode events only.</summary>
    Invalid = 1 << 6,
}

/// <summary>TCP header flags (RFC 9293 section 3.1, RFC 3168 for the two upper ones).</summary>
[Flags]
public enum TcpFlags : byte
{
    None = 0, Fin = 0x01, Syn = 0x02, Rst = 0x04, Psh = 0x08, Ack = 0x10, Urg = 0x20, Ece = 0x40, Cwr = 0x80,
}

/// <summary>
/// One packet after decoding, seen in place. Filled by <see cref="PacketDecoder"/>, passed by reference, never stored.
/// All multi-byte numbers are in host order. A field is meaningful only where its header was present and whole.
/// </summary>
public ref struct PacketView
{
    /// <summary>
    /// The bytes this packet is made of, from its own link header on. On the wire it is the frame. Inside a tunnel it is
    /// the part the tunnel carried. For a reassembled packet it is the first fragment's link header with the whole
    /// datagram behind it. Time and number are always those of the frame that was read last.
    /// </summary>
    public RawPacket Raw;

    /// <summary>From the network header to the end of the IP datagram (link padding cut off); empty for non-IP frames.</summary>
    public ReadOnlySpan<byte> Network;

    /// <summary>From the transport header to the end of the datagram; empty for fragments.</summary>
    public ReadOnlySpan<byte> Transport;

    /// <summary>What the transport carries (for IP protocols without a decoder here: everything after the IP headers).</summary>
    public ReadOnlySpan<byte> Payload;

    public IpAddress Source;
    public IpAddress Destination;
    public ushort SourcePort;
    public ushort DestinationPort;

    /// <summary>EtherType of the innermost network header, 0 where unknown (0x0800, 0x86DD, 0x0806...).</summary>
    public ushort EtherType;

    /// <summary>4, 6 or 0 for frames without IP.</summary>
    public byte IpVersion;

    /// <summary>IANA protocol number of the transport (after IPv6 extension headers): 1, 6, 17, 58, 132...</summary>
    public byte IpProtocol;

    /// <summary>True when ports (or ICMP type and code) below are readable.</summary>
    public bool HasTransport;

    public PacketFlags Flags;

    /// <summary>TTL or hop limit.</summary>
    public byte TimeToLive;
    public byte TypeOfService;
    public ushort IpId;
    /// <summary>Fragment identification: IPv4's 16 bits or the 32 bits of IPv6's fragment header.</summary>
    public uint FragmentId;
    /// <summary>In units of 8 bytes, as it stands in the header (RFC 791 section 3.1).</summary>
    public ushort FragmentOffset;
    public bool MoreFragments, DontFragment, ReservedFragmentBit;

    /// <summary>IPv4 options (RFC 791 section 3.1), empty where there are none.</summary>
    public ReadOnlySpan<byte> IpOptions;

    public TcpFlags TcpFlags;
    public uint Sequence;
    public uint Acknowledgment;
    public ushort Window;
    public ushort UrgentPointer;
    public ReadOnlySpan<byte> TcpOptions;
    /// <summary>Window scale option, -1 where absent.</summary>
    public sbyte WindowScale;
    /// <summary>Maximum segment size option, 0 where absent.</summary>
    public ushort MaximumSegmentSize;
    public bool HasTimestamps, SackPermitted;
    public uint TimestampValue, TimestampEcho;

    public byte IcmpType, IcmpCode;
    public ushort IcmpId, IcmpSequence;

    /// <summary>VLAN identifiers, outermost first; <see cref="VlanCount"/> of them (at most 3).</summary>
    public ushort Vlan0, Vlan1, Vlan2;
    public byte VlanCount;

    /// <summary>How many tunnels were entered; 0 for the packet on the wire.</summary>
    public byte TunnelDepth;

    /// <summary>Ethernet source and destination, 6 bytes each, empty on links without.</summary>
    public ReadOnlySpan<byte> EthernetSource, EthernetDestination;

    /// <summary>What was wrong with it (numbers are <see cref="DecodeEvent"/>).</summary>
    public EventSet Events;

    /// <summary>Where <see cref="Network"/> begins inside the bytes of <see cref="Raw"/>.</summary>
    public int NetworkOffset;

    /// <summary>Headers walked so far on the way to this packet, tunnels included; bounded by <see cref="DecodeOptions.MaximumLayers"/>.</summary>
    internal byte Layers;

    /// <summary>True when the final destination is not the one in the IPv6 header (RFC 8200 section 4.4), so checksums cannot be judged.</summary>
    internal bool RoutedElsewhere;

    /// <summary>IPv6 fragments: bytes of <see cref="Network"/> before the fragment header, and where the type of what follows it stands.</summary>
    internal int UnfragmentableLength, NextHeaderPosition;

    /// <summary>Where decoding stands: the bytes not yet read and the header they begin with.</summary>
    internal ReadOnlySpan<byte> Rest;
    internal Layer Next;

    /// <summary>The packet inside this one: its bytes, the first header of them, and how many to pass over before it.</summary>
    internal ReadOnlySpan<byte> Inner;
    internal int InnerSkip;
    internal Layer InnerLayer;

    public readonly PacketTime Time => Raw.Time;

    public readonly bool IsTcp => IpProtocol == 6 && HasTransport;

    public readonly bool IsUdp => IpProtocol == 17 && HasTransport;

    public readonly bool Has(PacketFlags flag) => (Flags & flag) != 0;

    public void Raise(DecodeEvent happened) => Events.Add((int)happened);

    /// <summary>Passes over a header and says which one follows.</summary>
    internal void Advance(int length, Layer next)
    {
        Rest = Rest[length..];
        Next = next;
    }

    /// <summary>Names what made a header unreadable; always false, so that a reader can end with it.</summary>
    internal bool Broken(DecodeEvent happened)
    {
        Events.Add((int)happened);
        Flags |= PacketFlags.Invalid;
        return false;
    }

    /// <summary>Notes one VLAN identifier; false when the view has no room for another.</summary>
    internal bool TryAddVlan(ushort identifier)
    {
        switch (VlanCount)
        {
            case 0: Vlan0 = identifier; break;
            case 1: Vlan1 = identifier; break;
            case 2: Vlan2 = identifier; break;
            default: return false;
        }

        VlanCount++;
        return true;
    }

    /// <summary>Says that a packet lies inside this one.</summary>
    internal void Carry(Layer first, ReadOnlySpan<byte> bytes)
    {
        Inner = bytes;
        InnerLayer = first;
        Flags |= PacketFlags.HasInner;
    }
}
