using System.Buffers.Text;
using Sensor.Primitives;

namespace Sensor.Protocols.Smtp;

/// <summary>What the client says: commands and mails.</summary>
internal sealed partial class SmtpParser
{
    /// <summary>False when the line's end is yet to come.</summary>
    private bool ClientLine(ReadOnlySpan<byte> data, ref int at, in ParseContext context)
    {
        if (!_client.TryRead(data, ref at, out ReadOnlySpan<byte> line)) return false;
        if (_mode == ClientMode.Data) DataLine(line, context);
        else Command(line, context);
        return true;
    }

    private void Command(ReadOnlySpan<byte> line, in ParseContext context)
    {
        if (line.IsEmpty) return;
        SmtpCommand command = SmtpCommands.Of(line);
        if (_mail is null && (command is SmtpCommand.Reset or SmtpCommand.Quit || !TryOpen(context)))
        {
            _pending.Add(command);
            return;
        }

        _mail!.LastChanged = context.Time;
        if (_client.IsCut) _mail.Raise(SmtpEvent.TruncatedLine);
        if (line.Length > LongestCommand) _mail.Raise(SmtpEvent.MaxCommandLineLenExceeded);
        if (!_pending.Add(command)) _mail.Raise(SmtpEvent.InvalidPipelinedSequence);
        Obey(command, line, context);
    }

    private void Obey(SmtpCommand command, ReadOnlySpan<byte> line, in ParseContext context)
    {
        SmtpTransaction mail = _mail!;
        switch (command)
        {
            case SmtpCommand.Hello:
                _hello.Release();
                _hello.Append(SmtpCommands.Argument(line, 4), LongestLine);
                mail.Hello = mail.Addresses.Keep(_hello.Span);
                mail.Advance(SmtpProgress.Hello);
                break;
            case SmtpCommand.Mail:
                if (!mail.Sender.IsEmpty) mail.Raise(SmtpEvent.DuplicateFields);
                else mail.Sender = mail.Addresses.Keep(SmtpCommands.Argument(line, 9));
                mail.Advance(SmtpProgress.Sender);
                break;
            case SmtpCommand.Recipient:
                mail.Recipients.Add(SmtpCommands.Argument(line, 7));
                break;
            case SmtpCommand.Data:
                BeginMail();
                _mode = ClientMode.Data;
                _client.CutsLong = false;
                _dataLineSeen = false;
                break;
            case SmtpCommand.Bdat:
                BeginChunk(line, context);
                break;
            case SmtpCommand.Reset or SmtpCommand.Quit:
                EndMail(complete: false, context);
                break;
        }
    }

    private void BeginMail()
    {
        _mail!.Advance(SmtpProgress.Recipients);
        if (_reader is not null) return;
        if (_pool.Readers.TryTake(out _reader)) _reader.Begin(_mail);
        else _mail.Raise(SmtpEvent.MimeLimitReached);
    }

    private void DataLine(ReadOnlySpan<byte> line, in ParseContext context)
    {
        bool isWhole = _client.StartsLine && _client.EndLength > 0;
        if (isWhole && line.SequenceEqual("."u8))
        {
            _mode = ClientMode.Commands;
            _client.CutsLong = true;
            _pending.Add(SmtpCommand.Other); // the mail is answered once more, after the 354
            EndMail(complete: true, context);
            return;
        }

        _dataLineSeen = true;
        if (_client.StartsLine && line.Length > 1 && line[0] == '.') line = line[1..]; // RFC 5321 section 4.5.2
        _reader?.Line(line, _client.StartsLine, _client.EndLength, context);
    }

    /// <summary>RFC 3030: BDAT and a length, and LAST with the last piece.</summary>
    private void BeginChunk(ReadOnlySpan<byte> line, in ParseContext context)
    {
        ReadOnlySpan<byte> rest = line[4..].Trim(" \t\r"u8);
        if (!Utf8Parser.TryParse(rest, out long length, out int digits) || length < 0)
        {
            _mail!.Raise(SmtpEvent.BdatChunkLenExceeded);
            return;
        }

        BeginMail();
        _isLastChunk = TextProbe.Says(rest[digits..], "LAST"u8);
        _chunkLeft = length;
        if (length > 0) _mode = ClientMode.Chunk;
        else EndChunk(context);
    }

    private void Chunk(ReadOnlySpan<byte> data, ref int at, in ParseContext context)
    {
        ReadOnlySpan<byte> chunk = data.Slice(at, (int)Math.Min(_chunkLeft, data.Length - at));
        int used = 0;
        while (used < chunk.Length && _chunkLines.TryRead(chunk, ref used, out ReadOnlySpan<byte> line))
            _reader?.Line(line, _chunkLines.StartsLine, _chunkLines.EndLength, context);
        at += chunk.Length;
        _chunkLeft -= chunk.Length;
        if (_chunkLeft == 0) EndChunk(context);
    }

    /// <summary>A line may go on in the next chunk, so its beginning is kept beside the lines of commands.</summary>
    private void EndChunk(in ParseContext context)
    {
        _mode = ClientMode.Commands;
        if (!_isLastChunk) return;
        if (_chunkLines.TryFinish(out ReadOnlySpan<byte> line)) _reader?.Line(line, _chunkLines.StartsLine, 0, context);
        _chunkLines.Release();
        EndMail(complete: true, context);
    }

    private void EndMail(bool complete, in ParseContext context)
    {
        SmtpTransaction mail = _mail!;
        _mail = null;
        mail.LastChanged = context.Time;
        _reader?.Finish(complete, context);
        ReleaseReader();
        if (mail.Addresses.IsFull || mail.Email.Text.IsFull) mail.Raise(SmtpEvent.MimeLimitReached);
        mail.RequestProgress = SmtpProgress.Complete;
        mail.ResponseProgress = 1;
        _mode = ClientMode.Commands;
    }

    /// <summary>False when a limit is reached: then the conversation is not read any further.</summary>
    private bool TryOpen(in ParseContext context)
    {
        if (Transactions.Count >= _pool.Settings.MaximumTransactions) Raise(SmtpEvent.TooManyTransactions);
        else if (_pool.Transactions.TryTake(out _mail)) return Opened(_mail, context);
        _isLost = true;
        return false;
    }

    private bool Opened(SmtpTransaction mail, in ParseContext context)
    {
        mail.Id = NextTransactionId++;
        mail.Started = mail.LastChanged = context.Time;
        Transactions.Add(mail);
        if (_hello.Length == 0) return true;
        mail.Hello = mail.Addresses.Keep(_hello.Span);
        mail.Advance(SmtpProgress.Hello);
        return true;
    }
}
