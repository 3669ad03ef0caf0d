using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sensor.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace Sensor.Tests.EndToEnd;

/// <summary>
/// <c>kill -9</c> of the daemon at random moments while alerts stream: the portal ends with each alert exactly once.
/// A short run here; <c>SENSOR_KILLS=200</c> makes the long one.
/// </summary>
public class KillTests(ITestOutputHelper output)
{
    /// <summary>One kill in so many comes while the daemon starts, before it has written anything.</summary>
    private const int StartingEvery = 8;

    private const int PortalKilledEvery = 10;

    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("SENSOR_KILLS"), CultureInfo.InvariantCulture, out int kills) ? kills : 4;

    [Fact]
    public void Each_alert_arrives_exactly_once_however_often_the_daemon_is_killed()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        using var appliance = new Appliance();
        string capture = Path.Combine(appliance.Folder, "stream.pcap"), rules = Path.Combine(appliance.Folder, "rules");
        Directory.CreateDirectory(rules);
        File.Copy(Checkout.Path("rules", "appliance.rules"), Path.Combine(rules, "appliance.rules"));
        // Some hundred alerts a second, so that every moment is one in which an alert is on its way.
        File.WriteAllText(Path.Combine(rules, "stream.rules"), "alert udp any any -> any 53 (msg:\"local: a name was asked for\"; sid:9000001; rev:1;)\n");
        SampleCapture.Write(capture, rounds: 100, microsecondsBetweenFrames: 100);
        appliance.StartPortal();
        appliance.Configure($"loops: 0\npaced: yes\nfiles:\n  - \"{capture}\"", rules);
        var starts = new List<double>();
        for (int kill = 0; kill < Kills; kill++)
        {
            long before = BytesWritten(appliance);
            var clock = Stopwatch.StartNew();
            Process sensord = appliance.StartSensord();
            if (kill % StartingEvery == StartingEvery - 1) Pass(random.Next(0, (int)starts.Average()));
            else
            {
                appliance.WaitFor("events are written", () => BytesWritten(appliance) > before, sensord);
                starts.Add(clock.Elapsed.TotalMilliseconds);
                Pass(random.Next(0, 1000));
            }

            appliance.KillSensord();
            if (kill % PortalKilledEvery != 2) continue;
            appliance.KillPortal();
            appliance.StartPortal();
        }

        // The last run plays once and ends in peace, so that what lay in the spool can arrive.
        SampleCapture.Write(capture, rounds: 1, microsecondsBetweenFrames: 100);
        appliance.Configure($"loops: 1\nfiles:\n  - \"{capture}\"", rules);
        appliance.StartSensord();
        appliance.WaitForSensord("everything has arrived", status => status.GetProperty("capture").GetProperty("state").GetString() == "finished" && status.GetProperty("uplink").GetProperty("waiting").GetInt64() == 0);
        long lastSequence = appliance.Status()!.Value.GetProperty("uplink").GetProperty("lastSequence").GetInt64();

        List<(string Epoch, long Sequence, KnownAlert Alert)> stored = AlertLedger.AtPortal(appliance);
        List<KnownAlert> written = AlertLedger.OnBox(Path.GetDirectoryName(appliance.Eve)!);
        JsonElement sensor = Assert.Single(appliance.Portal("/api/v1/sensors").GetProperty("sensors").EnumerateArray());
        starts.Sort();
        output.WriteLine($"{Kills} kills (seed {seed}); {stored.Count} alerts at the portal, {written.Count} in eve.json, last sequence {lastSequence}; {sensor.GetProperty("duplicates")} came again and were known");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"start to first event written: median {starts[starts.Count / 2]:0} ms, longest {starts[^1]:0} ms"));

        // The spool keeps its epoch through every kill. Incidents share its numbering, so that alerts alone have gaps.
        Assert.Single(stored.Select(row => row.Epoch).Distinct());
        Assert.Equal(stored.Count, stored.Select(row => row.Sequence).Distinct().Count());
        Assert.InRange(stored.Max(row => row.Sequence), 1, lastSequence);
        Assert.Equal(stored.Count, sensor.GetProperty("alerts").GetInt64());

        // No alert is there under two numbers, and each that the daemon ever wrote down is there, saying the same.
        Dictionary<long, string> atPortal = stored.ToDictionary(row => row.Alert.Id, row => row.Alert.Fact);
        Assert.NotEmpty(written);
        Assert.Equal(written.Count, written.Select(alert => alert.Id).Distinct().Count());
        List<KnownAlert> lost = [.. written.Where(alert => atPortal.GetValueOrDefault(alert.Id) != alert.Fact)];
        Assert.True(lost.Count == 0, $"{lost.Count} of {written.Count} alerts in eve.json never arrived, first: {lost.FirstOrDefault()}");
    }

    private static void Pass(int milliseconds)
    {
        using var moment = new ManualResetEventSlim();
        moment.Wait(milliseconds);
    }

    private static long BytesWritten(Appliance appliance) => File.Exists(appliance.Eve) ? new DirectoryInfo(Path.GetDirectoryName(appliance.Eve)!).EnumerateFiles().Sum(file => file.Length) : 0;
}
