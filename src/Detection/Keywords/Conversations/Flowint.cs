using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Conversations;

/// <summary><c>flowint</c>: numbers kept on a flow (user guide, "Flow Keywords").</summary>
internal static class Flowint
{
    public static Keyword Keyword { get; } = new("flowint", ValueUse.Required, "numbers on the flow: flowint:tries,+,1; flowint:tries,>,5;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length < 2 || parts[0].Length == 0) throw new RuleException($"cannot read flowint \"{value}\": write name, operator, value");
        int name = NameTable.Counters.Number(parts[0]);
        string operation = parts[1];
        if (operation is "isset" or "isnotset" or "notset")
        {
            rule.AsksFlowint = true;
            rule.AddTest(new IsSet(name, operation == "isset"));
            return;
        }

        if (parts.Length != 3) throw new RuleException($"cannot read flowint \"{value}\": a value is missing");
        Value right = uint.TryParse(parts[2], out uint number) ? new Value(number, -1) : new Value(0, NameTable.Counters.Number(parts[2]));
        if (operation is "+" or "-" or "=")
        {
            rule.SetsFlowint = true;
            rule.Effects.Add(new Change(name, operation[0], right));
        }
        else if (operation is ">" or "<" or ">=" or "<=" or "==" or "!=")
        {
            rule.AsksFlowint = true;
            rule.AddTest(new Compare(name, operation, right));
        }
        else
        {
            throw new RuleException($"cannot read flowint: \"{operation}\" is no operator; write +, -, =, >, <, >=, <=, ==, !=, isset or isnotset");
        }
    }

    private readonly record struct Value(uint Number, int Name)
    {
        public bool TryGet(FlowMarks state, out uint value)
        {
            value = Number;
            return Name < 0 || state.TryGetCounter(Name, out value);
        }
    }

    private sealed class IsSet(int name, bool wanted) : PacketTest
    {
        public override bool Matches(InspectContext context, scoped ref PacketView packet) =>
            context.State is { } state && state.TryGetCounter(name, out _) == wanted;
    }

    private sealed class Compare(int name, string operation, Value right) : PacketTest
    {
        public override bool Matches(InspectContext context, scoped ref PacketView packet)
        {
            if (context.State is not { } state || !state.TryGetCounter(name, out uint left) || !right.TryGet(state, out uint other)) return false;
            return operation switch
            {
                ">" => left > other,
                "<" => left < other,
                ">=" => left >= other,
                "<=" => left <= other,
                "==" => left == other,
                _ => left != other,
            };
        }
    }

    private sealed class Change(int name, char operation, Value right) : MatchEffect
    {
        public override void Apply(InspectContext context)
        {
            if (context.State is not { } state || !right.TryGet(state, out uint other)) return;
            state.TryGetCounter(name, out uint left);
            uint result = operation switch { '+' => unchecked(left + other), '-' => unchecked(left - other), _ => other };
            if (!state.SetCounter(name, result)) context.Counters.FlowBitsRefused++;
        }
    }
}
