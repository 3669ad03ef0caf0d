using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sensor.Tests.Support;
using Xunit;

namespace Sensor.Tests.EndToEnd;

/// <summary>What scripts and systemd rely on: exit codes of <c>sensorctl</c>, and the unit's fences.</summary>
public partial class ControlTests
{
    /// <summary>Exposure above which systemd-analyze would no longer call the unit well fenced (0 best, 10 worst).</summary>
    private const double MostExposure = 2.0;

    [Fact]
    public void Exit_codes_tell_scripts_how_the_sensor_is()
    {
        using var appliance = new Appliance();
        Assert.Equal(4, appliance.Sensorctl("status").ExitCode);
        appliance.StartPortal();
        string capture = Path.Combine(appliance.Folder, "sample.pcap");
        SampleCapture.Write(capture, rounds: 1, microsecondsBetweenFrames: 1000);
        appliance.Configure($"files:\n  - \"{capture}\"");
        appliance.StartSensord();
        appliance.WaitForArrival(SampleCapture.Frames);
        Assert.Equal(0, appliance.Sensorctl("status").ExitCode);
        Assert.Equal(2, appliance.Sensorctl("status", "--nonsense").ExitCode);

        // A box without a rule detects nothing, and says so.
        appliance.KillSensord();
        string none = Path.Combine(appliance.Folder, "none.rules");
        File.WriteAllText(none, "");
        appliance.Configure($"files:\n  - \"{capture}\"", none);
        appliance.StartSensord();
        appliance.WaitForSensord("it answers", _ => true);
        (int exit, string output, _) = appliance.Sensorctl("status", "--json");
        Assert.Equal(1, exit);
        Assert.Contains(JsonDocument.Parse(output).RootElement.GetProperty("ailments").EnumerateArray(), ailment => ailment.GetProperty("name").GetString() == "no-rules");
    }

    [StrangerFact]
    public void Strangers_are_kept_out_and_the_group_may_look_but_not_change()
    {
        using var appliance = new Appliance();
        string capture = Path.Combine(appliance.Folder, "sample.pcap");
        SampleCapture.Write(capture, rounds: 1, microsecondsBetweenFrames: 1000);
        appliance.StartPortal();
        appliance.Configure($"files:\n  - \"{capture}\"");
        appliance.StartSensord();
        appliance.WaitForArrival(SampleCapture.Frames);
        // The way to the socket is open to everybody: what keeps people out is the socket itself.
        File.SetUnixFileMode(appliance.Folder, File.GetUnixFileMode(appliance.Folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);

        string[] stranger = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        (int exit, _, string error) = appliance.SensorctlAs(stranger, "status");
        Assert.True(exit == 3, $"{exit} {error}");
        Assert.Contains("permission denied", error, StringComparison.Ordinal);

        string[] member = ["setpriv", "--reuid=65534", "--regid=65534", "--groups=0"];
        Assert.Equal(0, appliance.SensorctlAs(member, "status").ExitCode);
        (exit, _, error) = appliance.SensorctlAs(member, "reload");
        Assert.True(exit == 3, $"{exit} {error}");
        Assert.Contains("sudo", error, StringComparison.Ordinal);
        Assert.Equal(0, appliance.Sensorctl("reload").ExitCode);
    }

    [AnalyzeFact]
    public void The_unit_is_sound_and_well_fenced()
    {
        // What it starts is not installed here; everything else that verify says is a mistake in the unit.
        string[] complaints = [.. Analyze("verify", "--man=no", Checkout.Path("packaging", "sensord.service")).Split('\n').Where(line => line.Contains("sensord.service", StringComparison.Ordinal) && !line.Contains("is not executable", StringComparison.Ordinal))];
        Assert.Empty(complaints);
        Match exposure = Exposure().Match(Analyze("security", "--offline=true", "--no-pager", Checkout.Path("packaging", "sensord.service")));
        Assert.True(exposure.Success);
        Assert.InRange(double.Parse(exposure.Groups[1].Value, CultureInfo.InvariantCulture), 0, MostExposure);
    }

    private static string Analyze(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("systemd-analyze", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + error.Result;
    }

    [GeneratedRegex(@"Overall exposure level for sensord\.service: ([0-9.]+)")]
    private static partial Regex Exposure();
}

/// <summary>A test that runs the command line as somebody else.</summary>
internal sealed class StrangerFactAttribute : FactAttribute
{
    public StrangerFactAttribute()
    {
        if (Environment.UserName != "root" || !File.Exists("/usr/bin/setpriv")) Skip = "needs root and the program \"setpriv\" (Debian package util-linux)";
    }
}

/// <summary>A test of the systemd unit.</summary>
internal sealed class AnalyzeFactAttribute : FactAttribute
{
    public AnalyzeFactAttribute()
    {
        if (!File.Exists("/usr/bin/systemd-analyze")) Skip = "needs the program \"systemd-analyze\" (Debian package systemd)";
    }
}
