using Sensor.Decode;
using Sensor.Detection;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Streams;
using Sensor.Tests.Support.Traffic;

namespace Sensor.Tests.Detection;

/// <summary>The road up to Detection with its real rooms: frames in, sids out.</summary>
internal sealed class RoadHarness : IMatchSink, IFlowEndHandler, IDisposable
{
    public static readonly Host Client = new("192.168.1.10", 0x0200_0000_0001), Server = new("203.0.113.5", 0x0200_0000_0002);

    private readonly PacketDecoder _decoder = new();
    private readonly FlowTable _flows;
    private readonly StreamTracker _streams = new(new StreamOptions());
    private readonly AppLayer _protocols = new(new ProtocolOptions(), NoFiles.Instance);
    private readonly DetectionEngine _detection;
    private ulong _number;

    public RoadHarness(params string[] rules)
    {
        RuleSet set = new RuleSetBuilder().AddText("test.rules", string.Join('\n', rules)).Build();
        Assert.Empty(set.Failed);
        _detection = new DetectionEngine(set, null);
        _flows = new FlowTable(new FlowOptions(), this);
    }

    public RoadHarness(RuleSet set)
    {
        _detection = new DetectionEngine(set, null);
        _flows = new FlowTable(new FlowOptions(), this);
    }

    public DetectionEngine Detection => _detection;

    /// <summary>Sids as reported.</summary>
    public List<long> Reported { get; } = [];

    /// <summary>"packet number:sid", for tests that ask when.</summary>
    public List<string> When { get; } = [];

    /// <summary>Counts instead of lists, so that the harness allocates nothing.</summary>
    public long Count { get; private set; }

    public bool CountsOnly { get; set; }

    public RoadHarness Run(TrafficBuilder traffic)
    {
        foreach (TimedFrame frame in traffic.Frames) Process(frame.Bytes, new PacketTime(frame.Microseconds * 1000));
        return this;
    }

    public RoadHarness End()
    {
        _flows.EndAll(FlowEndReason.Shutdown);
        return this;
    }

    public void Process(byte[] frame, PacketTime time)
    {
        var raw = new RawPacket(frame, frame.Length, time, LinkType.Ethernet, ++_number);
        if (!_decoder.TryDecode(raw, out PacketView packet)) return;
        Flow? flow = _flows.FindOrAdd(ref packet, out Direction direction);
        EventSet events = default;
        StreamVerdict verdict = StreamVerdict.None;
        if (flow is not null && packet.IsTcp)
        {
            verdict = _streams.Track(flow, ref packet, direction, out events);
            if (flow.Transport is TcpSession session)
            {
                if ((verdict & StreamVerdict.NewToServer) != 0) _protocols.ParseStream(flow, session, Direction.ToServer, packet.Time);
                if ((verdict & StreamVerdict.NewToClient) != 0) _protocols.ParseStream(flow, session, Direction.ToClient, packet.Time);
            }
        }
        else if (flow is not null && packet.IsUdp)
        {
            _protocols.ParseDatagram(flow, packet.Payload, direction, packet.Time);
        }

        _detection.Inspect(flow, ref packet, direction, verdict, events, this);
        if (flow is null) return;
        _protocols.Clean(flow);
        if (flow.Transport is TcpSession tracked) _streams.Trim(tracked);
    }

    public void FlowEnded(Flow flow)
    {
        if (flow.Transport is not null) _streams.Flush(flow);
        _protocols.Finish(flow, flow.LastSeen);
        var last = new PacketView
        {
            Raw = new RawPacket(default, 0, flow.LastSeen, LinkType.Raw, 0),
            Source = flow.Client,
            Destination = flow.Server,
            SourcePort = flow.ClientPort,
            DestinationPort = flow.ServerPort,
            IpProtocol = flow.IpProtocol,
            IpVersion = flow.IpVersion,
        };
        _detection.InspectEnd(flow, ref last, this);
        _protocols.Release(flow);
        _detection.Release(flow);
        if (flow.Transport is not null) _streams.Release(flow);
    }

    public void Report(scoped in RuleMatch match, Flow? flow, scoped ref PacketView packet)
    {
        Count++;
        if (CountsOnly) return;
        Reported.Add(match.Rule.Sid);
        When.Add($"{packet.Raw.Number}:{match.Rule.Sid}");
    }

    public void Dispose() => _detection.Dispose();
}
