using System.Globalization;
using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Meta;

/// <summary><c>requires</c>: leaves the rule out where the engine is too old or lacks something (user guide, "Meta Keywords").</summary>
internal static class Requires
{
    private static readonly HashSet<string> Features = ["ja3", "ja4"];

    public static Keyword Keyword { get; } = new("requires", ValueUse.Required, "what the engine must be: requires:version >= 7.0.3;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        foreach (string part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int blank = part.IndexOf(' ', StringComparison.Ordinal);
            string what = blank < 0 ? part : part[..blank];
            string rest = blank < 0 ? "" : part[(blank + 1)..].Trim();
            switch (what)
            {
                case "version":
                    if (!rest.Split('|').Any(alternative => VersionFits(rule.Environment.Options.Understands, alternative))) rule.SkipReason = $"needs version {rest}";
                    break;
                case "feature":
                    if (!Features.Contains(rest)) rule.SkipReason = $"needs the feature {rest}";
                    break;
                case "keyword":
                    if (!rule.Environment.Keywords.Has(rest)) rule.SkipReason = $"needs the keyword {rest}";
                    break;
                default:
                    // A requirement nobody has heard of yet is one that is not met.
                    rule.SkipReason = $"needs {part}, which this engine does not know";
                    break;
            }
        }
    }

    private static bool VersionFits(Version have, string conditions)
    {
        foreach (string condition in Pairs(conditions.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            int split = condition.IndexOfAny([.. "0123456789"]);
            if (split <= 0 || !TryVersion(condition[split..], out Version? wanted)) throw new RuleException($"cannot read requires \"{conditions.Trim()}\": write version >= 7.0.3");
            int order = have.CompareTo(wanted);
            bool fits = condition[..split] switch { ">=" => order >= 0, ">" => order > 0, "<=" => order <= 0, "<" => order < 0, _ => throw new RuleException($"cannot read requires \"{conditions.Trim()}\": write version >= 7.0.3") };
            if (!fits) return false;
        }

        return true;
    }

    /// <summary>Joins ">=" and "7.0.3" where a blank stands between them.</summary>
    private static List<string> Pairs(string[] words)
    {
        List<string> pairs = [];
        for (int at = 0; at < words.Length; at++)
        {
            bool alone = words[at].IndexOfAny([.. "0123456789"]) < 0;
            pairs.Add(alone && at + 1 < words.Length ? words[at] + words[++at] : words[at]);
        }

        return pairs;
    }

    private static bool TryVersion(string text, out Version? version)
    {
        string[] parts = text.Split('-')[0].Split('.');
        int[] numbers = new int[3];
        version = null;
        for (int at = 0; at < Math.Min(parts.Length, 3); at++)
        {
            if (!int.TryParse(parts[at], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[at])) return false;
        }

        version = new Version(numbers[0], numbers[1], numbers[2]);
        return true;
    }
}
