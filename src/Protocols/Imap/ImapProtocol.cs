using System.Text;
using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Imap;

/// <summary>The internet message access protocol (RFC 9051): named, and followed to STARTTLS.</summary>
public sealed class ImapProtocol : IAppProtocol
{
    private const long MostBytes = 16L * 1024 * 1024;

    public string Name => "imap";

    public Transports Transports => Transports.Tcp;

    public IReadOnlyList<int> UsualPorts { get; } = [143];

    public int ProbeDepth => 64;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => direction == Direction.ToServer ? Client(start) : Server(start);

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var slab = new ByteSlab(MostBytes);
        return () => new ImapParser(slab);
    }

    public IReadOnlyList<BufferDefinition> Buffers { get; } = [];

    public IReadOnlyList<string> Events { get; } = [];

    public int RequestComplete => 1;

    public int ResponseComplete => 1;

    public IReadOnlyList<string> RequestProgressNames { get; } = ["request_started", "request_complete"];

    public IReadOnlyList<string> ResponseProgressNames { get; } = ["response_started", "response_complete"];

    public bool LogsTransactions => false;

    public string RecordType => "imap";

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) => false;

    private static ParseStatus Server(ReadOnlySpan<byte> start)
    {
        if (start.Length < 5) return "* OK "u8.StartsWith(start) ? ParseStatus.NeedMore : ParseStatus.Malformed;
        return start.StartsWith("* OK "u8) || start.StartsWith("* PRE"u8) || start.StartsWith("* BYE"u8) ? ParseStatus.Done : ParseStatus.Malformed;
    }

    /// <summary>A tag of a few letters and digits, and CAPABILITY.</summary>
    private static ParseStatus Client(ReadOnlySpan<byte> start)
    {
        int space = start.IndexOf((byte)' ');
        ReadOnlySpan<byte> tag = space < 0 ? start : start[..space];
        foreach (byte one in tag)
        {
            if (!char.IsAsciiLetterOrDigit((char)one) && one != '.') return ParseStatus.Malformed;
        }

        if (tag.Length > 16 || space == 0) return ParseStatus.Malformed;
        if (space < 0) return ParseStatus.NeedMore;
        ReadOnlySpan<byte> word = start[(space + 1)..];
        int compared = Math.Min(word.Length, 10);
        if (!Ascii.EqualsIgnoreCase(word[..compared], "CAPABILITY"u8[..compared])) return ParseStatus.Malformed;
        return compared == 10 ? ParseStatus.Done : ParseStatus.NeedMore;
    }
}

/// <summary>Reads tags and words, and waits for the answer to STARTTLS (RFC 9051 section 6.2.1).</summary>
internal sealed class ImapParser(ByteSlab slab) : AppParser
{
    /// <summary>Bytes of a line that matter: a tag, a word.</summary>
    private const int LongestLine = 128;

    private const int LongestTag = 32;

    private readonly LineReader _client = new(slab, LongestLine), _server = new(slab, LongestLine);
    private readonly byte[] _tag = new byte[LongestTag];
    private int _tagLength;

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        int at = 0;
        bool isClient = context.Direction == Direction.ToServer;
        LineReader lines = isClient ? _client : _server;
        while (at < data.Length && HandOverTo is null && lines.TryRead(data, ref at, out ReadOnlySpan<byte> line))
        {
            if (isClient) Command(line);
            else Answer(line);
        }

        return ParseResult.All(at);
    }

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        (context.Direction == Direction.ToServer ? _client : _server).Forget(skipLine: true);
        return ParseStatus.Done;
    }

    public override void Release(Transaction transaction) { }

    public override void Reset()
    {
        base.Reset();
        _client.Release();
        _server.Release();
        _tagLength = 0;
    }

    private void Command(ReadOnlySpan<byte> line)
    {
        int space = line.IndexOf((byte)' ');
        if (space is <= 0 or > LongestTag || !Ascii.EqualsIgnoreCase(line[(space + 1)..].TrimEnd((byte)' '), "STARTTLS"u8)) return;
        line[..space].CopyTo(_tag);
        _tagLength = space;
    }

    private void Answer(ReadOnlySpan<byte> line)
    {
        if (_tagLength == 0 || !line.StartsWith(_tag.AsSpan(0, _tagLength)) || line.Length < _tagLength + 3 || line[_tagLength] != ' ') return;
        if (TextProbe.Begins(line[(_tagLength + 1)..], "OK"u8)) HandOverTo = "tls";
        _tagLength = 0;
    }
}
