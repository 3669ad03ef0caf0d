using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Tests.Alerts;

internal sealed class TestTransaction : Transaction
{
    public byte[] Host = [];
    public byte[] Url = [];
    public byte[] Body = [];
}

internal sealed class TestParser : AppParser
{
    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context) => ParseResult.All(data.Length);

    public override void Release(Transaction transaction) => transaction.Reset();
}

/// <summary>A protocol small enough to see through: one host, one URL, a body that no record shows.</summary>
internal sealed class TestProtocol(string name = "http") : IAppProtocol
{
    public string Name => name;

    public Transports Transports => Transports.Tcp;

    public IReadOnlyList<int> UsualPorts => [];

    public int ProbeDepth => 1;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => ParseStatus.Malformed;

    public AppParser CreateParser(ProtocolOptions options) => new TestParser();

    public IReadOnlyList<BufferDefinition> Buffers { get; } =
    [
        new("http.host", Direction.ToServer, 1, 0, Read(transaction => transaction.Host)),
        new("http.uri", Direction.ToServer, 1, 0, Read(transaction => transaction.Url)),
        new("file.data", null, 1, 0, Read(transaction => transaction.Body)),
    ];

    public IReadOnlyList<string> Events { get; } = ["request_line_missing_protocol", "unable_to_match_response_to_request"];

    public int RequestComplete => 2;

    public int ResponseComplete => 2;

    public IReadOnlyList<string> RequestProgressNames { get; } = ["start", "headers", "complete"];

    public IReadOnlyList<string> ResponseProgressNames { get; } = ["start", "headers", "complete"];

    public bool LogsTransactions => true;

    public string RecordType => name;

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow)
    {
        var http = (TestTransaction)transaction;
        writer.WriteStartObject("http"u8);
        RecordText.Write(writer, "hostname"u8, http.Host);
        RecordText.Write(writer, "url"u8, http.Url);
        writer.WriteEndObject();
        return true;
    }

    private static BufferReader Read(Func<TestTransaction, byte[]> field) => (Transaction transaction, Direction direction, int index, out BufferView view) =>
    {
        view = new BufferView { Bytes = field((TestTransaction)transaction), IsFinal = true };
        return index == 0;
    };
}
