using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Payload;

/// <summary><c>content</c>: bytes to be found, or to be absent (user guide, "Payload Keywords").</summary>
internal static class Content
{
    public static Keyword Keyword { get; } = new("content", ValueUse.Required, "bytes to be found: content:\"GET |20|/\";", Parse);

    /// <summary><c>uricontent</c>: the same with http_uri after it.</summary>
    public static Keyword UriKeyword { get; } = new("uricontent", ValueUse.Required, "bytes to be found in http.uri: uricontent:\"/shell\";", ParseUri);

    private static void Parse(RuleBuilder rule, string value)
    {
        ContentPattern pattern = ContentPattern.Parse(value);
        rule.Add(new ContentOption { Bytes = pattern.Bytes, Negated = pattern.Negated });
    }

    private static void ParseUri(RuleBuilder rule, string value)
    {
        Parse(rule, value);
        rule.MoveLastContent("uricontent", "http.uri");
    }
}
