using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;

namespace Sensor.Detection.Keywords.Lists;

/// <summary><c>iprep</c>: the score of an address in a category (user guide, "IP Reputation Keyword").</summary>
internal static class IpReputation
{
    public static Keyword Keyword { get; } = new("iprep", ValueUse.Required, "an address's score in a category: iprep:dst,CnC,>,30;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length < 3) throw new RuleException($"cannot read iprep \"{value}\": write iprep:dst,category,>,30;");
        if (parts[0] is not ("any" or "src" or "dst" or "both")) throw new RuleException($"cannot read iprep: side \"{parts[0]}\" is unknown; write any, src, dst or both");
        HostReputation scores = rule.Environment.HostReputation;
        int category = scores.Category(parts[1]) ?? throw new RuleException($"cannot use iprep: category \"{parts[1]}\" is in no file of categories");
        if (parts[2] is "isset" or "isnotset")
        {
            rule.AddTest(new Test(scores, category, parts[0], NumberRange.Parse("iprep", ">=0", 127), parts[2] == "isnotset"));
            return;
        }

        if (parts.Length != 4) throw new RuleException($"cannot read iprep \"{value}\": the score is missing");
        rule.AddTest(new Test(scores, category, parts[0], NumberRange.Parse("iprep", parts[2] + parts[3], 127), isAbsent: false));
    }

    private sealed class Test(HostReputation scores, int category, string side, NumberRange range, bool isAbsent) : PacketTest
    {
        public override int Cost => 30;

        public override bool Matches(InspectContext context, scoped ref PacketView packet) => side switch
        {
            "src" => Holds(context.Source),
            "dst" => Holds(context.Destination),
            "both" => Holds(context.Source) && Holds(context.Destination),
            _ => Holds(context.Source) || Holds(context.Destination),
        };

        private bool Holds(IpAddress address) => scores.TryFind(address, category, out byte score) ? !isAbsent && range.Contains(score) : isAbsent;
    }
}
