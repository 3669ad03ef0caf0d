namespace Sensor.Detection.Keywords.Meta;

/// <summary><c>noalert</c> and <c>alert</c>: whether a match is reported (user guide, "noalert").</summary>
internal static class Silence
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("noalert", ValueUse.None, "the rule acts without being reported: noalert;", (rule, _) => rule.IsSilent = true),
        new("alert", ValueUse.None, "the rule is reported whatever its action: alert;", (rule, _) => rule.AlsoAlerts = true),
    ];
}
