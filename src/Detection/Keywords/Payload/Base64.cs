using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Payload;

/// <summary><c>base64_decode</c> and <c>base64_data</c> (user guide, "Base64 keywords").</summary>
internal static class Base64
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("base64_decode", ValueUse.Optional, "decodes base64 for base64_data: base64_decode:bytes 100, offset 4, relative;", ParseDecode),
        new("base64_data", ValueUse.None, "looks into what base64_decode gave: base64_data;", ParseData),
    ];

    private static void ParseDecode(RuleBuilder rule, string value)
    {
        Decode decode = new();
        foreach (string part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "relative") decode.IsRelative = true;
            else if (part.StartsWith("bytes", StringComparison.Ordinal)) decode.Bytes = (int)RuleNumber.Parse("base64_decode", part[5..], 1, DetectionOptions.MaximumDecodedBytes);
            else if (part.StartsWith("offset", StringComparison.Ordinal)) decode.Offset = (int)RuleNumber.Parse("base64_decode", part[6..], 0, DetectionOptions.MaximumDecodedBytes);
            else throw new RuleException($"cannot read base64_decode: \"{part}\" is unknown; write bytes N, offset N, relative");
        }

        rule.Add(decode);
        rule.LastDecoded = decode.Holder;
    }

    private static void ParseData(RuleBuilder rule, string value) =>
        rule.Select(new DecodedTarget(rule.LastDecoded ?? throw new RuleException("cannot use base64_data: no base64_decode stands before it")));

    private sealed class Decode : PayloadTest
    {
        public int Bytes { get; set; }

        public int Offset { get; set; }

        /// <summary>Options over the decoded bytes, known once the rule is compiled.</summary>
        public DecodedHolder Holder { get; } = new();

        public override bool Matches(scoped ref ChainCursor cursor)
        {
            int start = Offset + (IsRelative ? cursor.Position : 0);
            if (start >= cursor.Data.Length) return false;
            ReadOnlySpan<byte> encoded = cursor.Data[start..];
            if (Bytes > 0 && encoded.Length > Bytes) encoded = encoded[..Bytes];
            InspectContext context = cursor.Context;
            int length = Base64Bytes.Decode(encoded, context.Decoded);
            if (length == 0) return false;
            if (Holder.Chain is not { } chain) return true;
            int stepsLeft = context.StepsLeft;
            var inner = new ChainCursor { Data = context.Decoded.AsSpan(0, length), IsFinal = true, Context = context };
            bool matches = ContentInspector.Matches(chain, ref inner);
            context.StepsLeft = stepsLeft;
            return matches;
        }
    }
}

/// <summary>Lenient base64 as mail and web servers read it.</summary>
internal static class Base64Bytes
{
    private const byte Skip = 0xFE, Stop = 0xFF;

    private static readonly byte[] Values = BuildValues();

    /// <summary>
    /// Decodes up to the first byte that is no part of base64; line ends and blanks are passed over (RFC 2045 section 6.8).
    /// Answers how many bytes came out.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> encoded, Span<byte> decoded)
    {
        int written = 0, bits = 0, have = 0;
        foreach (byte character in encoded)
        {
            byte value = Values[character];
            if (value == Skip) continue;
            if (value == Stop) break;
            bits = (bits << 6) | value;
            have += 6;
            if (have < 8) continue;
            have -= 8;
            if (written == decoded.Length) break;
            decoded[written++] = (byte)(bits >> have);
            bits &= (1 << have) - 1;
        }

        return written;
    }

    private static byte[] BuildValues()
    {
        byte[] values = new byte[256];
        Array.Fill(values, Stop);
        ReadOnlySpan<byte> alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;
        for (int at = 0; at < alphabet.Length; at++) values[alphabet[at]] = (byte)at;
        foreach (byte blank in " \t\r\n"u8) values[blank] = Skip;
        return values;
    }
}
