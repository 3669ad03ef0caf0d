using System.Buffers.Text;
using System.Text;

namespace Sensor.Protocols.Sip;

/// <summary>Reads one whole message: start line, headers (compact names too, RFC 3261 section 7.3.3), and a session description.</summary>
internal static class SipReader
{
    /// <summary>Headers that rules look into, with their compact forms.</summary>
    private static readonly (byte[] Name, byte Compact, SipField Field)[] s_headers =
    [
        ("from"u8.ToArray(), (byte)'f', SipField.From),
        ("to"u8.ToArray(), (byte)'t', SipField.To),
        ("via"u8.ToArray(), (byte)'v', SipField.Via),
        ("user-agent"u8.ToArray(), 0, SipField.UserAgent),
        ("content-type"u8.ToArray(), (byte)'c', SipField.ContentType),
        ("content-length"u8.ToArray(), (byte)'l', SipField.ContentLength),
    ];

    /// <summary>The end of the headers, empty line included; -1 while it is not there.</summary>
    public static int HeadEnd(ReadOnlySpan<byte> bytes, int from)
    {
        for (int at = Math.Max(0, from); at < bytes.Length;)
        {
            int line = bytes[at..].IndexOf((byte)'\n');
            if (line < 0) return -1;
            at += line + 1;
            if (at < bytes.Length && bytes[at] == '\n') return at + 1;
            if (at + 1 < bytes.Length && bytes[at] == '\r' && bytes[at + 1] == '\n') return at + 2;
        }

        return -1;
    }

    /// <summary>The length of the body as the first usable header says; 0 without.</summary>
    public static long ContentLength(ReadOnlySpan<byte> head)
    {
        while (TryLine(ref head, out ReadOnlySpan<byte> line))
        {
            if (TryHeader(line, out SipField field, out ReadOnlySpan<byte> value) && field == SipField.ContentLength
                && Utf8Parser.TryParse(value, out long length, out int taken) && taken == value.Length && length >= 0) return length;
        }

        return 0;
    }

    /// <summary>False when the start line is none.</summary>
    public static bool Read(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, SipTransaction one)
    {
        if (!TryLine(ref head, out ReadOnlySpan<byte> line) || !StartLine(line, one)) return false;
        while (TryLine(ref head, out line) && !line.IsEmpty)
        {
            if (TryHeader(line, out SipField field, out ReadOnlySpan<byte> value)) one.Add(field, value);
        }

        if (!body.IsEmpty && Ascii.EqualsIgnoreCase(Media(one.TextOf((int)SipField.ContentType)), "application/sdp"u8)) SessionReader.Read(body, one);
        return true;
    }

    private static bool StartLine(ReadOnlySpan<byte> line, SipTransaction one)
    {
        int first = line.IndexOf((byte)' ');
        if (first <= 0) return false;
        ReadOnlySpan<byte> rest = line[(first + 1)..];
        int second = rest.IndexOf((byte)' ');
        if (line.StartsWith("SIP/"u8))
        {
            one.Add(SipField.Version, line[..first]);
            one.Add(SipField.Code, second < 0 ? rest : rest[..second]);
            one.Add(SipField.Reason, second < 0 ? default : rest[(second + 1)..]);
            one.Add(SipField.ResponseLine, line);
            return true;
        }

        if (second < 0 || !rest[(second + 1)..].StartsWith("SIP/"u8)) return false;
        one.Add(SipField.Method, line[..first]);
        one.Add(SipField.Uri, rest[..second]);
        one.Add(SipField.Version, rest[(second + 1)..]);
        one.Add(SipField.RequestLine, line);
        return true;
    }

    private static bool TryHeader(ReadOnlySpan<byte> line, out SipField field, out ReadOnlySpan<byte> value)
    {
        field = default;
        value = default;
        int colon = line.IndexOf((byte)':');
        if (colon <= 0) return false;
        ReadOnlySpan<byte> name = line[..colon].Trim(" \t"u8);
        foreach ((byte[] known, byte compact, SipField kind) in s_headers)
        {
            if (!Ascii.EqualsIgnoreCase(name, known) && !(name.Length == 1 && compact != 0 && (name[0] | 0x20) == compact)) continue;
            field = kind;
            value = line[(colon + 1)..].Trim(" \t"u8);
            return true;
        }

        return false;
    }

    private static ReadOnlySpan<byte> Media(ReadOnlySpan<byte> type)
    {
        int parameters = type.IndexOf((byte)';');
        return (parameters < 0 ? type : type[..parameters]).Trim(" \t"u8);
    }

    /// <summary>The next line without its end.</summary>
    internal static bool TryLine(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> line)
    {
        line = default;
        if (text.IsEmpty) return false;
        int end = text.IndexOf((byte)'\n');
        line = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..];
        if (line.Length > 0 && line[^1] == '\r') line = line[..^1];
        return true;
    }
}

/// <summary>Reads a session description (RFC 8866 section 5): lines of one letter, <c>=</c> and a value; those after <c>m=</c> belong to that media.</summary>
internal static class SessionReader
{
    public static void Read(ReadOnlySpan<byte> body, SipTransaction one)
    {
        bool inMedia = false, begun = false;
        while (SipReader.TryLine(ref body, out ReadOnlySpan<byte> line))
        {
            if (line.Length < 2 || line[1] != '=') continue;
            ReadOnlySpan<byte> value = line[2..];
            if (line[0] == 'v' && !begun)
            {
                begun = true;
                one.Add(SipField.Session, default, Utf8Parser.TryParse(value, out int version, out _) ? version : 0);
            }

            if (!begun) return; // no session description
            inMedia |= line[0] == 'm';
            if (FieldOf(line[0], inMedia) is { } field) one.Add(field, value);
        }
    }

    private static SipField? FieldOf(byte letter, bool inMedia) => (char)letter switch
    {
        'o' => SipField.Origin,
        's' => SipField.SessionName,
        'i' => inMedia ? SipField.MediaInfo : SipField.SessionInfo,
        'u' => SipField.SessionUri,
        'e' => SipField.Email,
        'p' => SipField.Phone,
        'c' => inMedia ? SipField.MediaConnection : SipField.Connection,
        'b' => inMedia ? SipField.MediaBandwidth : SipField.Bandwidth,
        't' => SipField.Time,
        'r' => SipField.RepeatTime,
        'z' => SipField.Timezone,
        'k' => inMedia ? SipField.MediaKey : SipField.EncryptionKey,
        'a' => inMedia ? SipField.MediaAttribute : SipField.Attribute,
        'm' => SipField.Media,
        _ => null,
    };
}
