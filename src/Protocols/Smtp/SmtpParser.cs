using System.Buffers.Text;
using Sensor.Primitives;
using Sensor.Protocols.Mime;

namespace Sensor.Protocols.Smtp;

/// <summary>
/// A mail conversation (RFC 5321). What the client says is commands, or after DATA and BDAT a mail; both are read line by
/// line. Replies matter where they change what follows: a DATA that is refused, STARTTLS.
/// </summary>
internal sealed partial class SmtpParser : AppParser
{
    /// <summary>Bytes kept of one line; longer commands are cut, longer lines of mails come in pieces.</summary>
    public const int LongestLine = 4096;

    /// <summary>RFC 5321 section 4.5.3.1.4 and .5: 512 bytes with the line's end.</summary>
    private const int LongestCommand = 510, LongestReply = 510;

    private enum ClientMode : byte { Commands, Data, Chunk }

    private readonly SmtpPool _pool;
    private readonly LineReader _client, _server, _chunkLines;
    private readonly GrowingBytes _hello;
    private readonly SmtpPending _pending = new();
    private SmtpTransaction? _mail;
    private MimeReader? _reader;
    private ClientMode _mode;
    private long _chunkLeft;
    private bool _isLastChunk, _dataLineSeen, _greeted, _isLost;

    public SmtpParser(SmtpPool pool)
    {
        _pool = pool;
        _client = new LineReader(pool.Bytes, LongestLine);
        _server = new LineReader(pool.Bytes, LongestLine);
        _chunkLines = new LineReader(pool.Bytes, LongestLine) { CutsLong = false };
        _hello = new GrowingBytes(pool.Bytes);
    }

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        if (_isLost) return ParseResult.All(data.Length);
        int at = 0;
        if (context.Direction == Direction.ToClient)
        {
            while (at < data.Length && HandOverTo is null && _server.TryRead(data, ref at, out ReadOnlySpan<byte> reply)) Reply(reply, context);
            return ParseResult.All(at);
        }

        MoveOn();
        while (at < data.Length)
        {
            if (_mode == ClientMode.Chunk) Chunk(data, ref at, context);
            else if (!ClientLine(data, ref at, context)) break;
            if (_isLost) return ParseResult.All(data.Length);
        }

        return ParseResult.All(at);
    }

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        if (context.Direction == Direction.ToClient)
        {
            _server.Forget(skipLine: true);
            _pending.Clear();
            return ParseStatus.Done;
        }

        _client.Forget(skipLine: true);
        if (_mode != ClientMode.Commands) _reader?.Gap(length);
        if (_mode != ClientMode.Chunk) return ParseStatus.Done;
        _client.Forget(skipLine: false);
        _chunkLines.Forget(skipLine: true);
        _chunkLeft -= Math.Min(length, _chunkLeft);
        if (_chunkLeft == 0) EndChunk(context);
        return ParseStatus.Done;
    }

    public override void End(in ParseContext context)
    {
        if (context.Direction == Direction.ToServer)
        {
            if (_mode == ClientMode.Commands && _client.TryFinish(out ReadOnlySpan<byte> line)) Command(line, context);
            if (_mail is not null) EndMail(complete: false, context);
        }

        foreach (Transaction one in Transactions)
        {
            if (context.Direction == Direction.ToServer) one.RequestProgress = SmtpProgress.Complete;
            else one.ResponseProgress = 1;
        }
    }

    public override void Release(Transaction transaction)
    {
        if (ReferenceEquals(transaction, _mail))
        {
            _mail = null;
            ReleaseReader();
        }

        transaction.Reset();
        _pool.Transactions.Return((SmtpTransaction)transaction);
    }

    public override void Reset()
    {
        base.Reset();
        ReleaseReader();
        _mail = null;
        _client.Release();
        _server.Release();
        _chunkLines.Release();
        _hello.Release();
        _pending.Clear();
        _mode = ClientMode.Commands;
        _client.CutsLong = true;
        _chunkLeft = 0;
        _isLastChunk = _dataLineSeen = _greeted = _isLost = false;
    }

    /// <summary>What attachments showed before has been inspected.</summary>
    private void MoveOn()
    {
        if (_mail is null) return;
        foreach (FileContent content in _mail.ContentList) content.MoveOn();
    }

    private void Reply(ReadOnlySpan<byte> line, in ParseContext context)
    {
        if (line.Length > LongestReply) Raise(SmtpEvent.MaxReplyLineLenExceeded);
        if (line.Length < 3 || !Utf8Parser.TryParse(line[..3], out int code, out int digits) || digits != 3)
        {
            if (!line.IsEmpty) Raise(SmtpEvent.InvalidReply);
            return;
        }

        if (line.Length > 3 && line[3] == '-') return;
        if (!_greeted)
        {
            _greeted = true;
            if (code is 220 or 554 or 421) return;
            Raise(SmtpEvent.NoServerWelcomeMessage);
        }

        if (!_pending.TryTake(out SmtpCommand command))
        {
            if (code != 421) Raise(SmtpEvent.UnableToMatchReplyWithRequest);
            return;
        }

        Answered(command, code, context);
    }

    private void Answered(SmtpCommand command, int code, in ParseContext context)
    {
        switch (command)
        {
            case SmtpCommand.StartTls when code == 220:
                if (_mail is not null) EndMail(complete: true, context);
                HandOverTo = "tls";
                break;
            case SmtpCommand.StartTls:
                Raise(SmtpEvent.TlsRejected);
                break;
            case SmtpCommand.Data when code is < 300 or > 399 && _mode == ClientMode.Data:
                Raise(SmtpEvent.DataCommandRejected);
                if (_dataLineSeen) break; // a client that sent its mail unasked; its server may have taken it for commands
                _mode = ClientMode.Commands;
                _client.CutsLong = true;
                break;
        }
    }

    private void Raise(SmtpEvent what)
    {
        if (_mail is not null) _mail.Raise(what);
        else if (Transactions.Count > 0) ((SmtpTransaction)Transactions[^1]).Raise(what);
        else Events.Add((int)what);
    }

    private void ReleaseReader()
    {
        if (_reader is null) return;
        _reader.Release();
        _pool.Readers.Return(_reader);
        _reader = null;
    }
}
