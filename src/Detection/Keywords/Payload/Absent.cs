using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Payload;

/// <summary><c>absent</c>: the buffer is not there (user guide, "Payload Keywords").</summary>
internal static class Absent
{
    public static Keyword Keyword { get; } = new("absent", ValueUse.Optional, "the buffer is not there: absent; or absent:or_else;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        if (rule.Current == rule.Payload) throw new RuleException("cannot use absent without a sticky buffer before it");
        if (value.Trim() is not ("" or "or_else")) throw new RuleException($"cannot read absent \"{value}\": write absent; or absent:or_else;");
        if (value.Trim().Length == 0 && rule.Current.Options.Count > 0) throw new RuleException("cannot use absent together with options on the same buffer: write absent:or_else; for an alternative");
        rule.Current.IsAbsent = true;
    }
}
