using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Meta;

/// <summary><c>metadata</c>: pairs of key and value that go into the alert (user guide, "Meta Keywords").</summary>
internal static class Metadata
{
    public static Keyword Keyword { get; } = new("metadata", ValueUse.Required, "pairs of key and value: metadata:created_at 2024_01_01, deployment Perimeter;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        foreach (string part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string pair = RuleBytes.ToText(part);
            int blank = pair.IndexOf(' ', StringComparison.Ordinal);
            string key = blank < 0 ? pair : pair[..blank];
            string text = blank < 0 ? "" : pair[(blank + 1)..].Trim();
            if (rule.Metadata.Find(known => known.Key == key) is { Values: { } values }) values.Add(text);
            else rule.Metadata.Add((key, [text]));
        }
    }
}
