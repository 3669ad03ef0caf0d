using System.Text;

namespace Sensor.Protocols.Mime;

/// <summary>Parameters of header fields: <c>name=value</c>, <c>name="value"</c> (RFC 2045 section 5.1), and pieces and encodings of RFC 2231.</summary>
internal static class MimeParameters
{
    /// <summary>Pieces one parameter may come in; later ones are left out.</summary>
    private const int MostPieces = 32;

    /// <summary>Longest value in bytes; the rest is cut off.</summary>
    public const int Longest = 1024;

    /// <summary>The part before the first parameter, without blanks.</summary>
    public static ReadOnlySpan<byte> Main(ReadOnlySpan<byte> value)
    {
        int end = value.IndexOf((byte)';');
        return (end < 0 ? value : value[..end]).Trim(" \t\r\n"u8);
    }

    /// <summary>Writes a parameter's value into <paramref name="into"/> (<see cref="Longest"/> bytes) and answers its length, -1 when there is none.</summary>
    public static int Read(ReadOnlySpan<byte> value, ReadOnlySpan<byte> name, Span<byte> into)
    {
        int length = -1, pieces = 0;
        int at = value.IndexOf((byte)';');
        while (at >= 0 && at < value.Length && pieces < MostPieces)
        {
            at = Next(value, at + 1, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> text);
            if (key.Length < name.Length || !Ascii.EqualsIgnoreCase(key[..name.Length], name)) continue;
            ReadOnlySpan<byte> suffix = key[name.Length..];
            if (suffix.IsEmpty)
            {
                // The plain form gives way to the extended one, which names the character set (RFC 6266 section 4.3).
                if (length < 0) length = Copy(text, into);
                continue;
            }

            if (suffix[0] != '*') continue;
            bool isEncoded = suffix[^1] == '*';
            if (pieces++ == 0) length = 0;
            if (isEncoded && length == 0) text = AfterCharset(text);
            length += isEncoded ? CopyEscaped(text, into[length..]) : Copy(text, into[length..]);
        }

        return length;
    }

    /// <summary>Reads one parameter from <paramref name="at"/>; answers where the next semicolon is, or the end.</summary>
    private static int Next(ReadOnlySpan<byte> value, int at, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> text)
    {
        int end = at;
        while (end < value.Length && value[end] is not ((byte)'=' or (byte)';')) end++;
        key = value[at..end].Trim(" \t\r\n"u8);
        text = default;
        if (end >= value.Length || value[end] == ';') return end;
        int start = end + 1;
        while (start < value.Length && value[start] is (byte)' ' or (byte)'\t') start++;
        if (start < value.Length && value[start] == '"')
        {
            int close = start + 1;
            while (close < value.Length && value[close] != '"') close += value[close] == '\\' ? 2 : 1;
            close = Math.Min(close, value.Length);
            text = value[(start + 1)..close];
            int after = value[close..].IndexOf((byte)';');
            return after < 0 ? value.Length : close + after;
        }

        end = value[start..].IndexOf((byte)';');
        end = end < 0 ? value.Length : start + end;
        text = value[start..end].Trim(" \t\r\n"u8);
        return end;
    }

    private static ReadOnlySpan<byte> AfterCharset(ReadOnlySpan<byte> text)
    {
        int first = text.IndexOf((byte)'\'');
        int second = first < 0 ? -1 : text[(first + 1)..].IndexOf((byte)'\'');
        return second < 0 ? text : text[(first + second + 2)..];
    }

    /// <summary>A backslash stands for what follows it.</summary>
    private static int Copy(ReadOnlySpan<byte> text, Span<byte> into)
    {
        int length = 0;
        for (int i = 0; i < text.Length && length < into.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is (byte)'"' or (byte)'\\') i++;
            into[length++] = text[i];
        }

        return length;
    }

    private static int CopyEscaped(ReadOnlySpan<byte> text, Span<byte> into)
    {
        int length = 0;
        for (int i = 0; i < text.Length && length < into.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit((char)text[i + 1]) && char.IsAsciiHexDigit((char)text[i + 2]))
            {
                into[length++] = (byte)((TransferDecoder.Digit(text[i + 1]) << 4) | TransferDecoder.Digit(text[i + 2]));
                i += 2;
                continue;
            }

            into[length++] = text[i];
        }

        return length;
    }
}
