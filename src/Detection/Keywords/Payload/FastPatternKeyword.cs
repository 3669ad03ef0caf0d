using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Payload;

/// <summary><c>fast_pattern</c>: the content by which the prefilter finds the rule (user guide, "Prefilter Keywords").</summary>
internal static class FastPatternKeyword
{
    public static Keyword Keyword { get; } = new("fast_pattern", ValueUse.Optional, "the prefilter looks for this content: fast_pattern; or fast_pattern:only; or fast_pattern:offset,length;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        ContentOption content = rule.Content("fast_pattern");
        string text = value.Trim();
        if (content.Negated)
        {
            // Absence cannot start a rule; published rules write it all the same where the content is a plain one.
            if (content.IsPositional && (content.IsRelative || content.Offset is not null || content.Depth is not null)) throw new RuleException("cannot use fast_pattern on a negated content with a place");
            return;
        }

        content.IsFastPattern = true;
        if (text is "" or "only") return;
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length != 2) throw new RuleException($"cannot read fast_pattern \"{text}\": write fast_pattern; or fast_pattern:only; or fast_pattern:offset,length;");
        content.FastPatternOffset = (int)RuleNumber.Parse("fast_pattern", parts[0], 0, ushort.MaxValue);
        content.FastPatternLength = (int)RuleNumber.Parse("fast_pattern", parts[1], 1, ushort.MaxValue);
        if (content.FastPatternOffset + content.FastPatternLength > content.Bytes.Length) throw new RuleException($"cannot use fast_pattern:{text}: the content has only {content.Bytes.Length} bytes");
    }
}
