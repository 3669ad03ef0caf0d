using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Meta;

/// <summary><c>reference</c>: where to read more (user guide, "Meta Keywords").</summary>
internal static class Reference
{
    public static Keyword Keyword { get; } = new("reference", ValueUse.Required, "where to read more: reference:url,example.com/advisory;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        int comma = value.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0) throw new RuleException("cannot read reference: write the system and the id, as in reference:cve,2021-44228;");
        string system = value[..comma].Trim().ToLowerInvariant();
        string id = RuleBytes.ToText(value[(comma + 1)..].Trim());
        rule.References.Add(rule.Environment.Options.ReferencePrefixes.TryGetValue(system, out string? prefix) ? prefix + id : $"{system},{id}");
    }
}
