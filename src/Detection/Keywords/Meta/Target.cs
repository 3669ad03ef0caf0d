using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Meta;

/// <summary><c>target</c>: which side is attacked (user guide, "Meta Keywords").</summary>
internal static class Target
{
    public static Keyword Keyword { get; } = new("target", ValueUse.Required, "which side is attacked: target:dest_ip;",
        (rule, value) => rule.Target = value.Trim() is "src_ip" or "dest_ip" ? value.Trim() : throw new RuleException($"cannot read target \"{value}\": write src_ip or dest_ip"));
}
