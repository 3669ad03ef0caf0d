using Sensor.Detection.Compile;
using Sensor.Detection.Keywords.Payload;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Application;

/// <summary><c>urilen</c>: the length of the request's URI (user guide, "HTTP Keywords").</summary>
internal static class UriLength
{
    public static Keyword Keyword { get; } = new("urilen", ValueUse.Required, "length of the URI: urilen:>100; or urilen:10<>20,raw;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries);
        string buffer = parts.Length < 2 ? "http.uri" : parts[1] switch
        {
            "norm" => "http.uri",
            "raw" => "http.uri.raw",
            _ => throw new RuleException($"cannot read urilen \"{value}\": after the length write norm or raw"),
        };
        rule.AddBeside(buffer, new BufferSize.Test(NumberRange.Parse("urilen", parts[0], uint.MaxValue)));
    }
}
