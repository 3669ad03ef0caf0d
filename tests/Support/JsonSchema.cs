using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sensor.Tests.Support;

/// <summary>
/// Checks JSON against a schema, as far as EVE's schema goes: type, properties, required, additionalProperties, items, minItems,
/// minProperties, enum, const, pattern, minimum, oneOf and $ref. A keyword it does not know fails the test rather than passing unseen.
/// </summary>
public sealed class JsonSchema
{
    private static readonly HashSet<string> Annotations =
        ["description", "desription", "title", "suricata", "$comment", "optional", "$defs", "keywords", "$schema", "$id"];

    private readonly JsonElement _root;

    private JsonSchema(JsonElement root) => _root = root;

    public static JsonSchema Load(string path) => new(JsonDocument.Parse(File.ReadAllBytes(path)).RootElement);

    /// <summary>What is wrong, each as "path: problem"; empty when the value fits.</summary>
    public IReadOnlyList<string> Check(JsonElement value)
    {
        var problems = new List<string>();
        Check(value, _root, "$", problems);
        return problems;
    }

    private void Check(JsonElement value, JsonElement schema, string path, List<string> problems)
    {
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            JsonElement rule = keyword.Value;
            switch (keyword.Name)
            {
                case "$ref": Check(value, Resolve(rule.GetString()!), path, problems); break;
                case "type": Require(IsType(value, rule), path, $"is {value.ValueKind}, not {rule}", problems); break;
                case "properties": CheckProperties(value, rule, path, problems); break;
                case "additionalProperties": CheckAdditional(value, schema, rule, path, problems); break;
                case "required": CheckRequired(value, rule, path, problems); break;
                case "items": CheckItems(value, rule, path, problems); break;
                case "minItems": Require(value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= rule.GetInt32(), path, "has too few items", problems); break;
                case "minProperties": Require(value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Count() >= rule.GetInt32(), path, "has too few properties", problems); break;
                case "enum": Require(rule.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)), path, $"{value} is none of {rule}", problems); break;
                case "const": Require(JsonElement.DeepEquals(rule, value), path, $"{value} is not {rule}", problems); break;
                case "pattern": Require(value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, rule.GetString()!), path, $"{value} does not match {rule}", problems); break;
                case "minimum": Require(value.ValueKind != JsonValueKind.Number || value.GetDouble() >= rule.GetDouble(), path, $"{value} is below {rule}", problems); break;
                case "oneOf": Require(rule.EnumerateArray().Count(one => Fits(value, one)) == 1, path, "fits not exactly one alternative", problems); break;
                default: Require(Annotations.Contains(keyword.Name), path, $"schema keyword {keyword.Name} is not supported by this checker", problems); break;
            }
        }
    }

    private bool Fits(JsonElement value, JsonElement schema)
    {
        var problems = new List<string>();
        Check(value, schema, "", problems);
        return problems.Count == 0;
    }

    private void CheckProperties(JsonElement value, JsonElement properties, string path, List<string> problems)
    {
        if (value.ValueKind != JsonValueKind.Object) return;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (properties.TryGetProperty(property.Name, out JsonElement schema)) Check(property.Value, schema, $"{path}.{property.Name}", problems);
        }
    }

    private void CheckAdditional(JsonElement value, JsonElement schema, JsonElement rule, string path, List<string> problems)
    {
        if (value.ValueKind != JsonValueKind.Object || rule.ValueKind == JsonValueKind.True) return;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (schema.TryGetProperty("properties", out JsonElement known) && known.TryGetProperty(property.Name, out _)) continue;
            if (rule.ValueKind == JsonValueKind.Object) Check(property.Value, rule, $"{path}.{property.Name}", problems);
            else problems.Add($"{path}.{property.Name}: is not in the schema");
        }
    }

    private static void CheckRequired(JsonElement value, JsonElement names, string path, List<string> problems)
    {
        if (value.ValueKind != JsonValueKind.Object) return;
        foreach (JsonElement name in names.EnumerateArray()) Require(value.TryGetProperty(name.GetString()!, out _), path, $"lacks {name}", problems);
    }

    private void CheckItems(JsonElement value, JsonElement schema, string path, List<string> problems)
    {
        if (value.ValueKind != JsonValueKind.Array) return;
        int index = 0;
        foreach (JsonElement item in value.EnumerateArray()) Check(item, schema, $"{path}[{index++}]", problems);
    }

    private JsonElement Resolve(string reference)
    {
        JsonElement at = _root;
        foreach (string step in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries)) at = at.GetProperty(step);
        return at;
    }

    private static bool IsType(JsonElement value, JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Any(one => IsType(value, one)) : type.GetString() switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "null" => value.ValueKind == JsonValueKind.Null,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number) && decimal.Truncate(number) == number,
            _ => false,
        };

    private static void Require(bool holds, string path, string problem, List<string> problems)
    {
        if (!holds) problems.Add($"{path}: {problem}");
    }
}
