using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Payload;

/// <summary><c>byte_test</c>: compares a number in the data (user guide, "Payload Keywords").</summary>
internal static class ByteTest
{
    public static Keyword Keyword { get; } = new("byte_test", ValueUse.Required, "compares a number in the data: byte_test:4,>,1000,0,relative,little;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length < 4) throw new RuleException($"cannot read byte_test \"{value}\": write bytes, operator, value, offset");
        bool negated = parts[1].StartsWith('!');
        string operation = negated ? parts[1][1..].Trim() : parts[1];
        if (operation.Length == 0) operation = "=";
        if (operation is not ("<" or ">" or "=" or "<=" or ">=" or "&" or "^")) throw new RuleException($"cannot read byte_test: \"{parts[1]}\" is no operator; write <, >, =, <=, >=, & or ^, with ! for the opposite");
        ByteNumber number = new() { Length = ContentModifiers.Number(rule, "byte_test", parts[0], 0), Offset = ContentModifiers.Number(rule, "byte_test", parts[3], -65_535) };
        foreach (string word in parts.Skip(4))
        {
            if (!number.TryWord(rule, "byte_test", word)) throw new RuleException($"cannot read byte_test: \"{word}\" is unknown");
        }

        number.Check("byte_test", 1);
        rule.Add(new Test(number, operation, negated, Wanted(rule, parts[2])) { IsRelative = number.IsRelative });
    }

    private static Operand Wanted(RuleBuilder rule, string text)
    {
        if (text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '_')) return ContentModifiers.Number(rule, "byte_test", text, 0);
        if (text.StartsWith('-')) return new Operand(RuleNumber.ParseSigned("byte_test", text, long.MinValue + 1, -1));
        return new Operand(unchecked((long)RuleNumber.Parse("byte_test", text, 0, ulong.MaxValue)));
    }

    private sealed class Test(ByteNumber number, string operation, bool negated, Operand wanted) : PayloadTest
    {
        private readonly char _first = operation[0];
        private readonly bool _orEqual = operation.Length == 2;

        public override bool Matches(scoped ref ChainCursor cursor)
        {
            if (!number.TryRead(ref cursor, out ulong value, out _)) return false;
            ulong compared = unchecked((ulong)wanted.Resolve(cursor.Context));
            bool holds = _first switch
            {
                '<' => value < compared || (_orEqual && value == compared),
                '>' => value > compared || (_orEqual && value == compared),
                '=' => value == compared,
                '&' => (value & compared) != 0,
                _ => (value ^ compared) != 0,
            };
            return holds != negated;
        }
    }
}
