using Sensor.Decode.Link;
using Sensor.Decode.Network;
using Sensor.Decode.Network.Fragments;
using Sensor.Decode.Transport;
using Sensor.Decode.Tunnel;
using Sensor.Primitives;

namespace Sensor.Decode;

/// <summary>Reads headers from the link layer up. One per worker; never throws, never allocates once warm.</summary>
public sealed class PacketDecoder
{
    private readonly DecodeOptions _options;
    private readonly UdpTunnels _udpTunnels;

    public PacketDecoder()
        : this(new DecodeOptions())
    {
    }

    public PacketDecoder(DecodeOptions options)
    {
        _options = options;
        _udpTunnels = new UdpTunnels(options);
        Defragmenter = new Defragmenter(options);
    }

    /// <summary>Unfinished datagrams and what became of the others.</summary>
    public Defragmenter Defragmenter { get; }

    /// <summary>
    /// Decodes the outermost packet of a frame. False when not even a network header could be read and nothing
    /// but <see cref="PacketView.Events"/> is of use (the frame counts as undecodable). A frame that carries something
    /// other than IP (ARP, LLDP...) is decodable: it has <see cref="PacketView.IpVersion"/> 0.
    /// </summary>
    public bool TryDecode(in RawPacket raw, out PacketView packet)
    {
        packet = default;
        packet.Raw = raw;
        packet.WindowScale = -1;
        packet.Rest = raw.Bytes;
        packet.Next = FirstLayer(raw.Link);
        // A link nobody here reads (one interface of a pcapng file among others): no IP version can be found in it.
        return packet.Next == Layer.Done ? packet.Broken(DecodeEvent.RawIpInvalidIpVersion) : TryWalk(ref packet);
    }

    /// <summary>
    /// After a packet with <see cref="PacketFlags.HasInner"/> was inspected: the packet inside it (tunnel payload or
    /// the datagram its fragment completed). Ask again with the inner packet until it answers false; depth is limited,
    /// never recursive. An inner packet that cannot be read still comes out, marked <see cref="PacketFlags.Invalid"/>,
    /// because rules may match its events. A reassembled packet stays readable until the second next completes.
    /// </summary>
    public bool TryDecodeInner(scoped in PacketView outer, out PacketView inner)
    {
        inner = default;
        if (!outer.Has(PacketFlags.HasInner)) return false;

        bool reassembled = outer.Has(PacketFlags.Fragment);
        LinkType link = reassembled ? outer.Raw.Link : LinkOf(outer.InnerLayer);
        inner.Raw = new RawPacket(outer.Inner, outer.Inner.Length, outer.Raw.Time, link, outer.Raw.Number);
        inner.WindowScale = -1;
        inner.Layers = outer.Layers;
        if (reassembled) InheritLink(outer, ref inner);
        else EnterTunnel(outer, ref inner);

        inner.Rest = outer.Inner[outer.InnerSkip..];
        inner.Next = outer.InnerLayer;
        TryWalk(ref inner);
        return true;
    }

    private static void EnterTunnel(scoped in PacketView outer, ref PacketView inner)
    {
        inner.Flags = PacketFlags.Tunnelled;
        inner.TunnelDepth = (byte)(outer.TunnelDepth + 1);
    }

    private static void InheritLink(scoped in PacketView outer, ref PacketView inner)
    {
        inner.Flags = PacketFlags.Reassembled | (outer.Flags & PacketFlags.Tunnelled);
        inner.TunnelDepth = outer.TunnelDepth;
        inner.VlanCount = outer.VlanCount;
        inner.Vlan0 = outer.Vlan0;
        inner.Vlan1 = outer.Vlan1;
        inner.Vlan2 = outer.Vlan2;
        inner.EthernetSource = outer.EthernetSource;
        inner.EthernetDestination = outer.EthernetDestination;
    }

    private static Layer FirstLayer(LinkType link) => link switch
    {
        LinkType.Ethernet => Layer.Ethernet,
        LinkType.LinuxSll => Layer.LinuxSll,
        LinkType.LinuxSll2 => Layer.LinuxSll2,
        LinkType.Null or LinkType.Loop => Layer.Null,
        LinkType.Ppp or LinkType.PppSerial => Layer.Ppp,
        LinkType.CiscoHdlc => Layer.CiscoHdlc,
        LinkType.Raw or LinkType.RawBsd or LinkType.RawOpenBsd or LinkType.Ipv4 or LinkType.Ipv6 => Layer.RawIp,
        _ => Layer.Done,
    };

    private static LinkType LinkOf(Layer layer) => layer switch
    {
        Layer.Ethernet or Layer.Erspan => LinkType.Ethernet,
        Layer.Ppp => LinkType.Ppp,
        _ => LinkType.Raw,
    };

    /// <summary>One header after the other; the layers below IP only say what comes next.</summary>
    private bool TryWalk(ref PacketView packet)
    {
        while (true)
        {
            if (packet.Next == Layer.Done) return true;
            if (packet.Layers >= _options.MaximumLayers) return packet.Broken(DecodeEvent.TooManyLayers);
            packet.Layers++;
            bool readable;
            switch (packet.Next)
            {
                case Layer.Ipv4: return TryReadIpv4(ref packet);
                case Layer.Ipv6: return TryReadIpv6(ref packet);
                case Layer.Ethernet: readable = EthernetHeader.TryRead(ref packet); break;
                case Layer.Vlan: readable = VlanTag.TryRead(ref packet); break;
                default: readable = TryReadRareLink(ref packet); break;
            }

            if (!readable) return false;
        }
    }

    private static bool TryReadRareLink(ref PacketView packet) => packet.Next switch
    {
        Layer.LinuxSll => LinuxCookedHeader.TryRead(ref packet),
        Layer.LinuxSll2 => LinuxCookedHeader.TryReadVersion2(ref packet),
        Layer.Null => NullHeader.TryRead(ref packet),
        Layer.RawIp => RawIp.TryRead(ref packet),
        Layer.Ppp => PppHeader.TryRead(ref packet),
        Layer.CiscoHdlc => CiscoHdlcHeader.TryRead(ref packet),
        Layer.Dot1ah => ProviderTags.TryReadDot1ah(ref packet),
        Layer.VnTag => ProviderTags.TryReadVnTag(ref packet),
        Layer.FabricPath => ProviderTags.TryReadFabricPath(ref packet),
        Layer.Nsh => NshHeader.TryRead(ref packet),
        Layer.Mpls => MplsLabels.TryRead(ref packet),
        Layer.PppoeSession => PppoeHeader.TryReadSession(ref packet),
        Layer.PppoeDiscovery => PppoeHeader.TryReadDiscovery(ref packet),
        Layer.Arp => ArpPacket.TryRead(ref packet),
        Layer.Erspan => ErspanHeader.TryRead(ref packet),
        _ => packet.Broken(DecodeEvent.TooManyLayers),
    };

    private bool TryReadIpv4(ref PacketView packet)
    {
        if (!Ipv4Header.TryRead(ref packet)) return false;
        packet.EtherType = EtherTypes.Ipv4;
        if (_options.ValidateChecksums && !InternetChecksum.IsValid(packet.Network[..^packet.Rest.Length]))
        {
            packet.Flags |= PacketFlags.BadNetworkChecksum;
        }

        if (packet.Has(PacketFlags.Fragment)) TakeFragment(packet.Rest, ref packet);
        else ReadTransport(packet.Rest, ref packet);
        return true;
    }

    private bool TryReadIpv6(ref PacketView packet)
    {
        if (!Ipv6Header.TryRead(ref packet)) return false;
        packet.EtherType = EtherTypes.Ipv6;

        // From here on the addresses are known: a broken chain of extension headers makes the packet invalid, not the frame.
        if (!Ipv6Extensions.TryRead(ref packet)) return true;
        if (packet.Has(PacketFlags.Fragment)) TakeFragment(packet.Rest, ref packet);
        else ReadTransport(packet.Rest, ref packet);
        return true;
    }

    private void TakeFragment(ReadOnlySpan<byte> data, ref PacketView packet)
    {
        // The target drops a fragment with a wrong header checksum; a sensor that kept it could be shown other bytes.
        if (!packet.Has(PacketFlags.BadNetworkChecksum)) Defragmenter.Add(data, ref packet);
    }

    private void ReadTransport(ReadOnlySpan<byte> bytes, ref PacketView packet)
    {
        bool validate = _options.ValidateChecksums;
        switch (packet.IpProtocol)
        {
            case IpProtocols.Tcp: TcpHeader.TryRead(bytes, validate, ref packet); break;
            case IpProtocols.Udp:
                if (UdpHeader.TryRead(bytes, validate, ref packet)) _udpTunnels.Look(ref packet);
                break;
            case IpProtocols.Icmp when packet.IpVersion == 4: Icmpv4Header.TryRead(bytes, validate, ref packet); break;
            case IpProtocols.Icmp: packet.Raise(DecodeEvent.Ipv6Icmpv4); break;
            case IpProtocols.Icmpv6 when packet.IpVersion == 6: Icmpv6Header.TryRead(bytes, validate, ref packet); break;
            case IpProtocols.Icmpv6: packet.Raise(DecodeEvent.Ipv4Icmpv6); break;
            case IpProtocols.Sctp: SctpHeader.TryRead(bytes, ref packet); break;
            case IpProtocols.Esp: EspHeader.TryRead(bytes, ref packet); break;
            case IpProtocols.Gre: GreHeader.TryRead(bytes, ref packet); break;
            case IpProtocols.Ipv4: IpInIp.Look(bytes, Layer.Ipv4, ref packet); break;
            case IpProtocols.Ipv6: IpInIp.Look(bytes, Layer.Ipv6, ref packet); break;
            default: ReadOther(bytes, ref packet); break;
        }
    }

    private static void ReadOther(ReadOnlySpan<byte> bytes, ref PacketView packet)
    {
        packet.Transport = bytes;
        if (packet.IpVersion == 6 && packet.IpProtocol is not (IpProtocols.Igmp or IpProtocols.NoNextHeader)) packet.Raise(DecodeEvent.Ipv6UnknownNextHeader);
    }
}
