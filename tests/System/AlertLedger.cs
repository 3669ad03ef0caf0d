using System.Globalization;
using System.Text.Json;

namespace Sensor.Tests.EndToEnd;

/// <summary>An alert as both ends know it: by its number on the box, and what it says.</summary>
/// <param name="Id">The box's number of the alert (<c>alert.context.sensor.alert_id</c>, <c>record_id</c>).</param>
/// <param name="Fact">Flow, rule and packet time.</param>
internal readonly record struct KnownAlert(long Id, long Sid, string Fact);

/// <summary>Alerts written down on the box, and alerts stored at the portal.</summary>
internal static class AlertLedger
{
    /// <summary>Every whole alert line of eve.json and its predecessors; a kill may have cut a line.</summary>
    public static List<KnownAlert> OnBox(string folder)
    {
        var alerts = new List<KnownAlert>();
        foreach (string file in Directory.EnumerateFiles(folder, "eve.json*"))
        {
            foreach (string line in File.ReadLines(file))
            {
                if (!line.Contains("\"event_type\":\"alert\"", StringComparison.Ordinal) || !IsWhole(line, out JsonElement record)) continue;
                JsonElement alert = record.GetProperty("alert");
                long microseconds = (DateTimeOffset.Parse(record.GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture).UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
                long sid = alert.GetProperty("signature_id").GetInt64();
                long flow = record.TryGetProperty("flow_id", out JsonElement id) ? id.GetInt64() : 0;
                alerts.Add(new KnownAlert(alert.GetProperty("context").GetProperty("sensor").GetProperty("alert_id").GetInt64(), sid, $"{flow}/{sid}/{microseconds}"));
            }
        }

        return alerts;
    }

    /// <summary>Everything the portal has stored, with each alert's epoch and sequence.</summary>
    public static List<(string Epoch, long Sequence, KnownAlert Alert)> AtPortal(Appliance appliance)
    {
        var stored = new List<(string, long, KnownAlert)>();
        for (long since = 0; ;)
        {
            JsonElement page = appliance.Portal($"/api/v1/alerts?since_id={since}&limit=1000").GetProperty("alerts");
            if (page.GetArrayLength() == 0) return stored;
            foreach (JsonElement row in page.EnumerateArray())
            {
                since = row.GetProperty("id").GetInt64();
                JsonElement alert = row.GetProperty("alert");
                long sid = Number(alert, "sid");
                stored.Add((row.GetProperty("epoch").GetString()!, Number(alert, "sequence"), new KnownAlert(Number(alert, "record_id"), sid, $"{Number(alert, "flow_id")}/{sid}/{Number(alert, "packet_time_ns") / 1000}")));
            }
        }
    }

    /// <summary>How often each rule alerted.</summary>
    public static SortedDictionary<long, int> PerRule(IEnumerable<KnownAlert> alerts) => new(alerts.CountBy(alert => alert.Sid).ToDictionary());

    private static bool IsWhole(string line, out JsonElement record)
    {
        record = default;
        try
        {
            record = JsonDocument.Parse(line).RootElement;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // proto3's JSON form writes 64-bit numbers as text.
    private static long Number(JsonElement alert, string name) => long.Parse(alert.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
