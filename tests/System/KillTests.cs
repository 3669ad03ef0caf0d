using System.Globalization;
using System.Text.Json;
using Sensor.Tests.Support;
using Xunit;

namespace Sensor.Tests.EndToEnd;

/// <summary>
/// <c>kill -9</c> of the daemon at random moments while alerts stream: the portal ends with each alert exactly once.
/// A short run here; <c>SENSOR_KILLS=200</c> makes the long one.
/// </summary>
public class KillTests
{
    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("SENSOR_KILLS"), CultureInfo.InvariantCulture, out int kills) ? kills : 4;

    [Fact]
    public void Each_alert_arrives_exactly_once_however_often_the_daemon_is_killed()
    {
        var random = new Random(20261120);
        using var appliance = new Appliance();
        appliance.StartPortal();
        appliance.Configure($"loops: 0\npaced: no\nfiles:\n  - \"{Checkout.Path("rules", "samples", "twelve-classes.pcap")}\"");
        for (int kill = 0; kill < Kills; kill++)
        {
            appliance.StartSensord();
            long before = Alerts(appliance);
            if (kill % 4 == 3) appliance.WaitFor("some alerts arrive", () => Alerts(appliance) > before);
            using (var moment = new ManualResetEventSlim()) moment.Wait(random.Next(150, 1500));
            appliance.KillSensord();
            if (kill % 10 == 7)
            {
                appliance.KillPortal();
                appliance.StartPortal();
            }
        }

        // The last run plays once and ends in peace, so that what lay in the spool can arrive.
        appliance.Configure($"loops: 1\nfiles:\n  - \"{Checkout.Path("rules", "samples", "twelve-classes.pcap")}\"");
        appliance.StartSensord();
        appliance.WaitForSensord("everything has arrived", status => status.GetProperty("capture").GetProperty("state").GetString() == "finished" && status.GetProperty("uplink").GetProperty("waiting").GetInt64() == 0);

        (HashSet<(string, long)> numbers, List<string> facts) = AtPortal(appliance);
        Assert.Equal(numbers.Count, facts.Count);
        foreach (IGrouping<string, (string Epoch, long Sequence)> epoch in numbers.Select(n => (Epoch: n.Item1, Sequence: n.Item2)).GroupBy(n => n.Epoch))
        {
            long last = epoch.Max(n => n.Sequence);
            Assert.Equal(last, appliance.Status()!.Value.GetProperty("uplink").GetProperty("lastSequence").GetInt64());
        }

        // Every alert that the daemon ever wrote down is there once, and none is there twice.
        HashSet<string> atPortal = [.. facts];
        Assert.Equal(facts.Count, atPortal.Count);
        List<string> written = WrittenDown(appliance);
        Assert.NotEmpty(written);
        List<string> lost = [.. written.Where(fact => !atPortal.Contains(fact))];
        Assert.True(lost.Count == 0, $"{lost.Count} of {written.Count} alerts in eve.json never arrived, first: {lost.FirstOrDefault()}");
    }

    private static long Alerts(Appliance appliance) => appliance.Portal("/api/v1/stats").GetProperty("alerts").GetInt64();

    private static (HashSet<(string, long)> Numbers, List<string> Facts) AtPortal(Appliance appliance)
    {
        var numbers = new HashSet<(string, long)>();
        var facts = new List<string>();
        long since = 0;
        while (true)
        {
            JsonElement page = appliance.Portal($"/api/v1/alerts?since_id={since}&limit=1000").GetProperty("alerts");
            if (page.GetArrayLength() == 0) return (numbers, facts);
            foreach (JsonElement stored in page.EnumerateArray())
            {
                since = Math.Max(since, stored.GetProperty("id").GetInt64());
                JsonElement alert = stored.GetProperty("alert");
                numbers.Add((stored.GetProperty("epoch").GetString()!, Number(alert.GetProperty("sequence"))));
                facts.Add($"{Number(alert.GetProperty("flow_id"))}/{Number(alert.GetProperty("sid"))}/{Number(alert.GetProperty("packet_time_ns")) / 1000}");
            }
        }
    }

    private static List<string> WrittenDown(Appliance appliance)
    {
        var facts = new List<string>();
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(appliance.Eve)!, "eve*"))
        {
            foreach (string line in File.ReadLines(file))
            {
                // A kill may cut the last line of a run.
                if (!line.Contains("\"event_type\":\"alert\"", StringComparison.Ordinal) || !line.EndsWith('}')) continue;
                JsonElement record = JsonDocument.Parse(line).RootElement;
                DateTimeOffset time = DateTimeOffset.Parse(record.GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture);
                facts.Add($"{(record.TryGetProperty("flow_id", out JsonElement flow) ? flow.GetInt64() : 0)}/{record.GetProperty("alert").GetProperty("signature_id").GetInt64()}/{(time.UtcTicks - DateTime.UnixEpoch.Ticks) / 10}");
            }
        }

        return facts;
    }

    private static long Number(JsonElement value) => value.ValueKind == JsonValueKind.String ? long.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetInt64();
}
