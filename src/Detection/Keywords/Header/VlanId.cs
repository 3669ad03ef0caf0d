using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Header;

/// <summary><c>vlan.id</c>: a VLAN tag of the frame (user guide, "VLAN Keywords").</summary>
internal static class VlanId
{
    private const int MaximumLayers = 3, LargestId = 4095;

    private const int AnyLayer = int.MaxValue, AllLayers = int.MinValue;

    public static Keyword Keyword { get; } = new("vlan.id", ValueUse.Required, "a VLAN tag: vlan.id:200; or vlan.id:200,0;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length > 2) throw new RuleException($"cannot read vlan.id \"{value}\": write vlan.id:200; or vlan.id:200,0;");
        int layer = parts.Length == 1 || parts[1] == "any" ? AnyLayer
            : parts[1] == "all" ? AllLayers
            : (int)RuleNumber.ParseSigned("vlan.id", parts[1], -MaximumLayers, MaximumLayers - 1);
        rule.AddTest(new Test(NumberRange.Parse("vlan.id", parts[0], LargestId), layer));
    }

    private sealed class Test(NumberRange range, int layer) : PacketTest
    {
        public override int Cost => 1;

        public override bool Matches(InspectContext context, scoped ref PacketView packet)
        {
            int count = packet.VlanCount;
            if (count == 0) return false;
            if (layer is AnyLayer or AllLayers)
            {
                int matching = 0;
                for (int at = 0; at < count; at++) matching += range.Contains(Tag(ref packet, at)) ? 1 : 0;
                return layer == AnyLayer ? matching > 0 : matching == count;
            }

            int wanted = layer < 0 ? count + layer : layer;
            return wanted >= 0 && wanted < count && range.Contains(Tag(ref packet, wanted));
        }

        private static ushort Tag(scoped ref PacketView packet, int at) => at switch { 0 => packet.Vlan0, 1 => packet.Vlan1, _ => packet.Vlan2 };
    }
}
