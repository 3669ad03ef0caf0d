using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Header;

/// <summary><c>fragbits</c>: fragmentation bits of the IPv4 header (user guide, "Header Keywords").</summary>
internal static class FragmentBits
{
    private const int More = 1, Dont = 2, Reserved = 4;

    public static Keyword Keyword { get; } = new("fragbits", ValueUse.Required, "bits of the IPv4 header, M, D and R: fragbits:+D;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        char mode = '=';
        int wanted = 0;
        foreach (char letter in value.Trim())
        {
            switch (char.ToUpperInvariant(letter))
            {
                case '+' or '*' or '!': mode = letter; break;
                case 'M': wanted |= More; break;
                case 'D': wanted |= Dont; break;
                case 'R': wanted |= Reserved; break;
                default: throw new RuleException($"cannot read fragbits: \"{letter}\" is unknown; write M, D or R, with +, * or ! before them");
            }
        }

        rule.RequiresPacket = true;
        rule.AddTest(new Test(mode, wanted));
    }

    private sealed class Test(char mode, int wanted) : PacketTest
    {
        public override int Cost => 1;

        public override bool Matches(InspectContext context, scoped ref PacketView packet)
        {
            if (packet.IpVersion != 4) return false;
            int bits = (packet.MoreFragments ? More : 0) | (packet.DontFragment ? Dont : 0) | (packet.ReservedFragmentBit ? Reserved : 0);
            return mode switch
            {
                '+' => (bits & wanted) == wanted,
                '*' => (bits & wanted) != 0,
                '!' => (bits & wanted) == 0,
                _ => bits == wanted,
            };
        }
    }
}
