using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Payload;

/// <summary><c>dsize</c>: the length of the packet's payload (user guide, "Payload Keywords").</summary>
internal static class PayloadSize
{
    public static Keyword Keyword { get; } = new("dsize", ValueUse.Required, "the length of the packet's payload: dsize:>100; or dsize:10<>20;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        rule.RequiresPacket = true;
        rule.AddTest(new Test(NumberRange.Parse("dsize", value, ushort.MaxValue)));
    }

    private sealed class Test(NumberRange range) : PacketTest
    {
        public override int Cost => 1;

        public override bool Matches(InspectContext context, scoped ref PacketView packet) => !context.IsEnd && range.Contains((ulong)packet.Payload.Length);
    }
}
