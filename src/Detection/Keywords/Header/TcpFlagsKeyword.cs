using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Header;

/// <summary><c>flags</c>: the flags of a TCP header (user guide, "Header Keywords", tcp.flags).</summary>
internal static class TcpFlagsKeyword
{
    private enum Mode : byte { Exactly, AllOf, AnyOf, NoneOf }

    public static Keyword Keyword { get; } = new("tcp.flags", ValueUse.Required, "flags of the TCP header: flags:S,12;", Parse) { Aliases = ["flags"] };

    private static void Parse(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length > 2) throw new RuleException($"cannot read flags \"{value}\": write flags:SA; or flags:S,CE;");
        Mode mode = Mode.Exactly;
        TcpFlags wanted = TcpFlags.None;
        foreach (char letter in parts[0])
        {
            switch (letter)
            {
                case '+': mode = Mode.AllOf; break;
                case '*': mode = Mode.AnyOf; break;
                case '!': mode = Mode.NoneOf; break;
                case ' ': break;
                default: wanted |= Flag(letter); break;
            }
        }

        TcpFlags ignored = TcpFlags.None;
        foreach (char letter in parts.Length == 2 ? parts[1] : "")
        {
            if (letter is not ('!' or ' ')) ignored |= Flag(letter);
        }

        rule.RequiresPacket = true;
        rule.AddTest(new Test(mode, wanted, (TcpFlags)~(byte)ignored));
    }

    private static TcpFlags Flag(char letter) => char.ToUpperInvariant(letter) switch
    {
        'F' => TcpFlags.Fin,
        'S' => TcpFlags.Syn,
        'R' => TcpFlags.Rst,
        'P' => TcpFlags.Psh,
        'A' => TcpFlags.Ack,
        'U' => TcpFlags.Urg,
        'E' or '2' => TcpFlags.Ece,
        'C' or '1' => TcpFlags.Cwr,
        '0' => TcpFlags.None,
        _ => throw new RuleException($"cannot read flags: \"{letter}\" is no flag; write F, S, R, P, A, U, E, C or 0"),
    };

    private sealed class Test(Mode mode, TcpFlags wanted, TcpFlags looked) : PacketTest, IAsksTcpFlags
    {
        public override int Cost => 0;

        public override bool Matches(InspectContext context, scoped ref PacketView packet) => packet.IsTcp && !context.IsEnd && Admits(packet.TcpFlags);

        public bool Admits(TcpFlags flags)
        {
            flags &= looked;
            return mode switch
            {
                Mode.Exactly => flags == (wanted & looked),
                Mode.AllOf => (flags & wanted) == wanted,
                Mode.AnyOf => (flags & wanted) != 0,
                _ => (flags & wanted) == 0,
            };
        }
    }
}
