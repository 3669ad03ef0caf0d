using System.Text.Json;
using Sensor.Tests.Support;
using Xunit;

namespace Sensor.Tests.EndToEnd;

/// <summary>What a user does wrong, and what is missing: each is told clearly, with exit code, place and remedy.</summary>
public class FaultTests
{
    private const string GoodRule = "alert tcp any any -> any any (msg:\"good\"; content:\"twelve\"; sid:9000001;)";

    private static string Sample => Checkout.Path("rules", "samples", "twelve-classes.pcap");

    [Theory]
    [InlineData("text", "not a pcap or pcapng file (begins with 6e6f206361707475)")]
    [InlineData("empty", "not a pcap or pcapng file (it is empty)")]
    [InlineData("gzip", "cannot read capture")]
    [InlineData("folder", "cannot read capture")]
    [InlineData("missing", "Could not find file")]
    public void A_file_that_is_no_capture_is_refused_by_name(string kind, string why)
    {
        using var appliance = new Appliance();
        string file = Path.Combine(appliance.Folder, kind + ".pcap");
        if (kind == "text") File.WriteAllText(file, "no capture at all");
        if (kind == "empty") File.WriteAllBytes(file, []);
        if (kind == "gzip") File.WriteAllBytes(file, [0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        if (kind == "folder") Directory.CreateDirectory(file);
        (int exit, _, string error) = appliance.Sensorctl("replay", file, "--rules", Checkout.Path("rules"), "--out", Path.Combine(appliance.Folder, "out"));
        Assert.Equal(1, exit);
        Assert.Contains($"sensorctl: cannot read capture: {file}", error, StringComparison.Ordinal);
        Assert.Contains(why, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_capture_cut_off_in_the_middle_is_played_to_there_and_the_end_is_told()
    {
        using var appliance = new Appliance();
        string file = Path.Combine(appliance.Folder, "cut.pcap");
        byte[] whole = File.ReadAllBytes(Sample);
        File.WriteAllBytes(file, whole[..(whole.Length / 2)]);
        (int exit, _, string error) = appliance.Sensorctl("replay", file, "--rules", Checkout.Path("rules"), "--out", Path.Combine(appliance.Folder, "out"));
        Assert.Equal(0, exit);
        Assert.Contains(file, error, StringComparison.Ordinal);
        JsonElement statistics = JsonDocument.Parse(File.ReadAllText(Path.Combine(appliance.Folder, "out", "stats.json"))).RootElement;
        Assert.True(statistics.GetProperty("packets").GetInt64() > 0);
    }

    [Fact]
    public void An_output_folder_that_cannot_be_made_is_told()
    {
        using var appliance = new Appliance();
        string file = Path.Combine(appliance.Folder, "file");
        File.WriteAllText(file, "");
        (int exit, _, string error) = appliance.Sensorctl("replay", Sample, "--rules", Checkout.Path("rules"), "--out", Path.Combine(file, "out"));
        Assert.Equal(1, exit);
        Assert.Contains($"sensorctl: cannot write to {file}/out", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_interface_is_told_with_those_there_are()
    {
        using var appliance = new Appliance();
        appliance.StartPortal();
        appliance.Configure("interface: nosuch0");
        appliance.StartSensord();
        Assert.Equal(1, appliance.AwaitSensordExit());
        Assert.Contains("sensord: cannot start: cannot capture on nosuch0: no such interface; there are: ", appliance.SensordLog, StringComparison.Ordinal);
        Assert.Matches(@"there are: .*\blo\b", appliance.SensordLog);
        Assert.DoesNotContain("   at ", appliance.SensordLog, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("capture:\n  interfase: eth1\n", "sensord.yaml:2:3: unknown key \"capture.interfase\" (did you mean \"capture.interface\"?)")]
    [InlineData("capture:\n  loops: [1\n", "sensord.yaml:")]
    [InlineData("capture:\n  loops: many\n", "sensord.yaml:2:10: capture.loops: \"many\" is not a number")]
    public void A_mistake_in_the_configuration_is_told_with_its_line(string text, string expected)
    {
        using var appliance = new Appliance();
        File.WriteAllText(Path.Combine(appliance.Folder, "sensord.yaml"), text);
        appliance.StartSensord();
        Assert.Equal(2, appliance.AwaitSensordExit());
        Assert.Contains(expected, appliance.SensordLog, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", appliance.SensordLog, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_directory_that_cannot_be_made_is_told()
    {
        using var appliance = new Appliance { DataFolder = "/proc/sensord" };
        appliance.StartPortal();
        appliance.Configure($"files:\n  - \"{Sample}\"");
        appliance.StartSensord();
        Assert.Equal(1, appliance.AwaitSensordExit());
        Assert.Contains("sensord: cannot start: cannot use the state directory /proc/sensord/state: ", appliance.SensordLog, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", appliance.SensordLog, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_with_errors_are_named_one_by_one_and_the_others_run()
    {
        using var appliance = new Appliance();
        string rules = Path.Combine(appliance.Folder, "mixed.rules");
        File.WriteAllText(rules, $"{GoodRule}\nalert tcp any any -> any any (msg:\"bad\"; contend:\"x\"; sid:9000002;)\nalert tcp any any -> (msg:\"worse\"; sid:9000003;)\nno rule at all\n");

        (int exit, string output, _) = appliance.Sensorctl("rules", "check", rules, "--json");
        Assert.Equal(1, exit);
        JsonElement check = JsonDocument.Parse(output).RootElement;
        Assert.Equal(1, check.GetProperty("loaded").GetInt32());
        Assert.Equal([2, 3, 4], check.GetProperty("failed").EnumerateArray().Select(failure => failure.GetProperty("line").GetInt32()));
        JsonElement keyword = check.GetProperty("failed")[0];
        Assert.Equal((rules, 9000002, "contend"), (keyword.GetProperty("file").GetString(), keyword.GetProperty("sid").GetInt32(), keyword.GetProperty("keyword").GetString()));
        Assert.All(check.GetProperty("failed").EnumerateArray(), failure => Assert.NotEmpty(failure.GetProperty("reason").GetString()!));

        appliance.StartPortal();
        appliance.Configure($"loops: 0\npaced: yes\nfiles:\n  - \"{Sample}\"", rules);
        appliance.StartSensord();
        appliance.WaitForSensord("the good rule runs", status => status.GetProperty("rules").GetProperty("loaded").GetInt32() == 1 && status.GetProperty("rules").GetProperty("failed").GetInt32() == 3);
        foreach (int line in (int[])[2, 3, 4]) Assert.Contains($"{rules}:{line}:", appliance.SensordLog, StringComparison.Ordinal);

        (exit, output, _) = appliance.Sensorctl("reload", "--json");
        Assert.Equal(0, exit);
        Assert.Equal([2, 3, 4], JsonDocument.Parse(output).RootElement.GetProperty("failures").EnumerateArray().Select(failure => failure.GetProperty("line").GetInt32()));

        // A set in which nothing can be loaded never replaces one that works.
        File.WriteAllText(rules, "alert tcp any any -> any any (msg:\"bad\"; contend:\"x\"; sid:9000002;)\n");
        (exit, output, _) = appliance.Sensorctl("reload", "--json");
        Assert.Equal(1, exit);
        Assert.Contains("keeping the 1 rules already running", output, StringComparison.Ordinal);
        Assert.Equal(1, appliance.Status()!.Value.GetProperty("rules").GetProperty("loaded").GetInt32());
    }
}
