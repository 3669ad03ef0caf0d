using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Payload;

/// <summary><c>byte_extract</c>: keeps a number of the data under a name (user guide, "Payload Keywords").</summary>
internal static class ByteExtract
{
    public static Keyword Keyword { get; } = new("byte_extract", ValueUse.Required, "keeps a number of the data under a name: byte_extract:2,0,length,relative;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length < 3) throw new RuleException($"cannot read byte_extract \"{value}\": write bytes, offset, name");
        ByteNumber number = new() { Length = ContentModifiers.Number(rule, "byte_extract", parts[0], 1), Offset = ContentModifiers.Number(rule, "byte_extract", parts[1], -65_535) };
        ulong multiplier = 1;
        int align = 0;
        foreach (string word in parts.Skip(3))
        {
            if (word.StartsWith("multiplier", StringComparison.Ordinal)) multiplier = RuleNumber.Parse("byte_extract", word[10..], 1, 65_535);
            else if (word.StartsWith("align", StringComparison.Ordinal)) align = (int)RuleNumber.Parse("byte_extract", word[5..], 2, 4);
            else if (!number.TryWord(rule, "byte_extract", word)) throw new RuleException($"cannot read byte_extract: \"{word}\" is unknown");
        }

        number.Check("byte_extract", 1);
        rule.Add(new Test(number, rule.DefineVariable(parts[2]), multiplier, align) { IsRelative = number.IsRelative });
    }

    private sealed class Test(ByteNumber number, int variable, ulong multiplier, int align) : PayloadTest
    {
        public override bool Matches(scoped ref ChainCursor cursor)
        {
            if (!number.TryRead(ref cursor, out ulong value, out int end)) return false;
            value = unchecked(value * multiplier);
            if (align > 0) value = (value + (ulong)align - 1) / (ulong)align * (ulong)align;
            cursor.Context.Variables[variable] = value;
            cursor.MoveTo(end);
            return true;
        }
    }
}
