using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Payload;

/// <summary><c>bsize</c>: the length of the buffer (user guide, "Payload Keywords").</summary>
internal static class BufferSize
{
    public static Keyword Keyword { get; } = new("bsize", ValueUse.Required, "the buffer's length: bsize:17; or bsize:10<>20;", Parse);

    private static void Parse(RuleBuilder rule, string value) => rule.Add(new Test(NumberRange.Parse("bsize", value, uint.MaxValue)));

    /// <summary>Also what <c>urilen</c> asks.</summary>
    internal sealed class Test(NumberRange range) : PayloadTest
    {
        public NumberRange Range { get; } = range;

        public override bool Matches(scoped ref ChainCursor cursor)
        {
            ulong length = (ulong)(cursor.Offset + cursor.Data.Length);
            if (!Range.Contains(length)) return false;

            // While the buffer may still grow only "at least" is certain.
            return cursor.IsFinal || (!Range.IsNegated && Range.Last == uint.MaxValue);
        }
    }
}
