using Sensor.Primitives;

namespace Sensor.Detection.RuleLanguage;

/// <summary>
/// Addresses as rules and settings write them: <c>any</c>, <c>192.0.2.1</c>, <c>10.0.0.0/8</c>, <c>10.0.0.0/255.0.0.0</c>,
/// <c>192.0.2.1-192.0.2.9</c>, <c>2001:db8::/32</c>, <c>$HOME_NET</c>, <c>!…</c>, <c>[…, …]</c> nested.
/// </summary>
public static class AddressExpression
{
    /// <summary>Compiles one text. For a whole rule set use <see cref="HeaderSets"/>, which shares equal sets.</summary>
    public static AddressSet Compile(string text, RuleVariables variables) => Compile(text, Grammar(variables));

    internal static GroupExpression Grammar(RuleVariables variables) =>
        new(variables.Addresses, new GroupExpression.Kind("address", UInt128.MaxValue, AddressRange.Parse, [.. variables.Ports.Keys]));

    internal static AddressSet Compile(string text, GroupExpression grammar) =>
        text == "any" ? AddressSet.Any : new AddressSet(grammar.Compile(text));
}

/// <summary>Literals of address lists as numbers of 128 bits; IPv4 lies at ::ffff:0:0/96 as in <see cref="IpAddress"/>.</summary>
internal static class AddressRange
{
    private const int Ipv4PrefixBits = 96;

    public static readonly (UInt128 First, UInt128 Last) Ipv4 = (ToNumber(IpAddress.FromIpv4(0)), ToNumber(IpAddress.FromIpv4(uint.MaxValue)));

    public static UInt128 ToNumber(IpAddress address) => new(address.High, address.Low);

    public static IpAddress ToAddress(UInt128 number) => new((ulong)(number >> 64), (ulong)number);

    public static (UInt128 First, UInt128 Last) Parse(string text)
    {
        int slash = text.IndexOf('/');
        if (slash >= 0) return ParseNetwork(text, text[..slash].TrimEnd(), text[(slash + 1)..].TrimStart());
        int dash = text.IndexOf('-');
        if (dash < 0)
        {
            UInt128 single = ToNumber(ParseAddress(text, text));
            return (single, single);
        }

        IpAddress first = ParseAddress(text[..dash].TrimEnd(), text), last = ParseAddress(text[(dash + 1)..].TrimStart(), text);
        if (first.IsIpv4 != last.IsIpv4) throw new RuleException($"cannot read address range \"{text}\": one end is IPv4, the other IPv6");
        if (first > last) throw new RuleException($"cannot read address range \"{text}\": it runs backwards; write the lower address first");
        return (ToNumber(first), ToNumber(last));
    }

    private static (UInt128 First, UInt128 Last) ParseNetwork(string text, string addressText, string lengthText)
    {
        IpAddress address = ParseAddress(addressText, text);
        bool ipv4 = !addressText.Contains(':');
        int length = lengthText.Contains('.') && ipv4 ? MaskLength(lengthText, text) : PrefixLength(lengthText, ipv4 ? 32 : 128, text);
        int bits = ipv4 ? length + Ipv4PrefixBits : length;
        UInt128 hostBits = bits == 0 ? UInt128.MaxValue : bits == 128 ? UInt128.Zero : (UInt128.One << (128 - bits)) - 1;
        UInt128 first = ToNumber(address) & ~hostBits;
        return (first, first | hostBits);
    }

    private static int PrefixLength(string digits, int most, string text)
    {
        if (digits.Length is > 0 and <= 3 && int.TryParse(digits, System.Globalization.NumberStyles.None, null, out int length) && length <= most) return length;
        throw new RuleException($"cannot read network \"{text}\": the prefix length must be 0 to {most}");
    }

    private static int MaskLength(string mask, string text)
    {
        uint hostBits = ~ParseAddress(mask, text).Ipv4;
        if ((hostBits & (hostBits + 1)) != 0) throw new RuleException($"cannot read network \"{text}\": the bits of the mask are not contiguous");
        return 32 - System.Numerics.BitOperations.PopCount(hostBits);
    }

    /// <summary>The general parser takes "10" and "010.0.0.1" (octal) too; in a rule these are slips of the pen.</summary>
    private static IpAddress ParseAddress(string address, string text)
    {
        bool plausible = address.Contains(':') ? !address.AsSpan().ContainsAny('[', ']') : IsDottedQuad(address);
        if (plausible && IpAddress.TryParse(address, out IpAddress parsed)) return parsed;
        string where = address == text ? "" : $" in \"{text}\"";
        throw new RuleException($"cannot read address \"{address}\"{where}: write an IPv4 or IPv6 address, a network (10.0.0.0/8), a range, any, or a $VARIABLE");
    }

    private static bool IsDottedQuad(string text)
    {
        int parts = 0;
        foreach (Range part in text.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> digits = text.AsSpan()[part];
            parts++;
            if (digits.Length is 0 or > 3 || digits.ContainsAnyExceptInRange('0', '9') || (digits.Length > 1 && digits[0] == '0')) return false;
        }

        return parts == 4;
    }
}
