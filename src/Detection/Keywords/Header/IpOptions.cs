using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Header;

/// <summary><c>ipopts</c>: an option of the IPv4 header (user guide, "Header Keywords"; numbers of RFC 791 section 3.1).</summary>
internal static class IpOptions
{
    private const int AnyOption = -1;
    private const byte EndOfList = 0, NoOperation = 1;

    private static readonly Dictionary<string, int> Numbers = new()
    {
        ["any"] = AnyOption,
        ["eol"] = 0,
        ["nop"] = 1,
        ["rr"] = 7,
        ["qs"] = 25,
        ["ts"] = 68,
        ["sec"] = 130,
        ["lsrr"] = 131,
        ["lsrre"] = 131,
        ["esec"] = 133,
        ["cipso"] = 134,
        ["satid"] = 136,
        ["ssrr"] = 137,
        ["rtralt"] = 148,
    };

    public static Keyword Keyword { get; } = new("ipopts", ValueUse.Required, "an option of the IPv4 header: ipopts:lsrr;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        if (!Numbers.TryGetValue(value.Trim(), out int number)) throw new RuleException($"cannot read ipopts: \"{value}\" is unknown; write {string.Join(", ", Numbers.Keys)}");
        rule.RequiresPacket = true;
        rule.AddTest(new Test(number));
    }

    private sealed class Test(int wanted) : PacketTest
    {
        public override bool Matches(InspectContext context, scoped ref PacketView packet)
        {
            ReadOnlySpan<byte> options = packet.IpOptions;
            if (wanted == AnyOption) return !options.IsEmpty;
            while (!options.IsEmpty)
            {
                byte kind = options[0];
                if (kind == wanted) return true;
                if (kind == EndOfList) return false;
                int length = kind == NoOperation ? 1 : options.Length > 1 ? options[1] : 0;
                if (length == 0 || length > options.Length) return false;
                options = options[length..];
            }

            return false;
        }
    }
}
