using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sensor.Control;

/// <summary>The JSON both ends speak: camelCase names, times in ISO 8601, nothing escaped that need not be.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = false)]
[JsonSerializable(typeof(StatusReply))]
[JsonSerializable(typeof(AlertsReply))]
[JsonSerializable(typeof(IncidentsReply))]
[JsonSerializable(typeof(ReloadReply))]
[JsonSerializable(typeof(ControlError))]
public sealed partial class ControlJson : JsonSerializerContext
{
    /// <summary>For people's terminals and for tests: indented, Japanese left as it is.</summary>
    public static ControlJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
