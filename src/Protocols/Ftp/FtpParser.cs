using System.Text;
using Sensor.Primitives;

namespace Sensor.Protocols.Ftp;

/// <summary>What the FTP parsers of one worker share.</summary>
internal sealed class FtpPool
{
    /// <summary>Bytes of commands and replies of one worker (<c>app-layer.protocols.ftp.memcap</c> may set less). Beyond it they are described without their text.</summary>
    public const long MostBytes = 64L * 1024 * 1024;

    private const int MostTransactions = 262_144, LeastBytes = 64 * 1024;

    public FtpPool(ProtocolOptions options)
    {
        Bytes = new ByteSlab(options.Number("app-layer.protocols.ftp.memcap", MostBytes) is var limit and > 0 ? Math.Max(limit, LeastBytes) : MostBytes);
        LongestLine = (int)Math.Clamp(options.Number("app-layer.protocols.ftp.max-line-length", 4096), 16, 64 * 1024);
        MaximumTransactions = ProtocolSettings.MaximumTransactions(options, "ftp");
        Transactions = new ObjectSlab<FtpTransaction>(() => new FtpTransaction(Bytes), 32, MostTransactions);
    }

    public ByteSlab Bytes { get; }

    public int LongestLine { get; }

    public int MaximumTransactions { get; }

    public ObjectSlab<FtpTransaction> Transactions { get; }
}

/// <summary>
/// An FTP control connection (RFC 959): commands and replies, one line each or several. What they say about data
/// connections is announced, so that those are read as what they are.
/// </summary>
internal sealed class FtpParser : AppParser
{
    private readonly FtpPool _pool;
    private readonly LineReader _client, _server;

    // The data connection that was agreed on last, until a command uses it.
    private ushort _port;
    private FtpMode _mode;

    /// <summary>Code of the reply whose further lines are coming, 0 for none (RFC 959 section 4.2).</summary>
    private int _openReply;

    private bool _isLost;

    public FtpParser(FtpPool pool)
    {
        _pool = pool;
        _client = new LineReader(pool.Bytes, pool.LongestLine);
        _server = new LineReader(pool.Bytes, pool.LongestLine);
    }

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        int at = 0;
        bool isClient = context.Direction == Direction.ToServer;
        LineReader lines = isClient ? _client : _server;
        while (at < data.Length && !_isLost && HandOverTo is null && lines.TryRead(data, ref at, out ReadOnlySpan<byte> line))
        {
            if (isClient) Command(line, context);
            else Reply(line, context);
        }

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
        if (!_isLost && HandOverTo is null && (isClient ? _client : _server).TryFinish(out ReadOnlySpan<byte> line))
        {
            if (isClient) Command(line, context);
            else Reply(line, context);
        }

        foreach (Transaction one in Transactions)
        {
            if (!isClient) one.RequestProgress = one.ResponseProgress = FtpProgress.Complete;
            else one.RequestProgress = FtpProgress.Complete;
        }
    }

    public override void Release(Transaction transaction)
    {
        transaction.Reset();
        _pool.Transactions.Return((FtpTransaction)transaction);
    }

    public override void Reset()
    {
        base.Reset();
        _client.Release();
        _server.Release();
        _port = 0;
        _mode = FtpMode.None;
        _openReply = 0;
        _isLost = false;
    }

    private FtpTransaction? Open(in ParseContext context)
    {
        int waiting = Transactions.Count;
        if (waiting >= _pool.MaximumTransactions)
        {
            waiting = 0;
            foreach (Transaction open in Transactions) waiting += open.ResponseProgress < FtpProgress.Complete ? 1 : 0;
        }

        if (waiting >= _pool.MaximumTransactions) ((FtpTransaction)Transactions[^1]).Raise(FtpEvent.TooManyTransactions);
        if (waiting >= _pool.MaximumTransactions || !_pool.Transactions.TryTake(out FtpTransaction? one))
        {
            _isLost = true;
            return null;
        }

        one.Id = NextTransactionId++;
        one.Started = one.LastChanged = context.Time;
        Transactions.Add(one);
        return one;
    }

    private void Command(ReadOnlySpan<byte> line, in ParseContext context)
    {
        if (line.IsEmpty || Open(context) is not { } one) return;
        int space = line.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = space < 0 ? line : line[..space];
        ReadOnlySpan<byte> argument = space < 0 ? default : line[(space + 1)..];
        one.Word = KeepUpper(one, word);
        one.Argument = one.Text.Keep(argument);
        one.Command = FtpCommands.Of(word, argument);
        one.CommandCut = _client.IsCut && !context.IsEnd;
        if (one.CommandCut) one.Raise(FtpEvent.RequestCommandTooLong);
        one.RequestProgress = FtpProgress.Command;
        Obey(one, argument, context);
    }

    private static TextRange KeepUpper(FtpTransaction one, ReadOnlySpan<byte> word)
    {
        Span<byte> upper = stackalloc byte[32];
        if (word.Length > upper.Length || Ascii.ToUpper(word, upper, out int length) != System.Buffers.OperationStatus.Done) return one.Text.Keep(word);
        return one.Text.Keep(upper[..length]);
    }

    private void Obey(FtpTransaction one, ReadOnlySpan<byte> argument, in ParseContext context)
    {
        switch (one.Command)
        {
            case FtpCommand.Port when FtpAddress.TryPort(argument, out IpAddress address, out ushort port):
            case FtpCommand.ExtendedPort when FtpAddress.TryExtendedPort(argument, out address, out port):
                one.IsBounce = address != context.Flow.Client;
                Agree(one, FtpMode.Active, port);
                break;
            case FtpCommand when FtpCommands.DataWord(one.Command) is not null:
                if (_port != 0) Announce(one, argument, context);
                else if (FtpCommands.CarriesFile(one.Command)) one.Raise(FtpEvent.FileBeforePort);
                break;
        }
    }

    private void Agree(FtpTransaction one, FtpMode mode, ushort port)
    {
        one.DynamicPort = _port = port;
        one.Mode = _mode = mode;
    }

    private void Announce(FtpTransaction one, ReadOnlySpan<byte> argument, in ParseContext context)
    {
        bool active = _mode == FtpMode.Active;
        IpAddress opener = active ? context.Flow.Server : context.Flow.Client, listener = active ? context.Flow.Client : context.Flow.Server;
        ReadOnlySpan<byte> name = FtpCommands.CarriesFile(one.Command) ? argument.Trim((byte)' ') : default;
        context.Expectations?.Add(opener, listener, _port, new Expectation("ftp-data", (int)one.Command, context.Flow.Id), name, context.Time);
        _port = 0;
    }

    private void Reply(ReadOnlySpan<byte> line, in ParseContext context)
    {
        if (line.IsEmpty || (Unanswered() ?? Open(context)) is not { } one) return;
        one.LastChanged = context.Time;
        int code = CodeOf(line);
        bool isMore = line.Length > 3 && line[3] == '-';
        Keep(one, line, code);
        if (_server.IsCut && !context.IsEnd)
        {
            one.RepliesCut = true;
            one.Raise(FtpEvent.ResponseCommandTooLong);
        }

        if (_openReply != 0 && (code != _openReply || isMore)) return;
        if (_openReply == 0 && code > 0 && isMore)
        {
            _openReply = code;
            return;
        }

        _openReply = 0;
        one.ReplyReceived = true;
        Answered(one, line, code);
    }

    private static void Keep(FtpTransaction one, ReadOnlySpan<byte> line, int code)
    {
        if (code > 0) one.RepliesCut |= !one.Codes.Add(line[..3]);
        one.RepliesCut |= !one.Replies.Add(code > 0 ? line[Math.Min(4, line.Length)..] : line);
    }

    private void Answered(FtpTransaction one, ReadOnlySpan<byte> line, int code)
    {
        if (code == 227 && FtpAddress.TryPort(line[3..], out _, out ushort port)) Agree(one, FtpMode.Passive, port);
        else if (code == 229 && FtpAddress.TryExtendedPassive(line, out port)) Agree(one, FtpMode.Passive, port);
        if (code is >= 100 and < 200) return; // preliminary: another reply follows (RFC 959 section 4.2)

        one.RequestProgress = one.ResponseProgress = FtpProgress.Complete;
        if (one.Command != FtpCommand.AuthTls || code != 234) return;
        HandOverTo = "tls";
        foreach (Transaction open in Transactions) open.RequestProgress = open.ResponseProgress = FtpProgress.Complete;
    }

    private static int CodeOf(ReadOnlySpan<byte> line)
    {
        if (line.Length < 3 || line[..3].IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0) return 0;
        if (line.Length > 3 && line[3] is not ((byte)' ' or (byte)'-')) return 0;
        return ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + line[2] - '0';
    }

    /// <summary>The oldest command without its last reply, null for none.</summary>
    private FtpTransaction? Unanswered()
    {
        foreach (Transaction one in Transactions)
        {
            if (one.ResponseProgress < FtpProgress.Complete) return (FtpTransaction)one;
        }

        return null;
    }
}
