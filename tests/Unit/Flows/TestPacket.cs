using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Tests.Flows;

/// <summary>A packet as the decoder would show it, filled by hand.</summary>
internal sealed record TestPacket
{
    public string Source { get; init; } = "10.0.0.1";
    public string Destination { get; init; } = "192.0.2.1";
    public ushort SourcePort { get; init; } = 40000;
    public ushort DestinationPort { get; init; } = 80;
    public byte Protocol { get; init; } = 6;
    public TcpFlags TcpFlags { get; init; }
    public uint Sequence { get; init; }
    public uint Acknowledgment { get; init; }
    public PacketFlags Flags { get; init; }
    public bool HasTransport { get; init; } = true;
    public byte IcmpType { get; init; }
    public byte IcmpCode { get; init; }
    public byte VlanCount { get; init; }
    public ushort Vlan0 { get; init; }
    public byte TunnelDepth { get; init; }
    public byte TimeToLive { get; init; } = 64;
    public int FrameLength { get; init; } = 100;
    public double Seconds { get; init; } = 1000;
    public byte[] Transport { get; init; } = [];
    public byte[] EthernetSource { get; init; } = [];

    public static implicit operator PacketView(TestPacket packet) => packet.View();

    public TestPacket Reversed() => this with
    {
        Source = Destination,
        Destination = Source,
        SourcePort = DestinationPort,
        DestinationPort = SourcePort,
    };

    public PacketView View()
    {
        PacketView view = default;
        view.Raw = new RawPacket(default, FrameLength, new PacketTime((long)(Seconds * PacketTime.NanosecondsPerSecond)), LinkType.Ethernet, 1);
        view.Source = IpAddress.Parse(Source);
        view.Destination = IpAddress.Parse(Destination);
        view.SourcePort = SourcePort;
        view.DestinationPort = DestinationPort;
        view.IpVersion = (byte)(view.Source.IsIpv4 ? 4 : 6);
        view.IpProtocol = Protocol;
        view.HasTransport = HasTransport;
        view.Flags = Flags;
        view.TcpFlags = TcpFlags;
        view.Sequence = Sequence;
        view.Acknowledgment = Acknowledgment;
        view.IcmpType = IcmpType;
        view.IcmpCode = IcmpCode;
        view.VlanCount = VlanCount;
        view.Vlan0 = Vlan0;
        view.TunnelDepth = TunnelDepth;
        view.TimeToLive = TimeToLive;
        view.Transport = Transport;
        view.EthernetSource = EthernetSource;
        return view;
    }
}
