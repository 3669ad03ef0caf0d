using System.Buffers;
using System.Text;
using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>Small questions about HTTP's bytes.</summary>
internal static class HttpText
{
    /// <summary>Bytes RFC 9110 section 5.6.2 allows in a token.</summary>
    public static readonly SearchValues<byte> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Methods that name the protocol by themselves: RFC 9110, WebDAV (RFC 4918), versioning (RFC 3253).</summary>
    private static readonly byte[][] Methods = [.. new[]
    {
        "GET", "PUT", "POST", "HEAD", "TRACE", "OPTIONS", "CONNECT", "DELETE", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL",
        "COPY", "MOVE", "LOCK", "UNLOCK", "CHECKOUT", "UNCHECKOUT", "CHECKIN", "UPDATE", "LABEL", "REPORT", "MKWORKSPACE",
        "MKACTIVITY", "MERGE", "INVALID", "VERSION-CONTROL", "BASELINE-CONTROL",
    }.Select(Encoding.ASCII.GetBytes)];

    public static bool IsKnownMethod(ReadOnlySpan<byte> method)
    {
        foreach (byte[] known in Methods)
        {
            if (known.Length == method.Length && Ascii.EqualsIgnoreCase(method, known)) return true;
        }

        return false;
    }

    public static bool IsSpace(byte one) => one is 0x20 or 0x09 or 0x0b or 0x0c or 0x0d or 0x0a or 0;

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        int start = 0, end = text.Length;
        while (start < end && IsSpace(text[start])) start++;
        while (end > start && IsSpace(text[end - 1])) end--;
        return text[start..end];
    }

    public static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && Ascii.EqualsIgnoreCase(text[..start.Length], start);

    public static bool Contains(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => IndexOf(text, word) >= 0;

    /// <summary>Position of an ASCII word in any case, -1 for none.</summary>
    public static int IndexOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        byte lower = (byte)(word[0] | 0x20), upper = (byte)(word[0] & ~0x20);
        for (int at = 0; at + word.Length <= text.Length;)
        {
            int next = text[at..].IndexOfAny(lower, upper);
            if (next < 0) return -1;
            at += next;
            if (at + word.Length <= text.Length && Ascii.EqualsIgnoreCase(text.Slice(at, word.Length), word)) return at;
            at++;
        }

        return -1;
    }

    /// <summary>Copies a header value without the bytes that lenient clients pass over (controls, DEL); answers the copy.</summary>
    public static ReadOnlySpan<byte> WithoutControls(ReadOnlySpan<byte> value, Span<byte> into)
    {
        int length = 0;
        foreach (byte one in value)
        {
            if (one is < 0x20 or 0x7f) continue;
            if (length == into.Length) break;
            into[length++] = one;
        }

        return into[..length];
    }

    /// <summary>Takes the next word from the front of a list that is separated by commas, semicolons or white space; false at its end.</summary>
    public static bool NextWord(ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> word)
    {
        int start = 0;
        while (start < list.Length && IsSeparator(list[start])) start++;
        int end = start;
        while (end < list.Length && !IsSeparator(list[end])) end++;
        word = list[start..end];
        list = list[end..];
        return !word.IsEmpty;
    }

    private static bool IsSeparator(byte one) => one is <= 0x20 or (byte)',' or (byte)';' or (byte)':' or >= 0x7f;

    /// <summary>Does a request line begin here? NeedMore while all bytes so far could be a method.</summary>
    public static ParseStatus LooksLikeRequest(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAnyExcept(Token);
        if (end < 0) return ParseStatus.NeedMore;
        return end > 0 && text[end] is (byte)' ' or (byte)'\t' ? ParseStatus.Done : ParseStatus.Malformed;
    }

    /// <summary>Does a header line begin here? NeedMore while all bytes so far could be a name.</summary>
    public static ParseStatus LooksLikeHeader(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAnyExcept(Token);
        if (end < 0) return text.Length > 128 ? ParseStatus.Malformed : ParseStatus.NeedMore;
        return end > 0 && text[end] == (byte)':' ? ParseStatus.Done : ParseStatus.Malformed;
    }

    /// <summary>The first run of digits as a number; false when there is none or it does not fit.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out long number, out bool extraBefore, out bool extraAfter)
    {
        number = 0;
        int start = text.IndexOfAnyInRange((byte)'0', (byte)'9');
        extraBefore = start > 0;
        extraAfter = false;
        if (start < 0) return false;
        int at = start;
        for (; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++)
        {
            if (number > (long.MaxValue - 9) / 10) return false;
            number = (number * 10) + text[at] - '0';
        }

        extraAfter = at < text.Length;
        return true;
    }

    /// <summary>A parameter of a header value: <c>name=token</c> or <c>name="quoted"</c>.</summary>
    public static bool TryParameter(ReadOnlySpan<byte> value, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> parameter)
    {
        parameter = default;
        ReadOnlySpan<byte> rest = value;
        while (IndexOf(rest, name) is >= 0 and var at)
        {
            bool begins = at == 0 || rest[at - 1] is (byte)';' or (byte)',' or <= 0x20;
            rest = rest[(at + name.Length)..];
            ReadOnlySpan<byte> after = rest.TrimStart((byte)' ');
            if (!begins || after.IsEmpty || after[0] != '=') continue;
            after = after[1..].TrimStart((byte)' ');
            if (after.StartsWith("\""u8))
            {
                after = after[1..];
                int quote = after.IndexOf((byte)'"');
                parameter = quote < 0 ? after : after[..quote];
            }
            else
            {
                int end = after.IndexOfAny((byte)';', (byte)',', (byte)' ');
                parameter = end < 0 ? after : after[..end];
            }

            return true;
        }

        return false;
    }
}
