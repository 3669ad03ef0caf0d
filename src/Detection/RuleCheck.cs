using System.Text.Json;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection;

/// <summary>Loads rules only to tell what is wrong with them (<c>sensorctl rules check</c>).</summary>
public static class RuleCheck
{
    public static RuleSet Run(IEnumerable<string> paths, RuleSetOptions? options = null) => new RuleSetBuilder(options).AddFiles(paths).Build();

    /// <summary>Writes <c>{"loaded":N,"failed":[{"file","line","column","sid","keyword","reason"}]}</c>.</summary>
    public static void WriteJson(RuleSet rules, Stream output)
    {
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteNumber("loaded", rules.Loaded);
        Write(writer, "failed", rules.Failed);
        Write(writer, "skipped", rules.Skipped);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<RuleError> errors)
    {
        writer.WriteStartArray(name);
        foreach (RuleError error in errors)
        {
            writer.WriteStartObject();
            writer.WriteString("file", error.File);
            writer.WriteNumber("line", error.Line);
            writer.WriteNumber("column", error.Column);
            writer.WriteNumber("sid", error.Sid);
            writer.WriteString("keyword", error.Keyword);
            writer.WriteString("reason", error.Reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
