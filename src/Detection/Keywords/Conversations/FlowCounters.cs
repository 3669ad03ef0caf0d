using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Flows;

namespace Sensor.Detection.Keywords.Conversations;

/// <summary><c>flow.age</c>, <c>flow.pkts</c>, <c>flow.bytes</c> (user guide, "Flow Keywords").</summary>
internal static class FlowCounters
{
    private enum Side : byte { ToServer, ToClient, Either, Both }

    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("flow.age", ValueUse.Required, "seconds since the flow began: flow.age:>3600;", (rule, value) => rule.AddTest(new Age(NumberRange.Parse("flow.age", value, uint.MaxValue)))),
        new("flow.pkts", ValueUse.Required, "packets of a side: flow.pkts:toserver,>10;", (rule, value) => AddCount(rule, "flow.pkts", value, countsBytes: false)),
        new("flow.bytes", ValueUse.Required, "bytes of a side: flow.bytes:toclient,>1000;", (rule, value) => AddCount(rule, "flow.bytes", value, countsBytes: true)),
        Old("flow.pkts_toserver", "toserver", countsBytes: false),
        Old("flow.pkts_toclient", "toclient", countsBytes: false),
        Old("flow.bytes_toserver", "toserver", countsBytes: true),
        Old("flow.bytes_toclient", "toclient", countsBytes: true),
        new("bypass", ValueUse.None, "nothing more of the flow is inspected after a match: bypass;", (rule, _) => rule.Effects.Add(new Bypass())),
    ];

    private static Keyword Old(string name, string side, bool countsBytes) =>
        new(name, ValueUse.Required, $"{name}:>10;", (rule, value) => AddCount(rule, name, side + "," + value, countsBytes));

    private static void AddCount(RuleBuilder rule, string keyword, string value, bool countsBytes)
    {
        string[] parts = value.Split(',', 2, StringSplitOptions.TrimEntries);
        if (parts.Length != 2) throw new RuleException($"cannot read {keyword} \"{value}\": write {keyword}:toserver,>10;");
        Side side = parts[0] switch { "toserver" => Side.ToServer, "toclient" => Side.ToClient, "either" => Side.Either, "both" => Side.Both, _ => throw new RuleException($"cannot read {keyword}: side \"{parts[0]}\" is unknown; write toserver, toclient, either or both") };
        rule.AddTest(new Count(side, countsBytes, NumberRange.Parse(keyword, parts[1], long.MaxValue)));
    }

    private sealed class Age(NumberRange range) : PacketTest
    {
        public override bool Matches(InspectContext context, scoped ref PacketView packet) =>
            context.Flow is { } flow && range.Contains((ulong)Math.Max(0, flow.LastSeen.Seconds - flow.FirstSeen.Seconds));
    }

    private sealed class Count(Side side, bool countsBytes, NumberRange range) : PacketTest
    {
        public override bool Matches(InspectContext context, scoped ref PacketView packet)
        {
            if (context.Flow is not { } flow) return false;
            ulong toServer = Of(flow.ToServer), toClient = Of(flow.ToClient);
            return side switch
            {
                Side.ToServer => range.Contains(toServer),
                Side.ToClient => range.Contains(toClient),
                Side.Either => range.Contains(toServer) || range.Contains(toClient),
                _ => range.Contains(toServer + toClient),
            };
        }

        private ulong Of(in FlowSide counted) => (ulong)(countsBytes ? counted.Bytes : counted.Packets);
    }

    private sealed class Bypass : MatchEffect
    {
        public override void Apply(InspectContext context)
        {
            if (context.Flow is { } flow) flow.Bypassed = true;
        }
    }
}
