using System.Text;
using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Tests.Protocols;

/// <summary>A protocol for tests: begins with a word of its own and then exchanges lines. Remembers what it was fed.</summary>
internal sealed class EchoProtocol(string name, string clientWord, string serverWord, params int[] ports) : IAppProtocol
{
    public string Name => name;

    public Transports Transports => Transports.Tcp | Transports.Udp;

    public IReadOnlyList<int> UsualPorts => ports;

    public int ProbeDepth => 16;

    public Direction? FirstSpeaker { get; init; }

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction)
    {
        ReadOnlySpan<byte> word = Encoding.ASCII.GetBytes(direction == Direction.ToServer ? clientWord : serverWord);
        return start.StartsWith(word) ? ParseStatus.Done : word.StartsWith(start) ? ParseStatus.NeedMore : ParseStatus.Malformed;
    }

    public AppParser CreateParser(ProtocolOptions options) => new EchoParser();

    public IReadOnlyList<BufferDefinition> Buffers => [];

    public IReadOnlyList<string> Events => [];

    public int RequestComplete => 1;

    public int ResponseComplete => 1;

    public IReadOnlyList<string> RequestProgressNames => ["started", "complete"];

    public IReadOnlyList<string> ResponseProgressNames => ["started", "complete"];

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) => false;

    public bool LogsTransactions => true;

    public string RecordType => name;
}

internal sealed class EchoTransaction : Transaction;

/// <summary>Takes whole lines only. "switch\n" from the server hands over; "bad\n" is malformed; each client line opens a transaction, each server line completes the oldest.</summary>
internal sealed class EchoParser : AppParser
{
    public List<string> Log { get; } = [];

    public int Calls { get; private set; }

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        Calls++;
        int consumed = 0;
        for (int end = data.IndexOf((byte)'\n'); end >= 0; end = data[consumed..].IndexOf((byte)'\n'))
        {
            string line = Encoding.ASCII.GetString(data.Slice(consumed, end));
            consumed += end + 1;
            Log.Add((context.Direction == Direction.ToServer ? "> " : "< ") + line);
            if (line == "bad") return ParseResult.Broken;
            if (context.Direction == Direction.ToServer) Transactions.Add(new EchoTransaction { Id = NextTransactionId++, RequestProgress = 1 });
            else if (Transactions.Find(one => one.ResponseProgress == 0) is { } open) open.ResponseProgress = 1;
            if (line.StartsWith("switch", StringComparison.Ordinal))
            {
                HandOverTo = line.Length > 7 ? line[7..] : DetectAgain;
                return ParseResult.All(consumed);
            }
        }

        return ParseResult.Wait(consumed);
    }

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        Log.Add((context.Direction == Direction.ToServer ? "> " : "< ") + "gap " + length);
        return ParseStatus.Done;
    }

    public override void End(in ParseContext context) => Log.Add(context.Direction == Direction.ToServer ? "> end" : "< end");

    public override void Release(Transaction transaction) { }

    public override void Reset()
    {
        base.Reset();
        Log.Clear();
        Calls = 0;
    }
}

/// <summary>A direction whose bytes, holes and end the test writes down.</summary>
internal sealed class ScriptedSource : StreamSource
{
    private readonly List<(byte[] Bytes, long Gap)> _pieces = [];
    private bool _ended;
    private byte[] _joined = [];

    public override long ParsedTo { get; set; }

    public override bool ParsingDone { get; set; }

    public override long ReadableTo => _pieces.Sum(piece => piece.Bytes.Length + piece.Gap);

    public override bool Ended => _ended;

    public void Say(string text) => _pieces.Add((Encoding.ASCII.GetBytes(text), 0));

    public void Miss(long length) => _pieces.Add(([], length));

    public void End() => _ended = true;

    public override ReadOnlySpan<byte> Read(long offset)
    {
        var bytes = new List<byte>();
        long at = 0;
        foreach ((byte[] piece, long gap) in _pieces)
        {
            if (gap > 0 && at + gap > offset) break;
            if (at + piece.Length > offset) bytes.AddRange(piece[(int)Math.Max(0, offset - at)..]);
            at += piece.Length + gap;
        }

        _joined = [.. bytes];
        return _joined;
    }

    public override long GapAt(long offset)
    {
        long at = 0;
        foreach ((byte[] piece, long gap) in _pieces)
        {
            if (gap > 0 && at <= offset && offset < at + gap) return at + gap - offset;
            at += piece.Length + gap;
        }

        return 0;
    }
}
