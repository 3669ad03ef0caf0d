using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Tests.Detection;

/// <summary>A protocol made of buffers that a test fills by hand; its buffers are called as HTTP's where rules need those names.</summary>
internal sealed class TestProtocol(string name = "http") : IAppProtocol
{
    public string Name { get; } = name;

    public Transports Transports => Transports.Tcp | Transports.Udp;

    public IReadOnlyList<int> UsualPorts => [];

    public int ProbeDepth => 1;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => ParseStatus.Done;

    public AppParser CreateParser(ProtocolOptions options) => new TestParser();

    /// <summary>Progress 1: head is there; 2: complete.</summary>
    public IReadOnlyList<BufferDefinition> Buffers { get; } =
    [
        Single("http.method", Direction.ToServer, 1),
        Single("http.uri", Direction.ToServer, 1),
        Single("http.uri.raw", Direction.ToServer, 1),
        Single("http.host", Direction.ToServer, 1),
        Single("http.user_agent", Direction.ToServer, 1),
        Single("http.cookie", null, 1),
        Single("http.header", null, 1),
        Single("http.header.raw", null, 1),
        Single("http.stat_code", Direction.ToClient, 1),
        Single("http.stat_msg", Direction.ToClient, 1),
        Single("http.host.raw", Direction.ToServer, 1),
        Growing("http.request_body", Direction.ToServer),
        Growing("http.response_body", Direction.ToClient),
        Growing("file.data", null),
        Single("test.multi", Direction.ToServer, 1) with { IsMultiple = true },
    ];

    public IReadOnlyList<string> Events => ["odd_thing", "odder_thing"];

    public int RequestComplete => 2;

    public int ResponseComplete => 2;

    public IReadOnlyList<string> RequestProgressNames => ["request_started", "request_head", "request_complete"];

    public IReadOnlyList<string> ResponseProgressNames => ["response_started", "response_head", "response_complete"];

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) => false;

    public bool LogsTransactions => false;

    public string RecordType => Name;

    private static BufferDefinition Single(string name, Direction? side, int progress) => new(name, side, progress, progress, Reader(name, isStreaming: false));

    private static BufferDefinition Growing(string name, Direction? side) => new(name, side, 1, 1, Reader(name, isStreaming: true)) { IsStreaming = true };

    private static BufferReader Reader(string name, bool isStreaming) => (Transaction transaction, Direction direction, int index, out BufferView view) =>
    {
        view = default;
        if (!((TestTransaction)transaction).Buffers.TryGetValue((name, direction), out List<byte[]>? instances) || index >= instances.Count) return false;
        view.Bytes = instances[index];
        view.IsFinal = !isStreaming || transaction.Progress(direction) >= 2;
        return true;
    };
}

internal sealed class TestParser : AppParser
{
    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context) => ParseResult.All(data.Length);

    public override void Release(Transaction transaction) { }
}

internal sealed class TestTransaction : Transaction
{
    public Dictionary<(string, Direction), List<byte[]>> Buffers { get; } = [];

    public TestTransaction Set(string name, string text, Direction direction = Direction.ToServer)
    {
        Buffers[(name, direction)] = [System.Text.Encoding.Latin1.GetBytes(text)];
        return this;
    }

    public TestTransaction Add(string name, string text, Direction direction = Direction.ToServer)
    {
        if (!Buffers.TryGetValue((name, direction), out List<byte[]>? instances)) Buffers[(name, direction)] = instances = [];
        instances.Add(System.Text.Encoding.Latin1.GetBytes(text));
        return this;
    }
}
