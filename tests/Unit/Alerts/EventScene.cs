using System.Text;
using System.Text.Json;
using Sensor.Alerts;
using Sensor.Alerts.Eve;
using Sensor.Decode;
using Sensor.Detection;
using Sensor.Detection.RuleLanguage;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Tests.Support.Traffic;

namespace Sensor.Tests.Alerts;

/// <summary>Frames through the real decoder and flow table to an event writer, and its records back as parsed JSON.</summary>
internal sealed class EventScene : IFlowEndHandler, IDisposable
{
    public static readonly Host Client = new("192.168.1.10", 0x0200_0000_0001);
    public static readonly Host Server = new("203.0.113.5", 0x0200_0000_0002);
    public static readonly Host Client6 = new("fd00::10", 0x0200_0000_0001);
    public static readonly Host Server6 = new("2001:db8::5", 0x0200_0000_0002);

    public const long StartSeconds = 1_700_000_000;

    private readonly PacketDecoder _decoder = new();
    private ulong _number;

    public EventScene(EventWriterOptions? options = null, EventQueueOptions? queue = null)
    {
        Queue = new EventQueue(queue ?? new EventQueueOptions { Bytes = 1 << 20 });
        Writer = new EventWriter(options ?? new EventWriterOptions { PacketNumbers = true, Ethernet = true }, Queue);
        Flows = new FlowTable(new FlowOptions { MaximumFlows = 1024, Seed = 1 }, this);
    }

    public EventQueue Queue { get; }

    public EventWriter Writer { get; }

    public FlowTable Flows { get; }

    public TestProtocol Protocol { get; } = new();

    /// <summary>The details of the last record read.</summary>
    public byte[] LastDetails { get; private set; } = [];

    public delegate void PacketAction(Flow? flow, ref PacketView packet, Direction direction);

    public static Rule SampleRule { get; } = new()
    {
        Sid = 9_000_001,
        Revision = 3,
        Message = Encoding.UTF8.GetBytes("TEST \"C2\" 試験"),
        ClassType = "command-and-control",
        Category = "Malware Command and Control Activity Detected",
        Priority = 1,
        Metadata = [("threat_class", ["c2"]), ("confidence", ["High"]), ("created_at", ["2026_01_01", "2026_01_02"])],
        References = ["https://example.org/a"],
        Source = "alert tcp any any -> any any (sid:9000001;)",
    };

    public Flow? Frame(byte[] frame, PacketAction? act = null, LinkType link = LinkType.Ethernet)
    {
        var raw = new RawPacket(frame, frame.Length, PacketTime.FromUnix(StartSeconds, (long)(++_number) * 1_000_000), link, _number);
        _decoder.TryDecode(raw, out PacketView packet);
        Flow? flow = Flows.FindOrAdd(ref packet, out Direction direction);
        act?.Invoke(flow, ref packet, direction);
        while (_decoder.TryDecodeInner(packet, out PacketView inner))
        {
            Writer.EnterTunnel(packet);
            packet = inner;
            flow = Flows.FindOrAdd(ref packet, out direction);
            act?.Invoke(flow, ref packet, direction);
        }

        return flow;
    }

    public Flow Connect(string answer = "")
    {
        Frame(FrameBuilder.Tcp(Client, 50000, Server, 80, 1, 0, FrameBuilder.Syn));
        Frame(FrameBuilder.Tcp(Server, 80, Client, 50000, 1, 2, FrameBuilder.Syn | FrameBuilder.Ack));
        Flow flow = Frame(FrameBuilder.Tcp(Client, 50000, Server, 80, 2, 2, FrameBuilder.Ack))!;
        if (answer.Length > 0) Frame(FrameBuilder.Tcp(Server, 80, Client, 50000, 2, 2, FrameBuilder.Ack | FrameBuilder.Psh, Encoding.ASCII.GetBytes(answer)));
        return flow;
    }

    public TestTransaction Speak(Flow flow, string host = "site.example", string url = "/index.html")
    {
        var session = flow.Application as AppSession ?? new AppSession { Protocol = Protocol, Parser = new TestParser() };
        flow.Application = session;
        var transaction = new TestTransaction
        {
            Id = session.Parser!.Transactions.Count,
            Host = Encoding.Latin1.GetBytes(host),
            Url = Encoding.Latin1.GetBytes(url),
            RequestProgress = 2,
            ResponseProgress = 2,
        };
        session.Parser.Transactions.Add(transaction);
        return transaction;
    }

    public void FlowEnded(Flow flow)
    {
        Writer.WriteFlow(flow, flow.LastSeen);
        Writer.Release(flow);
        flow.Application = null;
    }

    public List<(EventHeader Header, JsonElement Json)> Records()
    {
        var records = new List<(EventHeader, JsonElement)>();
        byte[] buffer = new byte[16];
        while (Queue.TryRead(out EventHeader header, ref buffer))
        {
            records.Add((header, JsonDocument.Parse(buffer.AsMemory(0, header.JsonLength)).RootElement.Clone()));
            LastDetails = buffer[header.JsonLength..header.TotalLength];
        }

        return records;
    }

    public void Dispose()
    {
        Writer.Dispose();
        Queue.Dispose();
    }
}
