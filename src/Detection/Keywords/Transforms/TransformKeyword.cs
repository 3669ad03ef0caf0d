using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Transforms;

/// <summary>Transforms: the sticky buffer before them is changed before options look at it (user guide, "Transformations").</summary>
internal static class TransformKeyword
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        Simple("dotprefix", "puts a dot before the buffer, so that .example.com matches the domain and what is below it", new DotPrefix()),
        Simple("to_lowercase", "letters to lower case", new MapBytes("to_lowercase", ByteMaps.Lower)),
        Simple("to_uppercase", "letters to upper case", new MapBytes("to_uppercase", ByteMaps.Upper)),
        Simple("header_lowercase", "header names to lower case", new HeaderLowercase()),
        Simple("strip_whitespace", "without blanks", new StripWhitespace()),
        Simple("compress_whitespace", "each run of blanks as one", new CompressWhitespace()),
        Simple("strip_pseudo_headers", "without lines that begin with a colon", new StripPseudoHeaders()),
        Simple("url_decode", "percent escapes undone", new UrlDecode()),
        Simple("to_md5", "MD5 of the buffer", new Digest("to_md5", 16)),
        Simple("to_sha1", "SHA-1 of the buffer", new Digest("to_sha1", 20)),
        Simple("to_sha256", "SHA-256 of the buffer", new Digest("to_sha256", 32)),
        new("xor", ValueUse.Required, "each byte combined with a key: xor:\"0d0a\";", (rule, value) => Add(rule, "xor", new Xor(Convert.ToHexString(Key(value))))),
        new("pcrexform", ValueUse.Required, "the first group of an expression: pcrexform:\"name=(\\w+)\";", (rule, value) => Add(rule, "pcrexform", new PcreTransform(QuotedValue.Parse(value).Text))),
        new("from_base64", ValueUse.Optional, "base64 undone: from_base64: bytes 100, offset 4, mode rfc4648;", (rule, value) => Add(rule, "from_base64", FromBase64.Parse(value))),
        Inflating("gunzip", "gzip undone"),
        Inflating("zlib_deflate", "zlib undone"),
    ];

    private static Keyword Simple(string name, string help, Transform transform) =>
        new(name, ValueUse.Optional, $"{help}: http.uri; {name}; content:\"...\";", (rule, _) => Add(rule, name, transform));

    private static void Add(RuleBuilder rule, string name, Transform transform) => rule.AddTransform(name, transform);

    private static Keyword Inflating(string name, string help) =>
        new(name, ValueUse.Optional, $"{help}: {name}; or {name}:max-size 1024;", (rule, value) => Add(rule, name, Inflate.Parse(name, value)));

    private static byte[] Key(string value)
    {
        string text = QuotedValue.Parse(value).Text.Replace(" ", "", StringComparison.Ordinal);
        if (text.Length is > 0 and <= 510 && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit)) return Convert.FromHexString(text);
        throw new RuleException($"cannot read xor \"{value}\": write an even number of hex digits");
    }
}
