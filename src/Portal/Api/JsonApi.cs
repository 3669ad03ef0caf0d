using System.Text.Json.Nodes;
using Google.Protobuf;
using Sensor.Portal.Storage;
using Sensor.Wire;

namespace Sensor.Portal.Api;

/// <summary>What scripts and tests read. Messages appear in proto3's JSON form (64-bit numbers as text).</summary>
internal static class JsonApi
{
    private const int DefaultLimit = 100, MaximumLimit = 1000;

    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true));

    public static void Map(IEndpointRouteBuilder routes, SensorStore sensors, AlertStore alerts, IncidentStore incidents)
    {
        routes.MapGet("/healthz", () => Results.Text("ok\n"));
        routes.MapGet("/api/v1/sensors", () => Json(new JsonObject { ["sensors"] = Array(Sensors(sensors, alerts)) }));
        routes.MapGet("/api/v1/alerts", (long? since_id, int? limit) =>
            Json(new JsonObject { ["alerts"] = Array(alerts.Since(since_id ?? 0, Math.Clamp(limit ?? DefaultLimit, 1, MaximumLimit)).Select(Alert)) }));
        routes.MapGet("/api/v1/incidents", (int? limit) =>
            Json(new JsonObject { ["incidents"] = Array(incidents.List(Math.Clamp(limit ?? DefaultLimit, 1, MaximumLimit)).Select(Incident)) }));
        routes.MapGet("/api/v1/stats", () => Json(Stats(sensors, alerts, incidents)));
    }

    private static IEnumerable<JsonObject> Sensors(SensorStore sensors, AlertStore alerts)
    {
        Dictionary<string, (long Stored, long Duplicates)> received = alerts.PerSensor();
        foreach (StoredSensor sensor in sensors.All())
        {
            (long stored, long duplicates) = received.GetValueOrDefault(sensor.SensorId);
            yield return new JsonObject
            {
                ["sensor_id"] = sensor.SensorId,
                ["name"] = sensor.Name,
                ["enrolled"] = Time(sensor.EnrolledNs),
                ["last_heartbeat"] = sensor.HeartbeatNs == 0 ? null : Time(sensor.HeartbeatNs),
                ["alerts"] = stored,
                ["duplicates"] = duplicates,
                ["heartbeat"] = sensor.Heartbeat is null ? null : Message(sensor.Heartbeat),
            };
        }
    }

    private static JsonObject Alert(StoredAlert stored) => new()
    {
        ["id"] = stored.Id,
        ["sensor_id"] = stored.SensorId,
        ["epoch"] = stored.Epoch.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["received"] = Time(stored.ReceivedNs),
        ["time"] = Time(stored.Alert.PacketTimeNs),
        ["alert"] = Message(stored.Alert),
    };

    private static JsonObject Incident(StoredIncident stored) => new() { ["sensor_id"] = stored.SensorId, ["incident"] = Message(stored.Incident) };

    private static JsonObject Stats(SensorStore sensors, AlertStore alerts, IncidentStore incidents)
    {
        List<(string ThreatClass, int Severity, long Count)> counts = alerts.Counts(0);
        return new JsonObject
        {
            ["sensors"] = sensors.All().Count,
            ["alerts"] = counts.Sum(row => row.Count),
            ["open_incidents"] = incidents.CountOpen(),
            ["incidents"] = incidents.Count(),
            ["by_class"] = Sums(counts.GroupBy(row => row.ThreatClass)),
            ["by_severity"] = Sums(counts.GroupBy(row => ((Severity)row.Severity).ToString().ToLowerInvariant())),
        };
    }

    private static JsonObject Sums(IEnumerable<IGrouping<string, (string ThreatClass, int Severity, long Count)>> groups) =>
        new(groups.OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => KeyValuePair.Create<string, JsonNode?>(group.Key, group.Sum(row => row.Count))));

    private static JsonNode? Message(IMessage message) => JsonNode.Parse(Formatter.Format(message));

    private static string Time(long nanoseconds) => Clock.FromNs(nanoseconds).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", System.Globalization.CultureInfo.InvariantCulture);

    private static JsonArray Array(IEnumerable<JsonObject> items) => new([.. items]);

    private static IResult Json(JsonObject value) => Results.Text(value.ToJsonString(), "application/json; charset=utf-8");
}
