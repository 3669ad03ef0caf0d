using System.Globalization;

namespace Sensor.Detection.RuleLanguage;

/// <summary>
/// A comparison with a number as many keywords write it (Suricata user guide, "Integer Keywords"): <c>5</c>, <c>=5</c>,
/// <c>!5</c>, <c>!=5</c>, <c>&lt;5</c>, <c>&lt;=5</c>, <c>&gt;5</c>, <c>&gt;=5</c>, <c>5&lt;&gt;10</c> and <c>5-10</c>
/// (strictly between), <c>!5-10</c>, <c>&amp;0xf0=0x10</c>; decimal or 0x…, with units where a size is meant.
/// </summary>
public readonly record struct NumberRange
{
    private readonly ulong _first, _last, _mask;
    private readonly bool _negated;

    private NumberRange(ulong first, ulong last, bool negated = false, ulong mask = ulong.MaxValue)
    {
        _first = first;
        _last = last;
        _negated = negated;
        _mask = mask;
    }

    /// <summary>Exactly this number.</summary>
    public static NumberRange Exactly(ulong value) => new(value, value);

    /// <summary>Smallest number of the range before any negation.</summary>
    public ulong First => _first;

    /// <summary>Largest number of the range before any negation.</summary>
    public ulong Last => _last;

    /// <summary>True for <c>!</c> forms: numbers outside the range match.</summary>
    public bool IsNegated => _negated;

    /// <summary>True when one number only matches.</summary>
    public bool IsExact => !_negated && _first == _last && _mask == ulong.MaxValue;

    public bool Contains(ulong value)
    {
        value &= _mask;
        return (value >= _first && value <= _last) != _negated;
    }

    /// <summary>Reads a comparison.</summary>
    /// <param name="keyword">For messages.</param>
    /// <param name="most">Largest number the field can hold.</param>
    /// <param name="inclusive">Ranges include both ends, as a few keywords define.</param>
    public static NumberRange Parse(string keyword, string text, ulong most, bool inclusive = false)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        if (rest.StartsWith("&")) return ParseMask(keyword, text, rest[1..], most);
        bool negated = TakeStart(ref rest, "!=") || TakeStart(ref rest, "!");
        if (!negated)
        {
            if (TakeStart(ref rest, ">=")) return new(Number(keyword, text, rest, most), most);
            if (TakeStart(ref rest, "<=")) return new(0, Number(keyword, text, rest, most));
            if (TakeStart(ref rest, ">")) return Above(keyword, text, Number(keyword, text, rest, most), most);
            if (TakeStart(ref rest, "<") && !rest.StartsWith(">")) return Below(keyword, text, Number(keyword, text, rest, most));
            TakeStart(ref rest, "=");
        }

        int between = rest.IndexOf("<>");
        int width = 2;
        if (between < 0)
        {
            between = rest.IndexOf('-');
            width = 1;
        }

        if (between >= 0) return Between(keyword, text, Number(keyword, text, rest[..between], most), Number(keyword, text, rest[(between + width)..], most), inclusive, negated);
        ulong exact = Number(keyword, text, rest, most);
        return new(exact, exact, negated);
    }

    private static NumberRange Between(string keyword, string text, ulong low, ulong high, bool inclusive, bool negated)
    {
        if (low > high) throw new RuleException($"cannot use {keyword} \"{text}\": the range runs backwards; write the lower number first");
        if (inclusive) return new(low, high, negated);
        if (high - low < 2) throw new RuleException($"cannot use {keyword} \"{text}\": no number lies strictly between {low} and {high}");
        return new(low + 1, high - 1, negated);
    }

    private static NumberRange Above(string keyword, string text, ulong value, ulong most) =>
        value < most ? new(value + 1, most) : throw new RuleException($"cannot use {keyword} \"{text}\": nothing is above {most}");

    private static NumberRange Below(string keyword, string text, ulong value) =>
        value > 0 ? new(0, value - 1) : throw new RuleException($"cannot use {keyword} \"{text}\": nothing is below 0");

    /// <summary><c>&amp;mask=value</c>, <c>&amp;mask!=value</c>, <c>&amp;mask</c> (any bit of it).</summary>
    private static NumberRange ParseMask(string keyword, string text, ReadOnlySpan<char> rest, ulong most)
    {
        int equals = rest.IndexOf('=');
        if (equals < 0) return new(0, 0, negated: true, Number(keyword, text, rest, most));
        bool negated = equals > 0 && rest[equals - 1] == '!';
        ulong mask = Number(keyword, text, rest[..(negated ? equals - 1 : equals)], most);
        ulong value = Number(keyword, text, rest[(equals + 1)..], most);
        if ((value & ~mask) != 0) throw new RuleException($"cannot use {keyword} \"{text}\": the value has bits outside the mask");
        return new(value, value, negated, mask);
    }

    private static ulong Number(string keyword, string text, ReadOnlySpan<char> digits, ulong most) =>
        RuleNumber.TryParse(digits.Trim(), out ulong value) && value <= most
            ? value
            : throw new RuleException($"cannot read {keyword} \"{text}\": write a number from 0 to {most}, a comparison (>5, <=5, !5) or a range (5<>10)");

    private static bool TakeStart(ref ReadOnlySpan<char> rest, string start)
    {
        if (!rest.StartsWith(start, StringComparison.Ordinal)) return false;
        rest = rest[start.Length..].TrimStart();
        return true;
    }
}

/// <summary>Single numbers of rules: decimal, <c>0x</c> hex, and sizes with a unit (<c>10kb</c>, <c>2MiB</c>, powers of 1024 either way).</summary>
public static class RuleNumber
{
    private static readonly (string Unit, int Shift)[] Units = [("kib", 10), ("mib", 20), ("gib", 30), ("kb", 10), ("mb", 20), ("gb", 30)];

    public static bool TryParse(ReadOnlySpan<char> text, out ulong value)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)) return ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        foreach ((string unit, int shift) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            bool read = ulong.TryParse(text[..^unit.Length].TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= ulong.MaxValue >> shift;
            value <<= shift;
            return read;
        }

        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Reads one number between bounds or throws <see cref="RuleException"/>.</summary>
    public static ulong Parse(string keyword, string text, ulong least, ulong most) =>
        TryParse(text.AsSpan().Trim(), out ulong value) && value >= least && value <= most
            ? value
            : throw new RuleException($"cannot read {keyword} \"{text}\": write a number from {least} to {most}");

    /// <summary>Reads one number that may be negative, or throws <see cref="RuleException"/>.</summary>
    public static long ParseSigned(string keyword, string text, long least, long most)
    {
        ReadOnlySpan<char> digits = text.AsSpan().Trim();
        bool negative = digits.StartsWith("-");
        if (negative || digits.StartsWith("+")) digits = digits[1..].TrimStart();
        if (TryParse(digits, out ulong size) && size <= long.MaxValue)
        {
            long value = negative ? -(long)size : (long)size;
            if (value >= least && value <= most) return value;
        }

        throw new RuleException($"cannot read {keyword} \"{text}\": write a number from {least} to {most}");
    }
}
