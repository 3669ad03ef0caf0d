using System.Buffers.Binary;
using System.Text.Json;
using Sensor.Tests.Support;
using Xunit;

namespace Sensor.Tests.EndToEnd;

/// <summary>The disk fills, or turns read-only: the sensor goes on, says so, and recovers; what it keeps stays readable.</summary>
public class DiskFaultTests
{
    private static readonly string[] DiskAilments = ["events-unwritable", "spool-unwritable", "store-unwritable"];

    private static string Sample => Checkout.Path("rules", "samples", "twelve-classes.pcap");

    [SmallDiskFact]
    public void While_the_disk_is_full_alerts_reach_the_portal_from_memory_and_afterwards_all_is_well()
    {
        using var disk = new SmallDisk(kilobytes: 16 * 1024);
        using var appliance = new Appliance { DataFolder = disk.Folder };
        Stream(appliance);

        // Not all at one moment: a short line may still find room in the last page of its file.
        var told = new HashSet<string>();
        appliance.WaitForSensord("each store has said that it cannot be written", status =>
        {
            disk.Fill();
            told.UnionWith(Ailments(status));
            return told.IsSupersetOf(DiskAilments);
        });
        appliance.WaitFor("the exit code says so too", () => appliance.Sensorctl("status").ExitCode == 1);
        long before = Alerts(appliance);
        appliance.WaitFor("alerts arrive although the disk is full", () => Alerts(appliance) > before);
        Assert.Equal(0, appliance.Sensorctl("alerts").ExitCode);

        disk.Free();
        appliance.WaitForSensord("all is well again", status => Ailments(status).Count == 0);
        Assert.Contains("writing works again", appliance.SensordLog, StringComparison.Ordinal);
        StopAndReadBack(appliance);
    }

    /// <summary>Killed leaves the stores as a power cut does, stopped leaves them closed.</summary>
    [SmallDiskTheory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public void On_a_disk_that_turned_read_only_the_sensor_starts_and_alerts_reach_the_portal(string end)
    {
        using var disk = new SmallDisk(kilobytes: 16 * 1024);
        using var appliance = new Appliance { DataFolder = disk.Folder };
        Stream(appliance);
        appliance.Signal(end);
        appliance.AwaitSensordExit();
        disk.MakeReadOnly();
        appliance.StartSensord();
        appliance.WaitForSensord("each store says that it cannot be written", status => DiskAilments.All(Ailments(status).Contains));
        long before = Alerts(appliance);
        appliance.WaitFor("alerts arrive although the disk is read-only", () => Alerts(appliance) > before);
        Assert.NotNull(appliance.Status());

        disk.MakeWritable();
        appliance.WaitForSensord("all is well again", status => Ailments(status).Count == 0);
        StopAndReadBack(appliance);
    }

    [SmallDiskFact]
    public void The_first_start_on_a_read_only_disk_says_what_cannot_be_written()
    {
        using var disk = new SmallDisk(kilobytes: 1024);
        using var appliance = new Appliance { DataFolder = disk.Folder };
        disk.MakeReadOnly();
        appliance.StartPortal();
        appliance.Configure($"files:\n  - \"{Sample}\"");
        appliance.StartSensord();
        Assert.Equal(1, appliance.AwaitSensordExit());
        Assert.Contains($"sensord: cannot start: cannot use the state directory {disk.Folder}/state: ", appliance.SensordLog, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", appliance.SensordLog, StringComparison.Ordinal);
    }

    [SmallDiskFact]
    public void A_replay_whose_output_does_not_fit_says_so()
    {
        using var disk = new SmallDisk(kilobytes: 16);
        using var appliance = new Appliance();
        (int exit, _, string error) = appliance.Sensorctl("replay", Sample, "--rules", Checkout.Path("rules"), "--out", Path.Combine(disk.Folder, "out"));
        Assert.Equal(1, exit);
        Assert.Contains($"sensorctl: cannot write to {disk.Folder}/out: ", error, StringComparison.Ordinal);

        disk.MakeReadOnly();
        (exit, _, error) = appliance.Sensorctl("replay", Sample, "--rules", Checkout.Path("rules"), "--out", Path.Combine(disk.Folder, "new"));
        Assert.Equal(1, exit);
        Assert.Contains($"sensorctl: cannot write to {disk.Folder}/new: ", error, StringComparison.Ordinal);
    }

    private static void Stream(Appliance appliance)
    {
        appliance.StartPortal();
        appliance.Configure($"loops: 0\npaced: yes\nfiles:\n  - \"{Hastened(appliance)}\"");
        appliance.StartSensord();
        appliance.WaitForSensord("alerts are stored and all is well", status => Ailments(status).Count == 0 && status.GetProperty("alerts").GetProperty("stored").GetInt64() > 0);
        appliance.WaitFor("alerts arrive", () => Alerts(appliance) > 0);
    }

    // The sample takes 7 minutes; a hundred times faster it gives some alerts every second, but no flood.
    private static string Hastened(Appliance appliance)
    {
        byte[] capture = File.ReadAllBytes(Sample);
        const int fileHeader = 24, recordHeader = 16, microseconds = 1_000_000, hasten = 100;
        long first = Seconds(fileHeader) * microseconds;
        for (int record = fileHeader; record < capture.Length; record += recordHeader + BinaryPrimitives.ReadInt32LittleEndian(capture.AsSpan(record + 8)))
        {
            long time = (Seconds(record) * microseconds) + BinaryPrimitives.ReadInt32LittleEndian(capture.AsSpan(record + 4));
            time = first + ((time - first) / hasten);
            BinaryPrimitives.WriteInt32LittleEndian(capture.AsSpan(record), (int)(time / microseconds));
            BinaryPrimitives.WriteInt32LittleEndian(capture.AsSpan(record + 4), (int)(time % microseconds));
        }

        string path = Path.Combine(appliance.Folder, "hastened.pcap");
        File.WriteAllBytes(path, capture);
        return path;

        long Seconds(int record) => BinaryPrimitives.ReadUInt32LittleEndian(capture.AsSpan(record));
    }

    private static void StopAndReadBack(Appliance appliance)
    {
        appliance.Signal("TERM");
        Assert.Equal(0, appliance.AwaitSensordExit());
        foreach (string line in File.ReadLines(appliance.Eve)) using (JsonDocument.Parse(line)) { }

        // The next start reads spool and store again: nothing was set aside, nothing is damaged.
        appliance.Configure($"files:\n  - \"{Sample}\"");
        appliance.StartSensord();
        appliance.WaitForSensord("what waited has arrived", status =>
            status.GetProperty("capture").GetProperty("state").GetString() == "finished" && status.GetProperty("uplink").GetProperty("waiting").GetInt64() == 0);
        Assert.Empty(Ailments(appliance.Status()!.Value));
        (int exit, string output, _) = appliance.Sensorctl("alerts", "--json");
        Assert.Equal(0, exit);
        Assert.NotEmpty(JsonDocument.Parse(output).RootElement.GetProperty("alerts").EnumerateArray());
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetDirectoryName(appliance.Eve)!)!, "*damaged*", SearchOption.AllDirectories));
    }

    private static List<string> Ailments(JsonElement status) => [.. status.GetProperty("ailments").EnumerateArray().Select(ailment => ailment.GetProperty("name").GetString()!)];

    private static long Alerts(Appliance appliance) => appliance.Portal("/api/v1/stats").GetProperty("alerts").GetInt64();
}
