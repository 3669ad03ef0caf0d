using System.Text.Json;

namespace Sensor.Tests.Conformance;

/// <summary>What a case asks for: the parts of its <c>case.json</c> that say how to run it.</summary>
internal sealed record ConformanceCase(string Name, string Folder, string Capture, IReadOnlyList<string> Rules, bool ValidateChecksums, bool Inline, IReadOnlyDictionary<string, string> Settings)
{
    public static ConformanceCase Read(string root, string name)
    {
        string folder = Path.Combine(root, "cases", name);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json")));
        JsonElement json = document.RootElement;
        return new ConformanceCase(
            name,
            folder,
            Path.Combine(root, json.GetProperty("capture").GetString()!),
            [.. json.GetProperty("rules").EnumerateArray().Select(rule => Path.Combine(folder, rule.GetString()!))],
            json.GetProperty("checksums").GetString() == "validate",
            json.GetProperty("inline").GetBoolean(),
            json.GetProperty("settings").EnumerateObject().ToDictionary(setting => setting.Name, setting => setting.Value.ToString()));
    }
}
