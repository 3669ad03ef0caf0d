using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Rdp;

/// <summary>The remote desktop protocol's connection sequence ([MS-RDPBCGR]).</summary>
public sealed class RdpProtocol : IAppProtocol
{
    public string Name => "rdp";

    public Transports Transports => Transports.Tcp;

    public IReadOnlyList<int> UsualPorts { get; } = [3389];

    public int ProbeDepth => 11;

    /// <summary>An ISO transport packet (RFC 1006) with an X.224 request to connect, or its confirmation, of class 0.</summary>
    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction)
    {
        if (start.IsEmpty) return ParseStatus.NeedMore;
        if (start[0] != 3 || (start.Length > 1 && start[1] != 0)) return ParseStatus.Malformed;
        if (start.Length < 11) return ParseStatus.NeedMore;
        int length = (start[2] << 8) | start[3];
        bool fits = length >= 11 && start[4] + 5 == length && start[10] == 0;
        return fits && start[5] == (direction == Direction.ToServer ? 0xe0 : 0xd0) ? ParseStatus.Done : ParseStatus.Malformed;
    }

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var pool = new RdpPool();
        return () => new RdpParser(pool);
    }

    public IReadOnlyList<BufferDefinition> Buffers { get; } = [];

    public IReadOnlyList<string> Events { get; } = [];

    public int RequestComplete => 1;

    public int ResponseComplete => 1;

    public IReadOnlyList<string> RequestProgressNames { get; } = ["request_started", "request_complete"];

    public IReadOnlyList<string> ResponseProgressNames { get; } = ["response_started", "response_complete"];

    public bool LogsTransactions => true;

    public string RecordType => "rdp";

    /// <summary>User guide, "EVE JSON format", event type RDP.</summary>
    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow)
    {
        var one = (RdpTransaction)transaction;
        writer.WriteStartObject("rdp"u8);
        writer.WriteNumber("tx_id"u8, one.Id);
        writer.WriteString("event_type"u8, one.Message switch
        {
            RdpMessage.InitialRequest => "initial_request"u8,
            RdpMessage.InitialResponse => "initial_response"u8,
            RdpMessage.ConnectRequest => "connect_request"u8,
            _ => "connect_response"u8,
        });
        if (!one.Cookie.IsEmpty) RecordText.Write(writer, "cookie"u8, one.Text[one.Cookie]);
        if (!one.Core.IsEmpty) new RdpCore(one.Text[one.Core]).Write(writer);
        if (one.Channels.Count > 0)
        {
            writer.WriteStartArray("channels"u8);
            for (int i = 0; i < one.Channels.Count; i++) RecordText.WriteValue(writer, one.Channels[i]);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        return true;
    }
}
