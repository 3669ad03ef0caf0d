namespace Sensor.Protocols.Smtp;

/// <summary>Commands whose meaning matters here (RFC 5321, RFC 3030, RFC 3207).</summary>
internal enum SmtpCommand : byte { Other, Hello, Mail, Recipient, Data, Bdat, StartTls, Reset, Quit }

internal static class SmtpCommands
{
    public static SmtpCommand Of(ReadOnlySpan<byte> line)
    {
        if (Is(line, "EHLO"u8) || Is(line, "HELO"u8)) return SmtpCommand.Hello;
        if (Is(line, "MAIL FROM"u8)) return SmtpCommand.Mail;
        if (Is(line, "RCPT TO"u8)) return SmtpCommand.Recipient;
        if (Is(line, "DATA"u8)) return SmtpCommand.Data;
        if (Is(line, "BDAT"u8)) return SmtpCommand.Bdat;
        if (Is(line, "STARTTLS"u8)) return SmtpCommand.StartTls;
        if (Is(line, "RSET"u8)) return SmtpCommand.Reset;
        return Is(line, "QUIT"u8) ? SmtpCommand.Quit : SmtpCommand.Other;
    }

    /// <summary>The first word behind <paramref name="skip"/> bytes, and behind a colon where there has to be one.</summary>
    public static ReadOnlySpan<byte> Argument(ReadOnlySpan<byte> line, int skip)
    {
        ReadOnlySpan<byte> rest = line[Math.Min(skip, line.Length)..].TrimStart(" \t"u8);
        if (!rest.IsEmpty && rest[0] == ':') rest = rest[1..].TrimStart(" \t"u8);
        int end = rest.IndexOfAny(" \t\r"u8);
        return end < 0 ? rest : rest[..end];
    }

    private static bool Is(ReadOnlySpan<byte> line, ReadOnlySpan<byte> word) =>
        TextProbe.Begins(line, word) && (line.Length == word.Length || line[word.Length] is (byte)' ' or (byte)'\t' or (byte)':' or (byte)'\r');
}

/// <summary>Commands that wait for their reply, oldest first: a ring of a fixed number.</summary>
internal sealed class SmtpPending
{
    /// <summary>Commands sent ahead of their replies that are remembered; the oldest is forgotten beyond it, with an event.</summary>
    public const int Most = 64;

    private readonly SmtpCommand[] _ring = new SmtpCommand[Most];
    private int _first;

    public int Count { get; private set; }

    /// <summary>False when the oldest had to make way.</summary>
    public bool Add(SmtpCommand command)
    {
        bool fits = Count < Most;
        if (!fits) TryTake(out _);
        _ring[(_first + Count++) % Most] = command;
        return fits;
    }

    public bool TryTake(out SmtpCommand command)
    {
        command = _ring[_first];
        if (Count == 0) return false;
        _first = (_first + 1) % Most;
        Count--;
        return true;
    }

    public void Clear() => _first = Count = 0;
}
