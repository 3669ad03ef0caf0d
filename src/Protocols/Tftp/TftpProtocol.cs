using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Tftp;

/// <summary>The trivial file transfer protocol (RFC 1350): its requests. The transfer itself goes between other ports.</summary>
public sealed class TftpProtocol : IAppProtocol
{
    private const long MostBytes = 16L * 1024 * 1024;
    private const int MostTransactions = 16_384;

    private delegate TextRange Pick(TftpTransaction request);

    public string Name => "tftp";

    public Transports Transports => Transports.Udp;

    public IReadOnlyList<int> UsualPorts { get; } = [69];

    public int ProbeDepth => 512;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => TftpRequest.TryRead(start, out _) ? ParseStatus.Done : ParseStatus.Malformed;

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var slab = new ByteSlab(MostBytes);
        var pool = new ObjectSlab<TftpTransaction>(() => new TftpTransaction(slab), 4, MostTransactions);
        return () => new TftpParser(pool);
    }

    public IReadOnlyList<BufferDefinition> Buffers { get; } = [Of("tftp.file", request => request.File), Of("tftp.mode", request => request.Mode)];

    public IReadOnlyList<string> Events { get; } = [];

    public int RequestComplete => 1;

    public int ResponseComplete => 1;

    public IReadOnlyList<string> RequestProgressNames { get; } = ["request_started", "request_complete"];

    public IReadOnlyList<string> ResponseProgressNames { get; } = ["response_started", "response_complete"];

    public bool LogsTransactions => true;

    public string RecordType => "tftp";

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow)
    {
        var request = (TftpTransaction)transaction;
        writer.WriteStartObject("tftp"u8);
        writer.WriteString("packet"u8, request.Opcode == TftpRequest.Read ? "read"u8 : "write"u8);
        RecordText.Write(writer, "file"u8, request.Text[request.File]);
        RecordText.Write(writer, "mode"u8, request.Text[request.Mode]);
        writer.WriteEndObject();
        return true;
    }

    private static BufferDefinition Of(string name, Pick pick) =>
        new(name, Direction.ToServer, 1, 0, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = new BufferView { IsFinal = true };
            var request = (TftpTransaction)transaction;
            view.Bytes = request.Text[pick(request)];
            return index == 0;
        });
}

/// <summary>A request as it lies in its datagram.</summary>
internal readonly ref struct TftpRequest
{
    public const int Read = 1, Write = 2;

    public int Opcode { get; private init; }

    public ReadOnlySpan<byte> File { get; private init; }

    public ReadOnlySpan<byte> Mode { get; private init; }

    /// <summary>Opcode, a name of printable characters, NUL, one of the three modes, NUL (RFC 1350 section 5); options may follow (RFC 2347).</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out TftpRequest request)
    {
        request = default;
        if (datagram.Length < 9) return false;
        int opcode = BinaryPrimitives.ReadUInt16BigEndian(datagram);
        if (opcode is not (Read or Write)) return false;
        ReadOnlySpan<byte> rest = datagram[2..];
        int file = rest.IndexOf((byte)0);
        if (file <= 0 || rest[..file].IndexOfAnyInRange((byte)1, (byte)31) >= 0) return false;
        ReadOnlySpan<byte> mode = rest[(file + 1)..];
        int end = mode.IndexOf((byte)0);
        if (end < 0) return false;
        mode = mode[..end];
        if (!Ascii.EqualsIgnoreCase(mode, "octet"u8) && !Ascii.EqualsIgnoreCase(mode, "netascii"u8) && !Ascii.EqualsIgnoreCase(mode, "mail"u8)) return false;
        request = new TftpRequest { Opcode = opcode, File = rest[..file], Mode = mode };
        return true;
    }
}

/// <summary>A request to read or to write a file.</summary>
public sealed class TftpTransaction : Transaction
{
    private const int TextLimit = 2048;

    internal TftpTransaction(ByteSlab slab) => Text = new TextStore(slab, TextLimit);

    internal TextStore Text { get; }

    internal TextRange File, Mode;

    /// <summary>1 to read, 2 to write.</summary>
    public int Opcode;

    public override void Reset()
    {
        base.Reset();
        Text.Release();
        File = Mode = default;
        Opcode = 0;
    }
}

/// <summary>Each request is a transaction of its own, complete at once.</summary>
internal sealed class TftpParser(ObjectSlab<TftpTransaction> pool) : AppParser
{
    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        if (!TftpRequest.TryRead(data, out TftpRequest request) || !pool.TryTake(out TftpTransaction? one)) return ParseResult.All(data.Length);
        one.Id = NextTransactionId++;
        one.Started = one.LastChanged = context.Time;
        one.Opcode = request.Opcode;
        one.File = one.Text.Keep(request.File);
        one.Mode = one.Text.Keep(request.Mode);
        one.RequestProgress = one.ResponseProgress = 1;
        one.ResponseInspected = true;
        Transactions.Add(one);
        return ParseResult.All(data.Length);
    }

    public override void Release(Transaction transaction)
    {
        transaction.Reset();
        pool.Return((TftpTransaction)transaction);
    }
}
