using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Meta;

/// <summary><c>msg</c>: what the alert says (user guide, "Meta Keywords").</summary>
internal static class Message
{
    public static Keyword Keyword { get; } = new("msg", ValueUse.Required, "what the alert says: msg:\"text\";",
        (rule, value) => rule.Message = QuotedValue.Parse(value).Unescaped());
}
