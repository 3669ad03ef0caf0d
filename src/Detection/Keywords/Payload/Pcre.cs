using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.Patterns;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Payload;

/// <summary><c>pcre</c>: a regular expression (user guide, "Payload Keywords").</summary>
internal static class Pcre
{
    public static Keyword Keyword { get; } = new("pcre", ValueUse.Required, "a regular expression: pcre:\"/expression/i\";", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        PcrePattern pattern = PcrePattern.Parse(value);
        PcreOption option = new()
        {
            Regex = Pcre2Regex.Compile(pattern),
            Negated = pattern.Negated,
            IsRelative = pattern.IsRelative,
            IsAnchored = pattern.Expression.StartsWith('^') && (pattern.Options & PcreOptions.Multiline) == 0,
        };
        if (pattern.Buffer is { } buffer && rule.Current == rule.Payload) rule.AddTo(buffer, option);
        else rule.Add(option);
    }
}
