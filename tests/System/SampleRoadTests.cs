using System.Text;
using System.Text.Json;
using Sensor.Tests.Support;
using Sensor.Tests.Support.Traffic;
using Xunit;

namespace Sensor.Tests.EndToEnd;

/// <summary>The whole road with the shipped sample: capture file in, explained alerts at the portal out.</summary>
public class SampleRoadTests
{
    [Fact]
    public void Each_threat_class_arrives_explained_and_nothing_else_leaves()
    {
        using var appliance = new Appliance();
        appliance.StartPortal();
        appliance.Configure($"files:\n  - \"{Checkout.Path("rules", "samples", "twelve-classes.pcap")}\"");
        appliance.StartSensord();
        appliance.WaitForSensord("the sample is played and everything has arrived", status =>
            status.GetProperty("capture").GetProperty("state").GetString() == "finished" && status.GetProperty("uplink").GetProperty("waiting").GetInt64() == 0);

        JsonElement status = appliance.Status()!.Value;
        JsonElement ledger = status.GetProperty("ledger");
        Assert.Equal(SampleTraffic.Build().Frames.Count, ledger.GetProperty("seen").GetInt64());
        Assert.True(ledger.GetProperty("closes").GetBoolean());
        Assert.Equal(0, ledger.GetProperty("lost").GetInt64());

        JsonElement classes = appliance.Portal("/api/v1/stats").GetProperty("by_class");
        foreach ((string threatClass, _) in SampleTraffic.Classes) Assert.True(classes.TryGetProperty(threatClass, out JsonElement count) && count.GetInt64() > 0, $"no alert of class {threatClass} at the portal: {classes}");

        foreach (JsonElement stored in appliance.Portal("/api/v1/alerts?limit=1000").GetProperty("alerts").EnumerateArray())
        {
            JsonElement alert = stored.GetProperty("alert");
            foreach (string text in (string[])["what_happened", "what_to_do"])
            {
                foreach (string language in (string[])["ja", "en"]) Assert.False(string.IsNullOrWhiteSpace(alert.GetProperty(text).GetProperty(language).GetString()), $"{text} is empty in {language}: {alert}");
            }
        }

        // Bodies in the sample carry a marker: it must be in no file that the sensor or the portal keeps.
        byte[] marker = Encoding.ASCII.GetBytes(SampleTraffic.Marker);
        foreach (string file in Directory.EnumerateFiles(appliance.Folder, "*", SearchOption.AllDirectories))
        {
            if (new FileInfo(file).Length == 0) continue; // sockets, and locks that nobody else may open
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            Assert.False(bytes.ToArray().AsSpan().IndexOf(marker) >= 0, $"payload found in {file}");
        }

        Assert.True(appliance.Portal("/api/v1/sensors").GetProperty("sensors")[0].GetProperty("last_heartbeat").GetString() is { Length: > 0 });
        Assert.Equal(0, appliance.Sensorctl("status").ExitCode);
        Assert.Contains("C2", appliance.Sensorctl("alerts", "--class", "c2").Output + appliance.Sensorctl("alerts", "--class", "c2", "--json").Output, StringComparison.OrdinalIgnoreCase);
        (int reloadExit, string reloadOutput, _) = appliance.Sensorctl("reload", "--json");
        Assert.Equal(0, reloadExit);
        Assert.True(JsonDocument.Parse(reloadOutput).RootElement.GetProperty("swapped").GetBoolean());
    }

    [Fact]
    public void Without_a_daemon_the_command_line_says_what_to_do()
    {
        using var appliance = new Appliance();
        (int exit, _, string error) = appliance.Sensorctl("status");
        Assert.Equal(4, exit);
        Assert.Contains("systemctl status sensord", error, StringComparison.Ordinal);
        Assert.Equal(2, appliance.Sensorctl("stauts").ExitCode);
    }
}
