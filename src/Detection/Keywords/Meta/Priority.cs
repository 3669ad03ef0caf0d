using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Meta;

/// <summary><c>priority</c>: overrides the priority of the rule's class (user guide, "Meta Keywords").</summary>
internal static class Priority
{
    public static Keyword Keyword { get; } = new("priority", ValueUse.Required, "1 (worst) to 255: priority:1;",
        (rule, value) => rule.Priority = (int)RuleNumber.Parse("priority", QuotedValue.Parse(value).Text, 1, 255));
}
