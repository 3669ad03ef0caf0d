using Sensor.Detection.Inspect;

namespace Sensor.Detection.Keywords.Transforms;

/// <summary>Tables for transforms that change each byte by itself.</summary>
internal static class ByteMaps
{
    public static byte[] Lower { get; } = Build(char.ToLowerInvariant);

    public static byte[] Upper { get; } = Build(char.ToUpperInvariant);

    // Only ASCII: a byte is not a character.
    private static byte[] Build(Func<char, char> change) =>
        [.. Enumerable.Range(0, 256).Select(value => value < 128 ? (byte)change((char)value) : (byte)value)];

    public static bool IsBlank(byte value) => value is (byte)' ' or (>= 0x09 and <= 0x0D);
}

internal sealed record MapBytes(string Name, byte[] Map) : Transform
{
    public override int Apply(ReadOnlySpan<byte> input, Span<byte> output, InspectContext context)
    {
        for (int at = 0; at < input.Length; at++) output[at] = Map[input[at]];
        return input.Length;
    }
}

internal sealed record DotPrefix : Transform
{
    public override int OutputLength(int input) => input + 1;

    public override int Apply(ReadOnlySpan<byte> input, Span<byte> output, InspectContext context)
    {
        output[0] = (byte)'.';
        input.CopyTo(output[1..]);
        return input.Length + 1;
    }
}

internal sealed record StripWhitespace : Transform
{
    public override int Apply(ReadOnlySpan<byte> input, Span<byte> output, InspectContext context)
    {
        int written = 0;
        foreach (byte value in input)
        {
            if (!ByteMaps.IsBlank(value)) output[written++] = value;
        }

        return written;
    }
}

internal sealed record CompressWhitespace : Transform
{
    public override int Apply(ReadOnlySpan<byte> input, Span<byte> output, InspectContext context)
    {
        int written = 0;
        bool inRun = false;
        foreach (byte value in input)
        {
            bool blank = ByteMaps.IsBlank(value);
            if (!blank || !inRun) output[written++] = value;
            inRun = blank;
        }

        return written;
    }
}

internal sealed record HeaderLowercase : Transform
{
    public override int Apply(ReadOnlySpan<byte> input, Span<byte> output, InspectContext context)
    {
        bool inName = true;
        for (int at = 0; at < input.Length; at++)
        {
            byte value = input[at];
            if (value == (byte)':' && at > 0 && input[at - 1] != (byte)'\n') inName = false;
            else if (value == (byte)'\n') inName = true;
            output[at] = inName ? ByteMaps.Lower[value] : value;
        }

        return input.Length;
    }
}

internal sealed record StripPseudoHeaders : Transform
{
    public override int Apply(ReadOnlySpan<byte> input, Span<byte> output, InspectContext context)
    {
        int written = 0;
        while (!input.IsEmpty)
        {
            int end = input.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? input : input[..(end + 1)];
            input = input[line.Length..];
            if (line[0] == (byte)':') continue;
            line.CopyTo(output[written..]);
            written += line.Length;
        }

        return written;
    }
}

internal sealed record UrlDecode : Transform
{
    public override int Apply(ReadOnlySpan<byte> input, Span<byte> output, InspectContext context)
    {
        int written = 0;
        for (int at = 0; at < input.Length; at++)
        {
            byte value = input[at];
            if (value == (byte)'%' && at + 2 < input.Length && char.IsAsciiHexDigit((char)input[at + 1]) && char.IsAsciiHexDigit((char)input[at + 2]))
            {
                output[written++] = (byte)((Hex(input[at + 1]) << 4) | Hex(input[at + 2]));
                at += 2;
            }
            else
            {
                output[written++] = value == (byte)'+' ? (byte)' ' : value;
            }
        }

        return written;
    }

    private static int Hex(byte digit) => digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}

internal sealed record Xor(string Key) : Transform
{
    private readonly byte[] _key = Convert.FromHexString(Key);

    public bool Equals(Xor? other) => other is not null && Key == other.Key;

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    public override int Apply(ReadOnlySpan<byte> input, Span<byte> output, InspectContext context)
    {
        for (int at = 0; at < input.Length; at++) output[at] = (byte)(input[at] ^ _key[at % _key.Length]);
        return input.Length;
    }
}
