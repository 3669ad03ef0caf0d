using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Meta;

/// <summary><c>config</c>: a rule with the action config changes what is recorded (user guide, "Config Rules").</summary>
internal static class Config
{
    public static Keyword Keyword { get; } = new("config", ValueUse.Required, "leaves a transaction's record out: config:logging disable, type tx, scope tx;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts is not ["logging disable", "type tx", "scope tx"]) throw new RuleException($"cannot use config \"{value}\": only logging disable, type tx, scope tx is supported");
        rule.Effects.Add(new WithoutRecord());
    }

    private sealed class WithoutRecord : MatchEffect
    {
        public override void Apply(InspectContext context)
        {
            if (context.Transaction is { } transaction) transaction.Logged = true;
        }
    }
}
