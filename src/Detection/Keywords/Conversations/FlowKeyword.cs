using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Streams;

namespace Sensor.Detection.Keywords.Conversations;

/// <summary><c>flow</c>: direction and state of the conversation (user guide, "Flow Keywords").</summary>
internal static class FlowKeyword
{
    public static Keyword Keyword { get; } = new("flow", ValueUse.Required, "direction and state: flow:established,to_server;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        bool? established = null;
        bool onlyFragments = false, noFragments = false, needsFlow = false;
        foreach (string word in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            switch (word)
            {
                case "to_server" or "from_client": SetDirection(rule, Direction.ToServer); needsFlow = true; break;
                case "to_client" or "from_server": SetDirection(rule, Direction.ToClient); needsFlow = true; break;
                case "established": established = true; break;
                case "not_established": established = false; break;
                case "stateless": break;
                case "only_stream": rule.RequiresStream = true; break;
                case "no_stream": rule.RequiresPacket = true; break;
                case "only_frag": onlyFragments = true; break;
                case "no_frag": noFragments = true; break;
                default: throw new RuleException($"cannot read flow: \"{word}\" is unknown; write established, not_established, stateless, to_server, to_client, only_stream, no_stream, only_frag or no_frag");
            }
        }

        if (established is not null || onlyFragments || noFragments || needsFlow) rule.AddTest(new Test(needsFlow, established, onlyFragments, noFragments));
        rule.AsksDecodeEventsOnly = false;
    }

    private static void SetDirection(RuleBuilder rule, Direction direction)
    {
        if (rule.FlowDirection is { } before && before != direction) throw new RuleException("cannot use flow with both directions: leave the direction out, or write two rules");
        rule.FlowDirection = direction;
    }

    private sealed class Test(bool needsFlow, bool? established, bool onlyFragments, bool noFragments) : PacketTest
    {
        public override int Cost => 0;

        public override bool Matches(InspectContext context, scoped ref PacketView packet)
        {
            if (onlyFragments && !packet.Has(PacketFlags.Reassembled)) return false;
            if (noFragments && packet.Has(PacketFlags.Reassembled)) return false;
            if (context.Flow is not { } flow) return !needsFlow && established is null;
            return established is null || IsEstablished(context, flow) == established;
        }

        private static bool IsEstablished(InspectContext context, Flow flow) =>
            context.Tcp is { } tcp ? tcp.State >= TcpState.Established && context.State is not { WasEstablished: false } : flow.State != Sensor.Flows.FlowState.New;
    }
}
