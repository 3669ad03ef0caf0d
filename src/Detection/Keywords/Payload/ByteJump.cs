using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Payload;

/// <summary><c>byte_jump</c>: moves on by a number in the data (user guide, "Payload Keywords").</summary>
internal static class ByteJump
{
    public static Keyword Keyword { get; } = new("byte_jump", ValueUse.Required, "moves on by a number in the data: byte_jump:4,0,relative,little,post_offset -4;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length < 2) throw new RuleException($"cannot read byte_jump \"{value}\": write bytes, offset");
        ByteNumber number = new() { Length = ContentModifiers.Number(rule, "byte_jump", parts[0], 0), Offset = ContentModifiers.Number(rule, "byte_jump", parts[1], -65_535) };
        Test test = new(number);
        foreach (string word in parts.Skip(2))
        {
            if (word == "align") test.Align = true;
            else if (word == "from_beginning") test.FromBeginning = true;
            else if (word == "from_end") test.FromEnd = true;
            else if (word.StartsWith("multiplier", StringComparison.Ordinal)) test.Multiplier = (long)RuleNumber.Parse("byte_jump", word[10..], 1, 65_535);
            else if (word.StartsWith("post_offset", StringComparison.Ordinal)) test.PostOffset = ContentModifiers.Number(rule, "byte_jump", word[11..].Trim(), -65_535);
            else if (!number.TryWord(rule, "byte_jump", word)) throw new RuleException($"cannot read byte_jump: \"{word}\" is unknown");
        }

        number.Check("byte_jump", 0);
        test.IsRelative = number.IsRelative;
        rule.Add(test);
    }

    private sealed class Test(ByteNumber number) : PayloadTest
    {
        public bool Align { get; set; }

        public bool FromBeginning { get; set; }

        public bool FromEnd { get; set; }

        public long Multiplier { get; set; } = 1;

        public Operand PostOffset { get; set; }

        public override bool Matches(scoped ref ChainCursor cursor)
        {
            if (!number.TryRead(ref cursor, out ulong value, out int end) || value > int.MaxValue) return false;
            long jump = (long)value * Multiplier;
            if (Align) jump = (jump + 3) & ~3L;
            long origin = FromBeginning ? 0 : FromEnd ? cursor.Data.Length : end;
            long target = origin + jump + PostOffset.Resolve(cursor.Context);
            if (target > cursor.Data.Length) return false;

            // Before the beginning is the beginning.
            cursor.MoveTo((int)Math.Max(target, 0));
            return true;
        }
    }
}
