using System.Text;

namespace Sensor.Detection.RuleLanguage;

/// <summary>The value of an option that may be negated and quoted: <c>!"text"</c>, <c>"text"</c>, <c>text</c>.</summary>
/// <param name="Negated">A <c>!</c> stands before it.</param>
/// <param name="Quoted">It stands in quotes.</param>
/// <param name="Text">What is between the quotes, escapes untouched.</param>
/// <param name="Offset">Where <paramref name="Text"/> begins in the value, from 0; lets errors name the column.</param>
public readonly record struct QuotedValue(bool Negated, bool Quoted, string Text, int Offset)
{
    public static QuotedValue Parse(string value)
    {
        int at = 0;
        bool negated = false;
        for (; at < value.Length && (value[at] == '!' || RuleParser.IsBlank(value[at])); at++) negated |= value[at] == '!';
        ReadOnlySpan<char> rest = value.AsSpan(at).TrimEnd();
        bool quoted = rest.Length >= 2 && rest[0] == '"' && rest[^1] == '"';
        return quoted ? new QuotedValue(negated, true, rest[1..^1].ToString(), at + 1) : new QuotedValue(negated, false, rest.ToString(), at);
    }

    /// <summary>The text with each backslash gone and the character after it kept (<c>\;</c> <c>\"</c> <c>\\</c> <c>\:</c>), as <c>msg</c> is read.</summary>
    public string Unescaped()
    {
        if (!Text.Contains('\\')) return Text;
        StringBuilder text = new(Text.Length);
        for (int at = 0; at < Text.Length; at++)
        {
            if (Text[at] == '\\' && at + 1 < Text.Length) at++;
            text.Append(Text[at]);
        }

        return text.ToString();
    }
}
