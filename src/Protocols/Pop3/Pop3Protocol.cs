using System.Text;
using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Pop3;

/// <summary>Rules name them <c>app-layer-event:pop3.…</c>.</summary>
public enum Pop3Event : byte { TooManyTransactions }

/// <summary>The post office protocol, version 3 (RFC 1939).</summary>
public sealed class Pop3Protocol : IAppProtocol
{
    private static readonly byte[][] FirstCommands = [[.. "CAPA\r\n"u8], [.. "STLS\r\n"u8], [.. "APOP "u8], [.. "USER "u8]];

    public string Name => "pop3";

    public Transports Transports => Transports.Tcp;

    public IReadOnlyList<int> UsualPorts { get; } = [110];

    public int ProbeDepth => 6;

    /// <summary>Its servers greet with "+OK", as no others do; clients begin with words of which USER means FTP too, which is asked first where the port does not tell.</summary>
    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction)
    {
        if (direction == Direction.ToServer)
        {
            foreach (byte[] command in FirstCommands)
            {
                int compared = Math.Min(start.Length, command.Length);
                if (Ascii.EqualsIgnoreCase(start[..compared], command.AsSpan(0, compared))) return compared == command.Length ? ParseStatus.Done : ParseStatus.NeedMore;
            }

            return ParseStatus.Malformed;
        }

        if (start.Length < 4) return "+OK"u8[..Math.Min(3, start.Length)].SequenceEqual(start) ? ParseStatus.NeedMore : ParseStatus.Malformed;
        return start.StartsWith("+OK"u8) && start[3] is (byte)' ' or (byte)'\r' or (byte)'\n' ? ParseStatus.Done : ParseStatus.Malformed;
    }

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var pool = new Pop3Pool(options);
        return () => new Pop3Parser(pool);
    }

    public IReadOnlyList<BufferDefinition> Buffers { get; } = [];

    public IReadOnlyList<string> Events { get; } = ["too_many_transactions"];

    public int RequestComplete => 1;

    public int ResponseComplete => 1;

    public IReadOnlyList<string> RequestProgressNames { get; } = ["request_started", "request_complete"];

    public IReadOnlyList<string> ResponseProgressNames { get; } = ["response_started", "response_complete"];

    public bool LogsTransactions => true;

    public string RecordType => "pop3";

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow)
    {
        var one = (Pop3Transaction)transaction;
        writer.WriteStartObject("pop3"u8);
        writer.WriteStartObject("request"u8);
        RecordText.Write(writer, "command"u8, one.Text[one.Command]);
        Texts(writer, "args"u8, one.Arguments);
        writer.WriteEndObject();
        if (one.IsAnswered)
        {
            writer.WriteStartObject("response"u8);
            writer.WriteBoolean("success"u8, one.IsSuccess);
            writer.WriteString("status"u8, one.IsSuccess ? "OK"u8 : "ERR"u8);
            RecordText.Write(writer, "header"u8, one.Text[one.Header]);
            Texts(writer, "data"u8, one.Lines);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        return true;
    }

    private static void Texts(Utf8JsonWriter writer, ReadOnlySpan<byte> name, TextList all)
    {
        writer.WriteStartArray(name);
        for (int i = 0; i < all.Count; i++) RecordText.WriteValue(writer, all[i]);
        writer.WriteEndArray();
    }
}
