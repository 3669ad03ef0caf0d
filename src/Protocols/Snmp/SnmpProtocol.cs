using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Snmp;

/// <summary>The simple network management protocol, versions 1, 2c and 3, over UDP.</summary>
public sealed class SnmpProtocol : IAppProtocol
{
    /// <summary>Progress of a side that has its message.</summary>
    public const int Complete = 1;

    private static readonly string[] s_progressNames = ["started", "complete"];

    private delegate SnmpText Pick(SnmpTransaction message);

    public string Name => "snmp";

    public Transports Transports => Transports.Udp;

    public IReadOnlyList<int> UsualPorts { get; } = [161, 162];

    public int ProbeDepth => 16;

    public IReadOnlyList<BufferDefinition> Buffers { get; } =
    [
        Text("snmp.community", static message => message.Community, "community of versions 1 and 2c"),
        Text("snmp.usm", static message => message.User, "user of version 3"),
    ];

    public IReadOnlyList<string> Events => SnmpEvents.Names;

    public int RequestComplete => Complete;

    public int ResponseComplete => Complete;

    public IReadOnlyList<string> RequestProgressNames => s_progressNames;

    public IReadOnlyList<string> ResponseProgressNames => s_progressNames;

    public bool LogsTransactions => true;

    public string RecordType => Name;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => SnmpReader.VersionOf(start) != 0 ? ParseStatus.Done : ParseStatus.Malformed;

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var pool = new SnmpPool();
        int mostOpen = ProtocolSettings.MaximumTransactions(options, Name);
        return () => new SnmpParser(pool, mostOpen);
    }

    /// <summary>User guide, "Event type: SNMP".</summary>
    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow)
    {
        var message = (SnmpTransaction)transaction;
        if (message.Version == 0) return false;
        writer.WriteStartObject("snmp"u8);
        writer.WriteNumber("version"u8, message.Version);
        Write(writer, "community"u8, message, message.Community);
        Write(writer, "usm"u8, message, message.User);
        if (SnmpPdu.Name(message.PduType) is { } kind) writer.WriteString("pdu_type"u8, kind);
        if (SnmpPdu.TrapName(message.TrapType) is { } trap) writer.WriteString("trap_type"u8, trap);
        Write(writer, "trap_oid"u8, message, message.TrapName);
        Write(writer, "trap_address"u8, message, message.TrapAddress);
        WriteVariables(writer, message.Bytes(message.Variables));
        writer.WriteEndObject();
        return true;
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, SnmpTransaction message, SnmpText text)
    {
        if (text.Length >= 0) RecordText.Write(writer, name, message.Bytes(text));
    }

    private static void WriteVariables(Utf8JsonWriter writer, ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty) return;
        writer.WriteStartArray("vars"u8);
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)0);
            RecordText.WriteValue(writer, end < 0 ? rest : rest[..end]);
            rest = end < 0 ? default : rest[(end + 1)..];
        }

        writer.WriteEndArray();
    }

    private static BufferDefinition Text(string name, Pick pick, string description) =>
        new(name, null, Complete, Complete, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = default;
            var message = (SnmpTransaction)transaction;
            SnmpText text = pick(message);
            if (index > 0 || text.Length < 0 || message.Travel != direction) return false;
            view.Bytes = message.Bytes(text);
            view.IsFinal = true;
            return true;
        })
        { Description = description };
}
