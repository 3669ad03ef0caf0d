using System.Text.Json;
using Sensor.Decode;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Alerts.Eve;

/// <summary>Who, when and in which direction: what a record says before it comes to its point.</summary>
internal struct RecordSituation
{
    private const byte Icmp = 1, Tcp = 6, Udp = 17, Icmpv6 = 58, Sctp = 132;

    public Flow? Flow;
    public PacketTime Time;
    public ulong PacketNumber;
    public IpAddress Source, Destination;
    public ulong SourceMac, DestinationMac;
    public ushort SourcePort, DestinationPort;
    public ushort Vlan0, Vlan1, Vlan2;
    public byte VlanCount, IpVersion, IpProtocol, IcmpType, IcmpCode, TunnelDepth;
    public Direction Direction;

    /// <summary>Ports are known (not for fragments).</summary>
    public bool HasPorts;

    /// <summary>Raised when the flow ended, without a packet of its own.</summary>
    public bool IsFlowEnd;

    public bool IsReassembled;

    /// <summary>The record is about the flow as a whole.</summary>
    public bool IsWholeFlow;

    public readonly bool HasPacketSource => !IsWholeFlow;

    public readonly bool IsIcmp => IpProtocol is Icmp or Icmpv6 && HasPorts is false && HasIcmp;

    private bool HasIcmp;

    /// <summary>A packet as it is; with a flow, seen from the given direction (a match may be on what the other side sent).</summary>
    public static RecordSituation Of(scoped ref PacketView packet, Flow? flow, Direction direction)
    {
        var at = new RecordSituation
        {
            Flow = flow,
            Time = packet.Time,
            PacketNumber = packet.Raw.Number,
            Source = packet.Source,
            Destination = packet.Destination,
            SourcePort = packet.SourcePort,
            DestinationPort = packet.DestinationPort,
            SourceMac = MacText.Read(packet.EthernetSource),
            DestinationMac = MacText.Read(packet.EthernetDestination),
            Vlan0 = packet.Vlan0,
            Vlan1 = packet.Vlan1,
            Vlan2 = packet.Vlan2,
            VlanCount = packet.VlanCount,
            IpVersion = packet.IpVersion,
            IpProtocol = packet.IpProtocol,
            IcmpType = packet.IcmpType,
            IcmpCode = packet.IcmpCode,
            TunnelDepth = packet.TunnelDepth,
            Direction = direction,
            HasPorts = packet.HasTransport && packet.IpProtocol is Tcp or Udp or Sctp,
            HasIcmp = packet.HasTransport,
            IsFlowEnd = packet.Raw.Bytes.IsEmpty,
            IsReassembled = packet.Has(PacketFlags.Reassembled),
        };
        if (flow is not null && (at.IsFlowEnd || flow.DirectionOf(packet.Source, packet.SourcePort) != direction)) at.Take(flow, direction);
        return at;
    }

    /// <summary>A flow, seen from one side, at a moment.</summary>
    public static RecordSituation Of(Flow flow, PacketTime time, ulong packetNumber, Direction direction)
    {
        var at = new RecordSituation { Time = time, PacketNumber = packetNumber };
        at.Flow = flow;
        at.Take(flow, direction);
        return at;
    }

    private void Take(Flow flow, Direction direction)
    {
        bool toServer = direction == Direction.ToServer;
        Direction = direction;
        (Source, Destination) = toServer ? (flow.Client, flow.Server) : (flow.Server, flow.Client);
        (SourcePort, DestinationPort) = toServer ? (flow.ClientPort, flow.ServerPort) : (flow.ServerPort, flow.ClientPort);
        (SourceMac, DestinationMac) = toServer ? (flow.ToServer.Ethernet, flow.ToClient.Ethernet) : (flow.ToClient.Ethernet, flow.ToServer.Ethernet);
        (Vlan0, Vlan1, Vlan2, VlanCount) = (flow.Vlan0, flow.Vlan1, flow.Vlan2, flow.VlanCount);
        (IpVersion, IpProtocol, TunnelDepth) = (flow.IpVersion, flow.IpProtocol, flow.TunnelDepth);
        (IcmpType, IcmpCode) = toServer ? (flow.IcmpType, flow.IcmpCode) : (flow.IcmpResponseType, flow.IcmpResponseCode);
        HasPorts = IpProtocol is Tcp or Udp or Sctp;
        HasIcmp = true;
    }
}

/// <summary>What records of packets inside a tunnel say about the packet around them.</summary>
internal struct OuterPacket
{
    private const byte IpInIp = 4, Udp = 17, Ipv6 = 41, Gre = 47;
    private const ushort Vxlan = 4789, Geneve = 6081;

    private static readonly JsonEncodedText
        InIpv4 = JsonEncodedText.Encode("ipv4 tunnel"), InIpv6 = JsonEncodedText.Encode("ipv6 tunnel"), InGre = JsonEncodedText.Encode("gre tunnel"),
        InVxlan = JsonEncodedText.Encode("vxlan encapsulation"), InGeneve = JsonEncodedText.Encode("geneve encapsulation"),
        InTeredo = JsonEncodedText.Encode("teredo tunnel");

    public IpAddress Source, Destination;
    public ushort SourcePort, DestinationPort;
    public byte IpProtocol, IpVersion;
    public bool HasPorts;
    public ulong PacketNumber;

    public OuterPacket(scoped in PacketView outer)
    {
        Source = outer.Source;
        Destination = outer.Destination;
        SourcePort = outer.SourcePort;
        DestinationPort = outer.DestinationPort;
        IpProtocol = outer.IpProtocol;
        IpVersion = outer.IpVersion;
        HasPorts = outer.IpProtocol == Udp && outer.HasTransport;
        PacketNumber = outer.Raw.Number;
    }

    public readonly JsonEncodedText PacketSource => IpProtocol switch
    {
        Gre => InGre,
        IpInIp or Ipv6 => IpVersion == 6 ? InIpv6 : InIpv4,
        _ => DestinationPort == Vxlan ? InVxlan : DestinationPort == Geneve ? InGeneve : InTeredo,
    };
}
