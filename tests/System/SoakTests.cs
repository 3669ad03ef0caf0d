using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Xunit;
using Xunit.Abstractions;

namespace Sensor.Tests.EndToEnd;

/// <summary>Minutes of 100 Mbps with a portal that keeps dying: memory stays flat, nothing is lost. <c>SENSOR_SOAK_SECONDS</c> says how long.</summary>
public class SoakTests(ITestOutputHelper output)
{
    private const int Megabits = 100;

    private static int Seconds => int.TryParse(Environment.GetEnvironmentVariable("SENSOR_SOAK_SECONDS"), CultureInfo.InvariantCulture, out int seconds) ? seconds : 5;

    /// <summary>Part of the time after which tables, pools and the collector's heap have their size.</summary>
    private const double WarmUp = 0.5;

    /// <summary>Growth allowed after that; a leak of a few bytes a packet is a hundred megabytes in minutes.</summary>
    private const long MostGrowth = 48L << 20;

    /// <summary>Resident bytes never exceeded, however short the run; the unit's MemoryHigh is twice that.</summary>
    private const long MostMemory = 750L << 20;

    /// <summary>Seconds from which flatness is asserted (SENSOR_SOAK_SECONDS).</summary>
    private const int LongRun = 150;

    [WireFact]
    public void Memory_stays_flat_and_nothing_is_lost_while_the_portal_comes_and_goes()
    {
        using var wire = new Wire();
        using var appliance = new Appliance(wire);
        string capture = Path.Combine(appliance.Folder, "line-rate.pcap");
        SampleCapture.WriteAtLineRate(capture, rounds: 200, Megabits);
        appliance.StartPortal();
        appliance.Configure($"interface: {Wire.Interface}");
        appliance.StartSensord();
        appliance.WaitForSensord("it captures", LiveTests.Captures);

        var clock = Stopwatch.StartNew();
        Process playing = wire.Begin(capture, $"--mbps={Megabits}", "--preload-pcap", "--loop=0", $"--duration={Seconds}");
        var memory = new List<long>();
        for (int tick = 1; !playing.HasExited; tick++)
        {
            Pass(Math.Max(1000, Seconds * 1000 / 60));
            if (playing.HasExited) break;
            memory.Add(Resident(appliance.SensordId));
            if (tick % 10 != 5) continue;
            appliance.KillPortal();
            Pass(Math.Min(5000, Seconds * 20));
            appliance.StartPortal();
        }

        long sent = Wire.Finish(playing);
        TimeSpan sending = clock.Elapsed;
        JsonElement status = appliance.WaitForArrival(sent);
        JsonElement ledger = status.GetProperty("ledger"), alerts = status.GetProperty("alerts");
        long atStart = memory[(int)(memory.Count * WarmUp)];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sent} frames in {sending.TotalSeconds:0} s, ledger {ledger}, alerts {alerts}, all at the portal {(clock.Elapsed - sending).TotalSeconds:0} s after the last frame"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"resident memory in MiB: {string.Join(' ', memory.Select(bytes => bytes >> 20))}; processor {status.GetProperty("engine").GetProperty("cpuSeconds").GetDouble():0.0} s"));
        LiveTests.AssertNothingLost(ledger, sent);
        // Raised counts those that the event queue refused, too: stored and raised are the same only if none was. Other
        // event records go first when a machine is out of breath; they are counted and shown above.
        Assert.Equal(alerts.GetProperty("raised").GetInt64(), alerts.GetProperty("stored").GetInt64());
        Assert.Equal(alerts.GetProperty("raised").GetInt64(), appliance.Portal("/api/v1/stats").GetProperty("alerts").GetInt64());
        Assert.InRange(memory.Max(), 0, MostMemory);
        // Pools, compiled code and the collector's heap take about a minute to reach their size: only a long run can tell a leak.
        if (Seconds >= LongRun) Assert.InRange(memory[^1] - atStart, long.MinValue, MostGrowth);
    }

    private static long Resident(int process)
    {
        string line = File.ReadLines($"/proc/{process}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }

    private static void Pass(int milliseconds)
    {
        using var moment = new ManualResetEventSlim();
        moment.Wait(milliseconds);
    }
}
