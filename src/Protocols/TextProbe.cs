using System.Text;
using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>What the probes of line protocols ask.</summary>
internal static class TextProbe
{
    /// <summary>Does it begin with the word, in any case?</summary>
    public static bool Begins(ReadOnlySpan<byte> start, ReadOnlySpan<byte> word) => start.Length >= word.Length && Ascii.EqualsIgnoreCase(start[..word.Length], word);

    /// <summary>Is it the beginning of one of the words?</summary>
    public static bool MayBecome(ReadOnlySpan<byte> start, ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        (start.Length <= one.Length && Ascii.EqualsIgnoreCase(start, one[..start.Length])) || (start.Length <= other.Length && Ascii.EqualsIgnoreCase(start, other[..start.Length]));

    /// <summary>Does the word occur in it, in any case?</summary>
    public static bool Says(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        byte lower = (byte)(word[0] | 0x20), upper = (byte)(word[0] & ~0x20);
        while (text.Length >= word.Length)
        {
            int next = text.IndexOfAny(lower, upper);
            if (next < 0 || next + word.Length > text.Length) return false;
            if (Ascii.EqualsIgnoreCase(text.Slice(next, word.Length), word)) return true;
            text = text[(next + 1)..];
        }

        return false;
    }

    /// <summary>A server that greets with code 220, as SMTP and FTP servers do (RFC 5321 section 4.2, RFC 959 section 5.4).</summary>
    public static ParseStatus Greeting(ReadOnlySpan<byte> start)
    {
        if (!start.StartsWith("220"u8)) return "220"u8.StartsWith(start) ? ParseStatus.NeedMore : ParseStatus.Malformed;
        if (start.Length == 3) return ParseStatus.NeedMore;
        return start[3] is (byte)' ' or (byte)'-' or (byte)'\r' or (byte)'\n' ? ParseStatus.Done : ParseStatus.Malformed;
    }
}
