using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Meta;

/// <summary>Numbers that name a rule (user guide, "Meta Keywords").</summary>
internal static class Identity
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("sid", ValueUse.Required, "the rule's number: sid:1000001;", (rule, value) => rule.Sid = Number("sid", value, 1)),
        new("gid", ValueUse.Required, "the group of numbers the sid belongs to: gid:1;", (rule, value) => rule.Gid = (int)Number("gid", value, 0)),
        new("rev", ValueUse.Required, "the rule's revision: rev:2;", (rule, value) => rule.Revision = (int)Number("rev", value, 0)),
    ];

    private static long Number(string keyword, string value, ulong least) =>
        (long)RuleNumber.Parse(keyword, QuotedValue.Parse(value).Text, least, keyword == "sid" ? uint.MaxValue : int.MaxValue);
}
