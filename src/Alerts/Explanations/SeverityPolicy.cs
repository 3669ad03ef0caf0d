using Sensor.Detection;
using Sensor.Primitives;

namespace Sensor.Alerts.Explanations;

/// <summary>
/// The severity people see, from what rules say. A total function: whatever priority a rule has and whatever its
/// metadata says, one of the four labels comes out. Allocates nothing; called on the worker.
/// </summary>
public static class SeverityPolicy
{
    /// <summary>
    /// Rows: <c>signature_severity</c> of the rule's metadata (its author's judgement of the impact).
    /// Columns: the rule's priority 1, 2, 3, 4 and beyond (the default of its class of attack).
    /// </summary>
    private static readonly (string Word, Severity[] ByPriority)[] Table =
    [
        ("Critical", [Severity.High, Severity.High, Severity.High, Severity.High]),
        ("Major", [Severity.High, Severity.Medium, Severity.Medium, Severity.Medium]),
        ("Minor", [Severity.Medium, Severity.Low, Severity.Low, Severity.Low]),
        ("Informational", [Severity.Low, Severity.Info, Severity.Info, Severity.Info]),
    ];

    private static readonly Severity[] WithoutWord = [Severity.High, Severity.Medium, Severity.Low, Severity.Info];

    /// <summary>Labels as the records write them, at the index of the severity.</summary>
    private static readonly string[] Labels = ["Info", "Info", "Low", "Medium", "High"];

    public static string Label(Severity severity) => Labels[(int)severity];

    public static bool TryParse(string? label, out Severity severity)
    {
        int index = Labels.Length - 1;
        while (index > 0 && !string.Equals(Labels[index], label, StringComparison.OrdinalIgnoreCase)) index--;
        severity = index == 0 ? Severity.Info : (Severity)index;
        return index > 0;
    }

    public static Severity Of(Rule rule, ReputationEntry? listed)
    {
        if (listed is not null && TryParse(listed.Severity, out Severity own)) return own;
        return Of(rule.Priority, RuleMetadata.Find(rule, "signature_severity"));
    }

    internal static Severity Of(int priority, string? word)
    {
        int column = Math.Clamp(priority, 1, 4) - 1;
        if (word is not null)
        {
            foreach ((string name, Severity[] byPriority) in Table)
            {
                if (word.Equals(name, StringComparison.OrdinalIgnoreCase)) return byPriority[column];
            }
        }

        return WithoutWord[column];
    }
}
