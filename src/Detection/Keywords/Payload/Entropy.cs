using System.Globalization;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Payload;

/// <summary><c>entropy</c>: Shannon's entropy of the buffer in bits per byte, 0 to 8 (user guide, "Payload Keywords").</summary>
internal static class Entropy
{
    public static Keyword Keyword { get; } = new("entropy", ValueUse.Required, "entropy in bits per byte: entropy:bytes 100, offset 0, value > 7.5;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        Test test = new();
        bool hasValue = false;
        foreach (string part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.StartsWith("bytes", StringComparison.Ordinal)) test.Bytes = (int)RuleNumber.Parse("entropy", part[5..], 0, int.MaxValue);
            else if (part.StartsWith("offset", StringComparison.Ordinal)) test.Offset = (int)RuleNumber.Parse("entropy", part[6..], 0, int.MaxValue);
            else if (part == "relative") test.IsRelative = true;
            else if (part.StartsWith("value", StringComparison.Ordinal)) hasValue = test.TrySetValue(part[5..].Trim());
            else throw new RuleException($"cannot read entropy: \"{part}\" is unknown; write bytes, offset, relative, value");
        }

        if (!hasValue) throw new RuleException($"cannot read entropy \"{value}\": write a comparison, as in value > 7.5");
        rule.Add(test);
    }

    private sealed class Test : PayloadTest
    {
        private string _operation = "=";
        private double _low, _high;

        public int Bytes { get; set; }

        public int Offset { get; set; }

        public bool TrySetValue(string text)
        {
            int between = text.IndexOf("<>", StringComparison.Ordinal);
            if (between < 0) between = text.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash ? dash : -1;
            if (between > 0)
            {
                _operation = "<>";
                return TryNumber(text[..between], out _low) && TryNumber(text[(text[between] == '-' ? between + 1 : between + 2)..], out _high);
            }

            int split = text.IndexOfAny([.. "0123456789"]);
            if (split < 0) return false;
            _operation = text[..split].Trim() is { Length: > 0 } written ? written : "=";
            return _operation is "<" or ">" or "<=" or ">=" or "=" or "==" or "!" or "!=" && TryNumber(text[split..], out _low);
        }

        public override bool Matches(scoped ref ChainCursor cursor)
        {
            long start = (long)Offset + (IsRelative ? cursor.Position : 0);
            if (start >= cursor.Data.Length) return false;
            ReadOnlySpan<byte> data = cursor.Data[(int)start..];
            if (Bytes > 0)
            {
                if (Bytes > data.Length) return false;
                data = data[..Bytes];
            }

            double entropy = Measure(data);
            return _operation switch
            {
                "<" => entropy < _low,
                ">" => entropy > _low,
                "<=" => entropy <= _low,
                ">=" => entropy >= _low,
                "<>" => entropy > _low && entropy < _high,
                "!" or "!=" => Math.Abs(entropy - _low) > 1e-6,
                _ => Math.Abs(entropy - _low) <= 1e-6,
            };
        }

        private static double Measure(ReadOnlySpan<byte> data)
        {
            Span<int> counts = stackalloc int[256];
            counts.Clear();
            foreach (byte value in data) counts[value]++;
            double entropy = 0;
            foreach (int count in counts)
            {
                if (count == 0) continue;
                double share = (double)count / data.Length;
                entropy -= share * Math.Log2(share);
            }

            return entropy;
        }

        private static bool TryNumber(string text, out double number) => double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }
}
