using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Streams;

namespace Sensor.Detection.Keywords.Application;

/// <summary><c>decode-event</c> and <c>stream-event</c>: what was odd about a packet or session (user guide, "Decode Layer").</summary>
internal static class EventKeywords
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("decode-event", ValueUse.Required, "something odd about the packet: decode-event:ipv4.pkt_too_small;", ParseDecode),
        new("stream-event", ValueUse.Required, "something odd about the session: stream-event:3whs_wrong_seq_wrong_ack;", ParseStream),
        new("engine-event", ValueUse.Required, "older word for decode-event and stream-event: engine-event:ipv4.pkt_too_small;", ParseEither),
    ];

    private static void ParseEither(RuleBuilder rule, string value)
    {
        if (value.Trim().StartsWith("stream.", StringComparison.Ordinal)) ParseStream(rule, value);
        else ParseDecode(rule, value);
    }

    private static void ParseDecode(RuleBuilder rule, string value)
    {
        string name = value.Trim();
        if (!DecodeEventNames.TryFind(name, out DecodeEvent happened)) throw new RuleException($"unknown decode event \"{name}\"");
        rule.DecodeEvent = (int)happened;
        rule.IsMoreThanAddresses = true;
        rule.Tests.Add(new DecodeTest((int)happened));
    }

    private static void ParseStream(RuleBuilder rule, string value)
    {
        string name = value.Trim();
        if (name.StartsWith("stream.", StringComparison.Ordinal)) name = name[7..];
        if (!StreamEventNames.TryFind(name, out StreamEvent happened)) throw new RuleException($"unknown stream event \"{name}\"");
        rule.StreamEvent = (int)happened;
        rule.AddTest(new StreamTest((int)happened));
    }

    private sealed class DecodeTest(int number) : PacketTest
    {
        public override int Cost => 0;

        public override bool Matches(InspectContext context, scoped ref PacketView packet) => packet.Events.Contains(number);
    }

    private sealed class StreamTest(int number) : PacketTest
    {
        public override int Cost => 0;

        public override bool Matches(InspectContext context, scoped ref PacketView packet) => context.StreamEvents.Contains(number);
    }
}
