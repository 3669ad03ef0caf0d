using Sensor.Detection;

namespace Sensor.Alerts.Explanations;

internal static class RuleMetadata
{
    /// <summary>The first value of a metadata key, null where the rule does not have it.</summary>
    public static string? Find(Rule rule, string key)
    {
        for (int i = 0; i < rule.Metadata.Count; i++)
        {
            (string name, IReadOnlyList<string> values) = rule.Metadata[i];
            if (values.Count > 0 && name.Equals(key, StringComparison.OrdinalIgnoreCase)) return values[0];
        }

        return null;
    }
}
