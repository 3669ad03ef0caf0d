namespace Sensor.Detection.RuleLanguage;

/// <summary>
/// The value of <c>content</c> as bytes: <c>!"GET |0d 0a|\;"</c> (Suricata user guide, "Payload Keywords", content).
/// </summary>
/// <param name="Bytes">At least one.</param>
/// <param name="Negated">The rule wants these bytes to be absent.</param>
public sealed record ContentPattern(byte[] Bytes, bool Negated)
{
    /// <summary>Longest content, in bytes; published rules stay below 300.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>Throws <see cref="RuleException"/> with the offset in <paramref name="value"/>.</summary>
    public static ContentPattern Parse(string value)
    {
        QuotedValue quoted = QuotedValue.Parse(value);
        if (!quoted.Quoted) throw new RuleException($"cannot read content {value}: write it in quotes, as in \"{quoted.Text}\"", quoted.Offset);
        byte[] bytes = ToBytes(quoted.Text, quoted.Offset);
        if (bytes.Length == 0) throw new RuleException("cannot use an empty content: write at least one byte between the quotes", quoted.Offset);
        if (bytes.Length > MaxBytes) throw new RuleException($"cannot use a content of {bytes.Length} bytes: {MaxBytes} is the limit", quoted.Offset);
        return new ContentPattern(bytes, quoted.Negated);
    }

    /// <summary>Text with <c>|41 42|</c> and escapes as bytes; <paramref name="offset"/> is added to the place an error tells.</summary>
    public static byte[] ToBytes(string text, int offset = 0)
    {
        List<byte> bytes = new(text.Length);
        for (int at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '|':
                    at = ReadHex(text, at, offset, bytes);
                    break;
                case '\\':
                    bytes.Add(ReadEscape(text, ++at, offset));
                    break;
                case '"':
                    throw new RuleException("cannot read content: a quote inside it is written \\\"", offset + at);
                default:
                    if (text[at] <= '\u00FF') bytes.Add((byte)text[at]);
                    else bytes.AddRange(RuleBytes.Of(text.AsSpan(at, char.IsSurrogatePair(text, at) ? 2 : 1)));
                    if (char.IsHighSurrogate(text[at])) at++;
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Reads from one bar to the next; answers where the closing bar stands.</summary>
    private static int ReadHex(string text, int open, int offset, List<byte> bytes)
    {
        int high = -1;
        for (int at = open + 1; at < text.Length; at++)
        {
            char character = text[at];
            if (character == '|')
            {
                if (high >= 0) throw new RuleException("cannot read content: a byte between | | has one hex digit; write two, as in |0a|", offset + at - 1);
                return at;
            }

            if (RuleParser.IsBlank(character)) continue;
            if (!char.IsAsciiHexDigit(character))
            {
                throw new RuleException($"cannot read content: \"{character}\" is not a hex digit; between | | stand bytes as in |0d 0a|, and a bar itself is written |7c|", offset + at);
            }

            int digit = Convert.ToInt32(character.ToString(), 16);
            if (high >= 0) bytes.Add((byte)(high << 4 | digit));
            high = high >= 0 ? -1 : digit;
        }

        throw new RuleException("cannot read content: a \"|\" is never closed; a bar itself is written |7c|", offset + open);
    }

    private static byte ReadEscape(string text, int at, int offset)
    {
        if (at < text.Length && text[at] is ';' or '"' or '\\' or ':') return (byte)text[at];
        string found = at < text.Length ? $"\\{text[at]}" : "\\";
        throw new RuleException($"cannot read content: \"{found}\" is no escape; write \\\\ for a backslash (only \\; \\\" \\\\ \\: are escapes)", offset + at - 1);
    }
}
