using System.Buffers.Binary;
using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols.Fields;
using Sensor.Protocols.Http;

namespace Sensor.Protocols.Http2;

/// <summary>HTTP/2 in clear (RFC 9113): with prior knowledge, or after an upgrade of HTTP/1.</summary>
public sealed class Http2Protocol : IAppProtocol
{
    private static readonly string[] s_requestNames = ["request_started", "request_headers", "request_complete"];
    private static readonly string[] s_responseNames = ["response_started", "response_headers", "response_complete"];

    internal static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    public string Name => "http2";

    public Transports Transports => Transports.Tcp;

    public IReadOnlyList<int> UsualPorts { get; } = [80, 8080, 443];

    public int ProbeDepth => 24;

    public IReadOnlyList<BufferDefinition> Buffers => Http2Buffers.All;

    public IReadOnlyList<string> Events => Http2Events.Names;

    public int RequestComplete => Http2Progress.Complete;

    public int ResponseComplete => Http2Progress.Complete;

    public IReadOnlyList<string> RequestProgressNames => s_requestNames;

    public IReadOnlyList<string> ResponseProgressNames => s_responseNames;

    public bool LogsTransactions => true;

    public string RecordType => "http";

    /// <summary>A client begins with the preface (RFC 9113 section 3.4), a server with SETTINGS.</summary>
    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction)
    {
        if (direction == Direction.ToServer)
        {
            if (start.StartsWith(Preface)) return ParseStatus.Done;
            return Preface.StartsWith(start) ? ParseStatus.NeedMore : ParseStatus.Malformed;
        }

        if (start.Length < FrameHeader.Length) return start.IsEmpty || start[0] == 0 ? ParseStatus.NeedMore : ParseStatus.Malformed;
        var header = new FrameHeader(start);
        return header is { Type: FrameType.Settings, Stream: 0, Flags: <= 1, Size: <= 255 } && header.Size % 6 == 0 ? ParseStatus.Done : ParseStatus.Malformed;
    }

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        HttpOptions http = HttpOptions.From(options);
        var memory = new HttpMemory(http);
        var pool = new TransactionPool<Http2Transaction>(slab => new Http2Transaction(slab, memory));
        byte[] scratch = new byte[2 * HeaderReader.LongestString];
        int mostOpen = (int)Math.Clamp(options.Number("app-layer.protocols.http2.max-streams", Http2Limits.Streams), 1, Http2Limits.Streams);
        return () => new Http2Parser(pool, memory, scratch, mostOpen);
    }

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) => Http2Record.Write(writer, (Http2Transaction)transaction);
}

/// <summary>Types of frames (RFC 9113 section 6).</summary>
public enum FrameType : byte { Data, Headers, Priority, ResetStream, Settings, PushPromise, Ping, GoAway, WindowUpdate, Continuation }

/// <summary>The nine bytes before each frame (RFC 9113 section 4.1).</summary>
internal readonly struct FrameHeader(ReadOnlySpan<byte> bytes)
{
    public const int Length = 9;

    public readonly int Size = (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
    public readonly FrameType Type = (FrameType)bytes[3];
    public readonly byte Flags = bytes[4];
    public readonly uint Stream = BinaryPrimitives.ReadUInt32BigEndian(bytes[5..]) & 0x7fffffff;
}
