using System.Text;

namespace Sensor.Detection.RuleLanguage;

/// <summary>
/// Rules are bytes, not text: files mix UTF-8 with lone bytes of older code pages, and a content must match exactly
/// the bytes the author saved. Rule strings therefore hold one character per byte (Latin-1), columns count bytes, and
/// only what people read is decoded.
/// </summary>
public static class RuleBytes
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The bytes of a rule string; a character above U+00FF (from a caller's literal, never from a file) becomes UTF-8.</summary>
    public static byte[] Of(ReadOnlySpan<char> text)
    {
        if (text.ContainsAnyExceptInRange('\0', '\u00FF')) return Encoding.UTF8.GetBytes(text.ToString());
        byte[] bytes = new byte[text.Length];
        Encoding.Latin1.GetBytes(text, bytes);
        return bytes;
    }

    /// <summary>The rule string of a file's bytes.</summary>
    public static string ToRuleString(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>The rule string of text typed by a person: its UTF-8 bytes, one per character.</summary>
    public static string FromText(string text) =>
        Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>What a person reads: UTF-8 where the bytes are UTF-8, Latin-1 otherwise.</summary>
    public static string ToText(string ruleString)
    {
        if (Ascii.IsValid(ruleString)) return ruleString;
        byte[] bytes = Of(ruleString);
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return ruleString;
        }
    }
}
