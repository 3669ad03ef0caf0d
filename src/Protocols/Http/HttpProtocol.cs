using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>HTTP/0.9 to 1.1 (RFC 9110, RFC 9112), read as leniently as clients read it.</summary>
public sealed class HttpProtocol : IAppProtocol
{
    private static readonly string[] RequestNames = ["request_started", "request_line", "request_headers", "request_body", "request_trailer", "request_complete"];
    private static readonly string[] ResponseNames = ["response_started", "response_line", "response_headers", "response_body", "response_trailer", "response_complete"];

    public string Name => "http";

    public Transports Transports => Transports.Tcp;

    public IReadOnlyList<int> UsualPorts { get; } = [80, 8080, 8000, 8008, 8081, 8888, 3128];

    /// <summary>A request line that names no known method has to show its protocol within this.</summary>
    public int ProbeDepth => 2048;

    public Direction? FirstSpeaker => Direction.ToServer;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) =>
        direction == Direction.ToServer ? HttpProbe.Request(start) : HttpProbe.Response(start);

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public double ShareOfFlows => 1.0 / 4;

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var memory = new HttpMemory(HttpOptions.From(options), options.Expected(ShareOfFlows));
        return () => new HttpParser(memory);
    }

    public IReadOnlyList<BufferDefinition> Buffers => HttpBuffers.All;

    public IReadOnlyList<string> Events => HttpEventNames.All;

    public int RequestComplete => HttpProgress.Complete;

    public int ResponseComplete => HttpProgress.Complete;

    public IReadOnlyList<string> RequestProgressNames => RequestNames;

    public IReadOnlyList<string> ResponseProgressNames => ResponseNames;

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) => HttpRecord.Write(writer, (HttpTransaction)transaction);

    public bool LogsTransactions => true;

    public string RecordType => "http";
}
