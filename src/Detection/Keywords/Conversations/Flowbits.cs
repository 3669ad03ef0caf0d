using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Conversations;

/// <summary><c>flowbits</c>: marks that one rule sets on a flow and another asks for (user guide, "Flow Keywords").</summary>
internal static class Flowbits
{
    public static Keyword Keyword { get; } = new("flowbits", ValueUse.Required, "marks on the flow: flowbits:set,name; flowbits:isset,one|other;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', 2, StringSplitOptions.TrimEntries);
        if (parts[0] == "noalert")
        {
            if (parts.Length > 1) throw new RuleException("cannot use flowbits:noalert with a name: write flowbits:noalert;");
            rule.IsSilent = true;
            return;
        }

        if (parts.Length != 2 || parts[1].Length == 0) throw new RuleException($"cannot read flowbits \"{value}\": write flowbits:set,name;");
        int[] names = [.. parts[1].Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(NameTable.Bits.Number)];
        if (names.Length == 0) throw new RuleException($"cannot read flowbits \"{value}\": a name is missing");
        switch (parts[0])
        {
            case "isset" or "isnotset":
                rule.AsksFlowbit = true;
                rule.AddTest(new Test(names, parts[0] == "isset"));
                break;
            case "set" or "unset" or "toggle":
                if (names.Length > 1) throw new RuleException($"cannot use flowbits:{parts[0]} with several names: one at a time");
                rule.SetsFlowbit = true;
                rule.Effects.Add(new Effect(names[0], parts[0]));
                break;
            default:
                throw new RuleException($"cannot read flowbits: \"{parts[0]}\" is unknown; write set, unset, toggle, isset, isnotset or noalert");
        }
    }

    private sealed class Test(int[] names, bool wanted) : PacketTest
    {
        public override int Cost => 2;

        public override bool Matches(InspectContext context, scoped ref PacketView packet)
        {
            if (context.State is not { } state) return !wanted;
            foreach (int name in names)
            {
                if (state.HasBit(name)) return wanted;
            }

            return !wanted;
        }
    }

    private sealed class Effect(int name, string action) : MatchEffect
    {
        private readonly char _action = action[0];

        public override void Apply(InspectContext context)
        {
            if (context.State is not { } state) return;
            if (_action == 'u' || (_action == 't' && state.HasBit(name))) state.ClearBit(name);
            else if (!state.SetBit(name)) context.Counters.FlowBitsRefused++;
        }
    }
}
