using Sensor.Decode;
using Sensor.Detection.Inspect;

namespace Sensor.Detection.Keywords.Header;

/// <summary><c>sameip</c>: source and destination are one address (user guide, "Header Keywords").</summary>
internal static class SameIp
{
    public static Keyword Keyword { get; } = new("sameip", ValueUse.None, "source and destination are one address: sameip;", (rule, _) => rule.AddTest(new Test()));

    private sealed class Test : PacketTest
    {
        public override int Cost => 0;

        public override bool Matches(InspectContext context, scoped ref PacketView packet) => packet.IpVersion != 0 && context.Source == context.Destination;
    }
}
