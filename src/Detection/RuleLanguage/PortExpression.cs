using System.Globalization;

namespace Sensor.Detection.RuleLanguage;

/// <summary>
/// Ports as rules write them: <c>any</c>, <c>80</c>, <c>1024:</c>, <c>:1023</c>, <c>6000:6063</c>, <c>$HTTP_PORTS</c>,
/// <c>!…</c>, <c>[80,443,!8080]</c> nested.
/// </summary>
public static class PortExpression
{
    /// <summary>Compiles one text. For a whole rule set use <see cref="HeaderSets"/>, which shares equal sets.</summary>
    public static PortSet Compile(string text, RuleVariables variables) => Compile(text, Grammar(variables));

    internal static GroupExpression Grammar(RuleVariables variables) =>
        new(variables.Ports, new GroupExpression.Kind("port", PortSet.Last, ParseLiteral, [.. variables.Addresses.Keys]));

    internal static PortSet Compile(string text, GroupExpression grammar) =>
        text == "any" ? PortSet.Any : new PortSet([.. grammar.Compile(text).Select(range => ((ushort)range.First, (ushort)range.Last))]);

    private static (UInt128 First, UInt128 Last) ParseLiteral(string text)
    {
        int colon = text.IndexOf(':');
        if (colon < 0)
        {
            ushort single = ParsePort(text, text);
            return (single, single);
        }

        if (text.Length == 1) throw new RuleException("cannot read port \":\": name at least one end of the range, as in 1024:");
        string low = text[..colon].Trim(), high = text[(colon + 1)..].Trim();
        ushort first = low.Length == 0 ? (ushort)0 : ParsePort(low, text);
        ushort last = high.Length == 0 ? (ushort)PortSet.Last : ParsePort(high, text);
        if (first > last) throw new RuleException($"cannot read port range \"{text}\": it runs backwards; write the lower port first");
        return (first, last);
    }

    private static ushort ParsePort(string digits, string text)
    {
        if (ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)) return port;
        string where = digits == text ? "" : $" in \"{text}\"";
        throw new RuleException($"cannot read port \"{digits}\"{where}: write a number from 0 to 65535, a range (1024:2048), any, or a $VARIABLE");
    }
}
