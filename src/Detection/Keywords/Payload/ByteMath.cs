using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Payload;

/// <summary><c>byte_math</c>: calculates with a number of the data and keeps the result (user guide, "Payload Keywords").</summary>
internal static class ByteMath
{
    public static Keyword Keyword { get; } = new("byte_math", ValueUse.Required, "calculates: byte_math:bytes 2, offset 0, oper +, rvalue 4, result end;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        ByteNumber number = new();
        Operand? right = null;
        string operation = "", result = "";
        bool hasLength = false;
        foreach (string part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int blank = part.IndexOf(' ', StringComparison.Ordinal);
            string word = blank < 0 ? part : part[..blank];
            string rest = blank < 0 ? "" : part[(blank + 1)..].Trim();
            switch (word)
            {
                case "bytes": number.Length = ContentModifiers.Number(rule, "byte_math", rest, 1); hasLength = true; break;
                case "offset": number.Offset = ContentModifiers.Number(rule, "byte_math", rest, -65_535); break;
                case "oper": operation = rest; break;
                case "rvalue": right = RightValue(rule, rest); break;
                case "result": result = rest; break;
                case "endian": number.IsLittleEndian = rest == "little"; break;
                case "string": number.TextBase = rest switch { "hex" => 16, "oct" => 8, "dec" => 10, _ => throw new RuleException($"cannot read byte_math: string \"{rest}\" is unknown; write hex, dec or oct") }; break;
                default:
                    if (!number.TryWord(rule, "byte_math", word == "bitmask" ? "bitmask " + rest : word)) throw new RuleException($"cannot read byte_math: \"{part}\" is unknown");
                    break;
            }
        }

        if (!hasLength || right is null || result.Length == 0) throw new RuleException($"cannot read byte_math \"{value}\": bytes, offset, oper, rvalue and result are needed");
        if (operation is not ("+" or "-" or "*" or "/" or "<<" or ">>")) throw new RuleException($"cannot read byte_math: \"{operation}\" is no operator; write +, -, *, /, << or >>");
        number.Check("byte_math", 1);
        rule.Add(new Test(number, operation, right.Value, rule.DefineVariable(result)) { IsRelative = number.IsRelative });
    }

    private static Operand RightValue(RuleBuilder rule, string text) =>
        text.Length > 0 && (char.IsAsciiLetter(text[0]) || text[0] == '_')
            ? ContentModifiers.Number(rule, "byte_math", text, 0)
            : new Operand((long)RuleNumber.Parse("byte_math", text, 0, uint.MaxValue));

    private sealed class Test(ByteNumber number, string operation, Operand right, int variable) : PayloadTest
    {
        public override bool Matches(scoped ref ChainCursor cursor)
        {
            if (!number.TryRead(ref cursor, out ulong left, out int end)) return false;
            ulong other = unchecked((ulong)right.Resolve(cursor.Context));
            if (operation == "/" && other == 0) return false;
            cursor.Context.Variables[variable] = unchecked(operation switch
            {
                "+" => left + other,
                "-" => left - other,
                "*" => left * other,
                "/" => left / other,
                "<<" => other < 64 ? left << (int)other : 0,
                _ => other < 64 ? left >> (int)other : 0,
            });
            cursor.MoveTo(end);
            return true;
        }
    }
}
