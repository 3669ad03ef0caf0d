using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Payload;

/// <summary><c>isdataat</c>: there is (or is not) data at a place (user guide, "Payload Keywords").</summary>
internal static class IsDataAt
{
    public static Keyword Keyword { get; } = new("isdataat", ValueUse.Required, "is there data at a place: isdataat:!1,relative;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries);
        bool negated = parts[0].StartsWith('!');
        Operand place = ContentModifiers.Number(rule, "isdataat", negated ? parts[0][1..] : parts[0], 0);
        bool relative = false;
        foreach (string word in parts.Skip(1))
        {
            if (word == "relative") relative = true;
            else if (word != "rawbytes") throw new RuleException($"cannot read isdataat \"{value}\": after the number only relative and rawbytes may stand");
        }

        rule.Add(new Test(place, negated) { IsRelative = relative });
    }

    private sealed class Test(Operand place, bool negated) : PayloadTest
    {
        public override bool Matches(scoped ref ChainCursor cursor)
        {
            long at = place.Resolve(cursor.Context);
            bool there = IsRelative ? cursor.Position + at <= cursor.Data.Length : at < cursor.Data.Length;
            return there != negated;
        }
    }
}
