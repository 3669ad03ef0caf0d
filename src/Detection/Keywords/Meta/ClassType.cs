using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Meta;

/// <summary><c>classtype</c>: the class of attack, which brings its priority (user guide, "Meta Keywords").</summary>
internal static class ClassType
{
    public static Keyword Keyword { get; } = new("classtype", ValueUse.Required, "a class of classification.config: classtype:trojan-activity;", Parse);

    // A class that classification.config does not know costs the rule its priority, not its life: published rules
    // come with classes of their own.
    private static void Parse(RuleBuilder rule, string value)
    {
        rule.ClassType = RuleBytes.ToText(QuotedValue.Parse(value).Text).Trim();
        if (!rule.Environment.Options.Classes.TryGetValue(rule.ClassType, out (string Description, int Priority) known)
            && !RuleDefaults.Classes.TryGetValue(rule.ClassType, out known)) return;
        rule.Category = known.Description;
        rule.ClassPriority = known.Priority;
    }
}
