using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sensor.Tests.Support;
using Xunit;
using Xunit.Abstractions;

namespace Sensor.Tests.EndToEnd;

/// <summary>The sensor on an interface of its own, and what tcpreplay sends from the other end of the cable.</summary>
public class LiveTests(ITestOutputHelper output)
{
    private const int Megabits = 100;
    private const string OnWire = $"interface: {Wire.Interface}";

    /// <summary>
    /// The file holds the sample, played over and over, timed as a line of 100 Mbps would carry it: rules that count over
    /// seconds see the same on the wire and in the file.
    /// </summary>
    [WireFact]
    public void The_same_alerts_come_from_the_wire_at_100_Mbps_as_from_the_file()
    {
        using var wire = new Wire();
        using var appliance = new Appliance(wire);
        string capture = Path.Combine(appliance.Folder, "line-rate.pcap");
        int frames = SampleCapture.WriteAtLineRate(capture, rounds: 100, Megabits);
        appliance.StartPortal();
        appliance.Configure(OnWire);
        appliance.StartSensord();
        appliance.WaitForSensord("it captures", Captures);

        var clock = Stopwatch.StartNew();
        long sent = wire.Play(capture, $"--mbps={Megabits}", "--preload-pcap");
        TimeSpan took = clock.Elapsed;
        JsonElement status = appliance.WaitForArrival(sent);
        JsonElement ledger = status.GetProperty("ledger");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sent} frames sent in {took.TotalSeconds:0.00} s; ledger {ledger}; alerts {status.GetProperty("alerts")}"));
        Assert.Equal(frames, sent);
        AssertNothingLost(ledger, sent);

        string replayed = Path.Combine(appliance.Folder, "replayed");
        (int exit, _, string error) = appliance.Sensorctl("replay", capture, "--config", appliance.Configuration, "--rules", Checkout.Path("rules"), "--out", replayed);
        Assert.True(exit == 0, error);
        List<KnownAlert> live = AlertLedger.OnBox(Path.GetDirectoryName(appliance.Eve)!), file = AlertLedger.OnBox(replayed);
        List<(string Epoch, long Sequence, KnownAlert Alert)> stored = AlertLedger.AtPortal(appliance);
        output.WriteLine($"alerts from the wire {string.Join(' ', AlertLedger.PerRule(live))}; from the file {string.Join(' ', AlertLedger.PerRule(file))}; at the portal {stored.Count}");
        Assert.NotEmpty(file);
        Assert.Equal(AlertLedger.PerRule(file), AlertLedger.PerRule(live));
        Assert.Equal(live.Select(alert => (alert.Id, alert.Fact)).Order(), stored.Select(row => (row.Alert.Id, row.Alert.Fact)).Order());
    }

    [WireFact]
    public void Systemd_hears_what_is_true_a_reload_loses_no_packet_and_an_end_loses_no_alert()
    {
        const long NewSid = 9_000_001;
        using var wire = new Wire();
        string notifyPath = Path.Combine(Directory.CreateTempSubdirectory("notify-").FullName, "socket");
        using var appliance = new Appliance(wire) { SensordEnvironment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = notifyPath, ["WATCHDOG_USEC"] = "600000" } };
        using var systemd = new NotifySocket(notifyPath, () => appliance.Status() is { } status && Captures(status));
        string rules = Path.Combine(appliance.Folder, "rules"), capture = Path.Combine(appliance.Folder, "stream.pcap");
        Directory.CreateDirectory(rules);
        File.Copy(Checkout.Path("rules", "appliance.rules"), Path.Combine(rules, "appliance.rules"));
        SampleCapture.Write(capture, rounds: 50, microsecondsBetweenFrames: 100);
        appliance.StartPortal();
        appliance.Configure(OnWire, rules);
        Process sensord = appliance.StartSensord();

        appliance.WaitFor("it is ready", () => systemd.Count("READY=1") == 1, sensord);
        Assert.StartsWith("READY=1\nSTATUS=watching " + Wire.Interface, systemd.Messages[0], StringComparison.Ordinal);
        Assert.True(systemd.ProbeAtReady, "READY=1 came before the control socket answered");

        // A rule is added while frames arrive: it alerts on those after the reload, and every frame is inspected.
        Process playing = wire.Begin(capture, "--pps=10000");
        File.WriteAllText(Path.Combine(rules, "local.rules"), $"alert udp any any -> any 53 (msg:\"local: a name was asked for\"; sid:{NewSid}; rev:1;)\n");
        appliance.Signal("HUP");
        appliance.WaitFor("it is ready again", () => systemd.Count("READY=1") == 2, sensord);
        Assert.Equal(1, systemd.Count("RELOADING=1"));
        int pings = systemd.Count("WATCHDOG=1");
        appliance.WaitFor("the watchdog is fed", () => systemd.Count("WATCHDOG=1") > pings, sensord);
        long sent = Wire.Finish(playing) + wire.Play(capture, "--pps=10000");
        JsonElement status = appliance.WaitForArrival(sent);
        AssertNothingLost(status.GetProperty("ledger"), sent);
        Assert.Contains(AlertLedger.AtPortal(appliance), row => row.Alert.Sid == NewSid);

        // The portal is away and frames are still coming: the service ends in time, and what it knows comes back with it.
        appliance.KillPortal();
        using (Process still = wire.Begin(capture, "--pps=10000", "--loop=10"))
        {
            appliance.WaitForSensord("alerts wait", now => now.GetProperty("uplink").GetProperty("waiting").GetInt64() > 0);
            appliance.Signal("TERM");
            Assert.Equal(0, appliance.AwaitSensordExit(TimeSpan.FromSeconds(10)));
            still.Kill();
            still.WaitForExit();
        }

        Assert.Equal(1, systemd.Count("STOPPING=1"));
        appliance.StartPortal();
        appliance.StartSensord();
        appliance.WaitForSensord("what waited has arrived", now => now.GetProperty("uplink").GetProperty("waiting").GetInt64() == 0);
        Assert.Equal(
            AlertLedger.OnBox(Path.GetDirectoryName(appliance.Eve)!).Select(alert => (alert.Id, alert.Fact)).Order(),
            AlertLedger.AtPortal(appliance).Select(row => (row.Alert.Id, row.Alert.Fact)).Order());
    }

    [WireFact]
    public void An_interface_that_goes_down_ends_the_service_with_a_reason()
    {
        using var wire = new Wire();
        using var appliance = new Appliance(wire);
        appliance.StartPortal();
        appliance.Configure(OnWire);
        appliance.StartSensord();
        appliance.WaitForSensord("it captures", Captures);
        wire.Unplug();
        Assert.Equal(1, appliance.AwaitSensordExit(TimeSpan.FromSeconds(10)));
        Assert.Contains($"cannot capture on {Wire.Interface} any longer", appliance.SensordLog, StringComparison.Ordinal);

        // Started again while it is still down, it says that; and the same for one that is not there at all.
        appliance.StartSensord();
        Assert.Equal(1, appliance.AwaitSensordExit());
        Assert.Contains($"sensord: cannot start: cannot capture on {Wire.Interface}: the interface is down", appliance.SensordLog, StringComparison.Ordinal);
        wire.Remove();
        appliance.StartSensord();
        Assert.Equal(1, appliance.AwaitSensordExit());
        Assert.Contains($"sensord: cannot start: cannot capture on {Wire.Interface}: no such interface", appliance.SensordLog, StringComparison.Ordinal);
    }

    internal static bool Captures(JsonElement status) => status.GetProperty("capture").GetProperty("state").GetString() == "running";

    internal static void AssertNothingLost(JsonElement ledger, long sent)
    {
        Assert.Equal(sent, ledger.GetProperty("seen").GetInt64());
        Assert.Equal(sent, ledger.GetProperty("inspected").GetInt64());
        Assert.Equal(0, ledger.GetProperty("kernelDropped").GetInt64());
        Assert.Equal(0, ledger.GetProperty("lost").GetInt64());
        Assert.True(ledger.GetProperty("closes").GetBoolean());
    }
}
