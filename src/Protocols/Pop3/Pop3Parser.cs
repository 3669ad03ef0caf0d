using System.Text;
using Sensor.Primitives;

namespace Sensor.Protocols.Pop3;

/// <summary>What the POP3 parsers of one worker share.</summary>
internal sealed class Pop3Pool
{
    /// <summary>Bytes of commands and answers of one worker. Beyond it they are described without their text.</summary>
    public const long MostBytes = 32L * 1024 * 1024;

    private const int MostTransactions = 131_072;

    public Pop3Pool(ProtocolOptions options)
    {
        Bytes = new ByteSlab(MostBytes);
        MaximumTransactions = ProtocolSettings.MaximumTransactions(options, "pop3", 256);
        Transactions = new ObjectSlab<Pop3Transaction>(() => new Pop3Transaction(Bytes), 16, MostTransactions);
    }

    public ByteSlab Bytes { get; }

    public int MaximumTransactions { get; }

    public ObjectSlab<Pop3Transaction> Transactions { get; }
}

/// <summary>A mailbox being read (RFC 1939, RFC 2449, RFC 2595): commands, answers of one line or up to a line with a dot.</summary>
internal sealed class Pop3Parser(Pop3Pool pool) : AppParser
{
    /// <summary>Bytes kept of a line; RFC 2449 section 4 allows 255 for commands and 512 for answers.</summary>
    private const int LongestLine = 2048;

    private readonly LineReader _client = new(pool.Bytes, LongestLine), _server = new(pool.Bytes, LongestLine);
    private bool _authenticates, _isLost;

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        int at = 0;
        bool isClient = context.Direction == Direction.ToServer;
        LineReader lines = isClient ? _client : _server;
        while (at < data.Length && !_isLost && HandOverTo is null && lines.TryRead(data, ref at, out ReadOnlySpan<byte> line)) Line(isClient, line, context);
        return ParseResult.All(HandOverTo is null ? data.Length : at);
    }

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        (context.Direction == Direction.ToServer ? _client : _server).Forget(skipLine: true);
        return ParseStatus.Done;
    }

    public override void End(in ParseContext context)
    {
        bool isClient = context.Direction == Direction.ToServer;
        if (!_isLost && HandOverTo is null && (isClient ? _client : _server).TryFinish(out ReadOnlySpan<byte> line)) Line(isClient, line, context);
        foreach (Transaction one in Transactions)
        {
            if (isClient) one.RequestProgress = 1;
            else one.ResponseProgress = 1;
        }
    }

    public override void Release(Transaction transaction)
    {
        transaction.Reset();
        pool.Transactions.Return((Pop3Transaction)transaction);
    }

    public override void Reset()
    {
        base.Reset();
        _client.Release();
        _server.Release();
        _authenticates = _isLost = false;
    }

    private void Line(bool isClient, ReadOnlySpan<byte> line, in ParseContext context)
    {
        if (isClient) Command(line, context);
        else Answer(line, context);
    }

    private void Command(ReadOnlySpan<byte> line, in ParseContext context)
    {
        if (line.IsEmpty) return;
        if (Transactions.Count >= pool.MaximumTransactions || !pool.Transactions.TryTake(out Pop3Transaction? one))
        {
            Events.Add((int)Pop3Event.TooManyTransactions);
            _isLost = true;
            return;
        }

        one.Id = NextTransactionId++;
        one.Started = one.LastChanged = context.Time;
        one.RequestProgress = 1;
        Transactions.Add(one);
        if (_authenticates)
        {
            one.Command = one.Text.Keep("<SASL DATA>"u8);
            one.IsAuthentication = true;
            return;
        }

        Words(one, line);
        ReadOnlySpan<byte> word = one.Text[one.Command];
        bool alone = one.Arguments.Count == 0;
        one.IsAuthentication = Ascii.EqualsIgnoreCase(word, "AUTH"u8);
        one.IsStartTls = Ascii.EqualsIgnoreCase(word, "STLS"u8);
        one.ExpectsLines = Ascii.EqualsIgnoreCase(word, "RETR"u8) || Ascii.EqualsIgnoreCase(word, "TOP"u8) || Ascii.EqualsIgnoreCase(word, "CAPA"u8)
            || (alone && (Ascii.EqualsIgnoreCase(word, "LIST"u8) || Ascii.EqualsIgnoreCase(word, "UIDL"u8) || one.IsAuthentication));
    }

    private static void Words(Pop3Transaction one, ReadOnlySpan<byte> line)
    {
        int at = 0;
        bool first = true;
        while (at < line.Length)
        {
            int end = line[at..].IndexOf((byte)' ');
            ReadOnlySpan<byte> word = end < 0 ? line[at..] : line.Slice(at, end);
            at += word.Length + 1;
            if (word.IsEmpty) continue;
            if (first) one.Command = one.Text.Keep(word);
            else if (!one.Arguments.Add(word)) return;
            first = false;
        }
    }

    private void Answer(ReadOnlySpan<byte> line, in ParseContext context)
    {
        if (Unanswered() is not { } one) return; // the greeting, or a mailbox that closes

        one.LastChanged = context.Time;
        if (one.IsAnswered)
        {
            if (line.SequenceEqual("."u8) && _server.StartsLine) Finish(one);
            else one.Lines.Add(line.StartsWith(".."u8) ? line[1..] : line);
            return;
        }

        one.IsAnswered = true;
        one.IsSuccess = !line.StartsWith("-"u8);
        _authenticates = one.IsAuthentication && line.StartsWith("+"u8) && !line.StartsWith("+OK"u8);
        int header = line.IndexOf((byte)' ');
        if (header >= 0) one.Header = one.Text.Keep(line[(header + 1)..]);
        if (one.ExpectsLines && one.IsSuccess && !_authenticates) return;
        Finish(one);
        if (one.IsStartTls && one.IsSuccess) HandOverTo = "tls";
    }

    private static void Finish(Pop3Transaction one) => one.ResponseProgress = 1;

    private Pop3Transaction? Unanswered()
    {
        foreach (Transaction one in Transactions)
        {
            if (one.ResponseProgress == 0) return (Pop3Transaction)one;
        }

        return null;
    }
}
