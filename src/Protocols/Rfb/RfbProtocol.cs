using System.Buffers.Binary;
using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Rfb;

/// <summary>The remote framebuffer protocol, known as VNC (RFC 6143).</summary>
public sealed class RfbProtocol : IAppProtocol
{
    public string Name => "rfb";

    public Transports Transports => Transports.Tcp;

    public IReadOnlyList<int> UsualPorts { get; } = [5900, 5901];

    public int ProbeDepth => 12;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction)
    {
        if (start.Length < 12) return start[..Math.Min(4, start.Length)].SequenceEqual("RFB "u8[..Math.Min(4, start.Length)]) ? ParseStatus.NeedMore : ParseStatus.Malformed;
        return LooksLikeVersion(start) ? ParseStatus.Done : ParseStatus.Malformed;
    }

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var pool = new RfbPool();
        return () => new RfbParser(pool);
    }

    public IReadOnlyList<BufferDefinition> Buffers { get; } =
    [
        new("rfb.name", Direction.ToClient, 0, RfbProgress.Complete, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            var one = (RfbTransaction)transaction;
            view = new BufferView { IsFinal = true, Bytes = one.Text[one.Name] };
            return index == 0 && one.HasScreen;
        }),
    ];

    public IReadOnlyList<string> Events { get; } = ["malformed_message", "unimplemented_security_type", "unknown_security_result", "confused_state"];

    public int RequestComplete => RfbProgress.Complete;

    public int ResponseComplete => RfbProgress.Complete;

    public IReadOnlyList<string> RequestProgressNames { get; } = ["request_started", "request_security", "request_authenticated", "request_complete"];

    public IReadOnlyList<string> ResponseProgressNames { get; } = ["response_started", "response_security", "response_authenticated", "response_complete"];

    public bool LogsTransactions => true;

    public string RecordType => "rfb";

    /// <summary>User guide, "EVE JSON format", event type RFB.</summary>
    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow)
    {
        var one = (RfbTransaction)transaction;
        writer.WriteStartObject("rfb"u8);
        Version(writer, "server_protocol_version"u8, one.Text[one.ServerVersion]);
        Version(writer, "client_protocol_version"u8, one.Text[one.ClientVersion]);
        if (one.SecurityType >= 0)
        {
            writer.WriteStartObject("authentication"u8);
            writer.WriteNumber("security_type"u8, one.SecurityType);
            if (!one.Challenge.IsEmpty)
            {
                writer.WriteStartObject("vnc"u8);
                RecordText.WriteHex(writer, "challenge"u8, one.Text[one.Challenge]);
                RecordText.WriteHex(writer, "response"u8, one.Text[one.Response]);
                writer.WriteEndObject();
            }

            if (one.SecurityResult >= 0) writer.WriteString("security_result"u8, one.SecurityResult switch { 0 => "OK"u8, 1 => "FAIL"u8, 2 => "TOOMANY"u8, _ => "UNKNOWN"u8 });
            writer.WriteEndObject();
        }

        if (one.HasShared) writer.WriteBoolean("screen_shared"u8, one.IsShared);
        if (one.HasScreen) Screen(writer, one);
        writer.WriteEndObject();
        return true;
    }

    internal static bool LooksLikeVersion(ReadOnlySpan<byte> line) =>
        line.Length >= 12 && line.StartsWith("RFB "u8) && line[7] == '.' && line[11] == '\n'
        && line.Slice(4, 3).IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 && line.Slice(8, 3).IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    private static void Version(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> version)
    {
        if (version.Length < 7) return;
        writer.WriteStartObject(name);
        RecordText.Write(writer, "major"u8, version[..3]);
        RecordText.Write(writer, "minor"u8, version[4..]);
        writer.WriteEndObject();
    }

    private static void Screen(Utf8JsonWriter writer, RfbTransaction one)
    {
        writer.WriteStartObject("framebuffer"u8);
        writer.WriteNumber("width"u8, one.Width);
        writer.WriteNumber("height"u8, one.Height);
        RecordText.Write(writer, "name"u8, one.Text[one.Name]);
        ReadOnlySpan<byte> format = one.Text[one.PixelFormat];
        if (format.Length == 16)
        {
            writer.WriteStartObject("pixel_format"u8);
            writer.WriteNumber("bits_per_pixel"u8, format[0]);
            writer.WriteNumber("depth"u8, format[1]);
            writer.WriteBoolean("big_endian"u8, format[2] != 0);
            writer.WriteBoolean("true_color"u8, format[3] != 0);
            writer.WriteNumber("red_max"u8, BinaryPrimitives.ReadUInt16BigEndian(format[4..]));
            writer.WriteNumber("green_max"u8, BinaryPrimitives.ReadUInt16BigEndian(format[6..]));
            writer.WriteNumber("blue_max"u8, BinaryPrimitives.ReadUInt16BigEndian(format[8..]));
            writer.WriteNumber("red_shift"u8, format[10]);
            writer.WriteNumber("green_shift"u8, format[11]);
            writer.WriteNumber("blue_shift"u8, format[12]);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
