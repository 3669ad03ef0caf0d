using System.Buffers.Binary;
using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Krb5;

/// <summary>Kerberos 5 (RFC 4120) between clients and the key distribution centre.</summary>
public sealed class Krb5Protocol : IAppProtocol
{
    /// <summary>Progress of a side that has its message.</summary>
    public const int Complete = 1;

    private static readonly string[] s_progressNames = ["started", "complete"];

    private delegate Krb5Text Pick(Krb5Transaction message);

    public string Name => "krb5";

    public Transports Transports => Transports.Tcp | Transports.Udp;

    public IReadOnlyList<int> UsualPorts { get; } = [88];

    public int ProbeDepth => 20;

    public IReadOnlyList<BufferDefinition> Buffers { get; } =
    [
        Names("krb5.cname", static message => message.ClientName, "name of the client, parts joined by slashes"),
        Names("krb5.sname", static message => message.ServiceName, "name of the service, parts joined by slashes"),
    ];

    public IReadOnlyList<string> Events => Krb5Events.Names;

    public int RequestComplete => Complete;

    public int ResponseComplete => Complete;

    public IReadOnlyList<string> RequestProgressNames => s_progressNames;

    public IReadOnlyList<string> ResponseProgressNames => s_progressNames;

    public bool LogsTransactions => true;

    public string RecordType => Name;

    /// <summary>A message, bare or behind its length: an application tag, a sequence in it, and the version 5 as its first or second element.</summary>
    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction)
    {
        if (start.Length < 5) return ParseStatus.NeedMore;
        if (Krb5Reader.TypeOf(start[0]) is var bare and not 0) return ProbeMessage(start, bare, direction);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(start);
        if (length is < 10 or > Krb5Limits.Message || Krb5Reader.TypeOf(start[4]) is not (var type and not 0)) return ParseStatus.Malformed;
        return ProbeMessage(start[4..], type, direction);
    }

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var pool = new Krb5Pool();
        int mostOpen = ProtocolSettings.MaximumTransactions(options, Name);
        return () => new Krb5Parser(pool, mostOpen);
    }

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) => Krb5Record.Write(writer, (Krb5Transaction)transaction);

    private static ParseStatus ProbeMessage(ReadOnlySpan<byte> message, int type, Direction direction)
    {
        if (message.Length < 16) return ParseStatus.NeedMore;
        int at = 1 + LengthBytes(message[1]);
        if (at >= message.Length || message[at] != 0x30) return ParseStatus.Malformed;
        at += 1 + LengthBytes(message[at + 1]);
        if (at + 5 > message.Length) return ParseStatus.Malformed;
        bool hasVersion = (message[at] is 0xa0 or 0xa1) && message[at + 1] == 3 && message[at + 2] == 2 && message[at + 3] == 1 && message[at + 4] == 5;
        return hasVersion && Krb5Type.IsRequest(type) == (direction == Direction.ToServer) ? ParseStatus.Done : ParseStatus.Malformed;
    }

    private static int LengthBytes(byte first) => first < 0x80 ? 1 : 1 + Math.Min(first & 0x7f, 4);

    private static BufferDefinition Names(string name, Pick pick, string description) =>
        new(name, null, Complete, Complete, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = default;
            var message = (Krb5Transaction)transaction;
            Krb5Text text = pick(message);
            if (index > 0 || text.Length < 0 || message.Travel != direction) return false;
            view.Bytes = message.Bytes(text);
            view.IsFinal = true;
            return true;
        })
        { IsMultiple = true, Description = description };
}
