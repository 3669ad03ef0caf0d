using System.Text;
using Sensor.Decode;
using Sensor.Detection;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Streams;

namespace Sensor.Tests.Detection;

/// <summary>An engine with a few rules, one flow, and packets made by hand. Answers the sids that alerted, in order.</summary>
internal sealed class RuleHarness : IMatchSink, IDisposable
{
    private readonly List<long> _reported = [];
    private readonly DetectionEngine _engine;
    private PacketTime _now = PacketTime.FromUnix(1_700_000_000, 0);

    public RuleHarness(params string[] rules)
        : this(new DetectionOptions(), rules)
    {
    }

    public RuleHarness(DetectionOptions options, params string[] rules)
    {
        Rules = Load(rules);
        Assert.Empty(Rules.Failed);
        _engine = new DetectionEngine(Rules, null, options);
        Session = new AppSession { Protocol = Rules.Protocols[0], Parser = Parser };
    }

    public RuleSet Rules { get; private set; }

    public DetectionEngine Engine => _engine;

    public TestParser Parser { get; } = new();

    public AppSession Session { get; }

    public Flow Flow { get; private set; } = NewFlow(1);

    public Verdict Verdict { get; private set; }

    public List<string> Details { get; } = [];

    /// <summary>Protocols live as long as the process, rule sets do not.</summary>
    private static readonly IAppProtocol[] Protocols = [new TestProtocol(), new TestProtocol("dns")];

    public static RuleSet Load(params string[] rules) =>
        new RuleSetBuilder(null, Protocols).AddText("test.rules", string.Join('\n', rules)).Build();

    /// <summary>Why a rule is refused.</summary>
    public static string Refusal(string rule) => Assert.Single(Load(rule).Failed).Reason;

    public static Flow NewFlow(long id) => new()
    {
        Slot = 0,
        Id = id,
        Client = IpAddress.Parse("192.168.1.10"),
        Server = IpAddress.Parse("203.0.113.5"),
        ClientPort = 40000,
        ServerPort = 80,
        IpProtocol = 17,
        IpVersion = 4,
        State = Sensor.Flows.FlowState.Established,
    };

    public void Dispose() => _engine.Dispose();

    public void Swap(params string[] rules) => _engine.Swap(Rules = Load(rules), null);

    public void StartFlow(long id)
    {
        Flow = NewFlow(id);
        Parser.Transactions.Clear();
    }

    public void Wait(int seconds) => _now += TimeSpan.FromSeconds(seconds);

    public long[] Packet(string payload, Direction direction = Direction.ToServer) => Packet(Encoding.Latin1.GetBytes(payload), direction);

    public delegate void Shape(scoped ref PacketView packet);

    public long[] Packet(byte[] payload, Direction direction = Direction.ToServer, Shape? shape = null, bool hasFlow = true)
    {
        PacketView packet = View(payload, direction);
        shape?.Invoke(ref packet);
        return Inspect(ref packet, direction, StreamVerdict.None, hasFlow);
    }

    public PacketView View(byte[] payload, Direction direction)
    {
        bool toServer = direction == Direction.ToServer;
        PacketView packet = default;
        packet.Raw = new RawPacket(payload, payload.Length, _now, LinkType.Ethernet, 1);
        packet.Payload = payload;
        packet.IpVersion = 4;
        packet.IpProtocol = Flow.IpProtocol;
        packet.HasTransport = true;
        packet.Source = toServer ? Flow.Client : Flow.Server;
        packet.Destination = toServer ? Flow.Server : Flow.Client;
        packet.SourcePort = toServer ? Flow.ClientPort : Flow.ServerPort;
        packet.DestinationPort = toServer ? Flow.ServerPort : Flow.ClientPort;
        return packet;
    }

    public long[] Inspect(scoped ref PacketView packet, Direction direction, StreamVerdict stream, bool hasFlow = true)
    {
        _reported.Clear();
        Verdict = _engine.Inspect(hasFlow ? Flow : null, ref packet, direction, stream, default, this);
        return [.. _reported];
    }

    public long[] End()
    {
        _reported.Clear();
        PacketView packet = View([], Direction.ToServer);
        _engine.InspectEnd(Flow, ref packet, this);
        return [.. _reported];
    }

    public TestTransaction Open()
    {
        Flow.Application = Session;
        TestTransaction transaction = new() { Id = Parser.NextTransactionId++ };
        Parser.Transactions.Add(transaction);
        return transaction;
    }

    /// <summary>The transaction moved on in a direction; a packet of that direction arrives.</summary>
    public long[] Move(TestTransaction transaction, int progress, Direction direction = Direction.ToServer)
    {
        if (direction == Direction.ToServer) transaction.RequestProgress = progress;
        else transaction.ResponseProgress = progress;
        return Touch(direction);
    }

    /// <summary>A packet whose bytes reached the parser.</summary>
    public long[] Touch(Direction direction = Direction.ToServer)
    {
        if (direction == Direction.ToServer) Session.ChangedToServer = true;
        else Session.ChangedToClient = true;
        return Packet([], direction);
    }

    public void Report(scoped in RuleMatch match, Flow? flow, scoped ref PacketView packet)
    {
        _reported.Add(match.Rule.Sid);
        Details.Add($"{match.Rule.Sid} {match.Verdict} {(match.OnStream ? "stream" : "packet")} tx {match.Transaction?.Id.ToString() ?? "none"}");
    }
}
