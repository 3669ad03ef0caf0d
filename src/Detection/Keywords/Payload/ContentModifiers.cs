using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Payload;

/// <summary>Modifiers that bound where the content before them may lie (user guide, "Payload Keywords").</summary>
internal static class ContentModifiers
{
    /// <summary>Largest distance a rule may name, in bytes, either way.</summary>
    private const long Largest = 1_048_576;

    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("nocase", ValueUse.None, "letters match in either case: nocase;", (rule, _) => rule.Content("nocase").IgnoreCase = true),
        new("offset", ValueUse.Required, "bytes to skip from the start: offset:4;", (rule, value) => rule.Content("offset").Offset = Number(rule, "offset", value, 0)),
        new("depth", ValueUse.Required, "bytes to look at from the start (or offset): depth:10;", Depth),
        new("distance", ValueUse.Required, "bytes to skip from the previous match: distance:4;", Distance),
        new("within", ValueUse.Required, "bytes to look at from the previous match: within:10;", Within),
        new("startswith", ValueUse.None, "the buffer begins with it: startswith;", StartsWith),
        new("endswith", ValueUse.None, "the buffer ends with it: endswith;", EndsWith),
    ];

    private static void Depth(RuleBuilder rule, string value)
    {
        ContentOption content = rule.Content("depth");
        Operand depth = Number(rule, "depth", value, 0);
        if (depth.Variable == Operand.NoVariable && depth.Value < content.Bytes.Length)
        {
            throw new RuleException($"cannot match: depth {depth.Value} is shorter than the content's {content.Bytes.Length} bytes");
        }

        content.Depth = depth;
    }

    private static void Distance(RuleBuilder rule, string value)
    {
        ContentOption content = rule.Content("distance");
        content.Distance = Number(rule, "distance", value, -Largest);
        content.IsRelative = true;
    }

    private static void Within(RuleBuilder rule, string value)
    {
        ContentOption content = rule.Content("within");
        Operand within = Number(rule, "within", value, 0);
        if (within.Variable == Operand.NoVariable && within.Value < content.Bytes.Length)
        {
            throw new RuleException($"cannot match: within {within.Value} is shorter than the content's {content.Bytes.Length} bytes");
        }

        content.Within = within;
        content.IsRelative = true;
    }

    private static void StartsWith(RuleBuilder rule, string value)
    {
        ContentOption content = rule.Content("startswith");
        if (content.IsRelative || content.Offset is not null || content.Depth is not null) throw new RuleException("cannot use startswith together with offset, depth, distance or within: it already says where");
        content.StartsWith = true;
    }

    private static void EndsWith(RuleBuilder rule, string value)
    {
        ContentOption content = rule.Content("endswith");
        content.EndsWith = true;
    }

    /// <summary>A number, or the name of a variable an earlier byte_extract or byte_math fills.</summary>
    internal static Operand Number(RuleBuilder rule, string keyword, string value, long least)
    {
        string text = QuotedValue.Parse(value).Text.Trim();
        if (text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '_'))
        {
            int variable = rule.FindVariable(text) ?? throw new RuleException($"cannot use {keyword}: no byte_extract or byte_math before it fills \"{text}\"");
            return new Operand(0, variable);
        }

        return new Operand(RuleNumber.ParseSigned(keyword, text, least, Largest));
    }
}
