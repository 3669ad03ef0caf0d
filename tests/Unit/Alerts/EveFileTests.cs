using System.Text;
using Sensor.Alerts;
using Sensor.Alerts.Eve;

namespace Sensor.Tests.Alerts;

public sealed class EveFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("eve").FullName;

    private string EvePath => Path.Combine(_directory, "eve.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static void Write(EveFile file, string json) => file.Consume(new SensorEvent { Header = default, Json = Encoding.UTF8.GetBytes(json) });

    [Fact]
    public void Records_become_lines_and_a_second_start_appends()
    {
        for (int start = 0; start < 2; start++)
        {
            using var file = new EveFile(new EveFileOptions { Path = EvePath });
            Write(file, """{"a":1}""");
            Write(file, """{"b":2}""");
        }

        Assert.Equal(["""{"a":1}""", """{"b":2}""", """{"a":1}""", """{"b":2}"""], File.ReadAllLines(EvePath));
        using (var replay = new EveFile(new EveFileOptions { Path = EvePath, Truncate = true })) Write(replay, "{}");
        Assert.Equal(["{}"], File.ReadAllLines(EvePath));
    }

    [Fact]
    public void Half_a_line_left_by_a_crash_costs_only_itself()
    {
        File.WriteAllText(EvePath, "{\"a\":1}\n{\"b\":");
        using (var file = new EveFile(new EveFileOptions { Path = EvePath })) Write(file, """{"c":3}""");
        Assert.Equal(["""{"a":1}""", "{\"b\":", """{"c":3}"""], File.ReadAllLines(EvePath));
    }

    [Fact]
    public void Rotation_keeps_the_byte_limit_and_the_newest_lines()
    {
        var options = new EveFileOptions { Path = EvePath, RotateBytes = 1000, TotalBytes = 4000 };
        using (var file = new EveFile(options))
        {
            for (int i = 0; i < 500; i++)
            {
                Write(file, $$"""{"number":{{i:000}},"text":"0123456789"}""");
                file.Flush();
                Assert.InRange(Directory.EnumerateFiles(_directory).Sum(path => new FileInfo(path).Length), 0, options.TotalBytes);
            }
        }

        Assert.Equal(4, Directory.GetFiles(_directory).Length);
        List<string> lines = [.. Enumerable.Range(1, 3).Reverse().SelectMany(number => File.ReadLines($"{EvePath}.{number}")), .. File.ReadLines(EvePath)];
        Assert.Equal("""{"number":499,"text":"0123456789"}""", lines[^1]);
        Assert.Equal(lines.Order(StringComparer.Ordinal), lines);
    }

    [Fact]
    public void A_path_that_cannot_be_written_costs_lines_is_said_once_and_recovers()
    {
        string blocked = Path.Combine(_directory, "blocked");
        File.WriteAllText(blocked, "");
        var problems = new List<string?>();
        using var file = new EveFile(new EveFileOptions { Path = Path.Combine(blocked, "eve.json"), RetryDelay = TimeSpan.Zero });
        file.ProblemChanged += problems.Add;
        for (int i = 0; i < 3; i++)
        {
            Write(file, "{}");
            file.Flush();
        }

        Assert.Equal(3, file.LinesLost);
        Assert.Contains("cannot write", Assert.Single(problems), StringComparison.Ordinal);
        File.Delete(blocked);
        Write(file, "{}");
        file.Flush();
        Assert.Null(file.Problem);
        Assert.Equal((1, 2), (file.Lines, problems.Count));
    }

    [Fact]
    public void Disk_full_is_met_at_the_device_that_is_always_full()
    {
        using var file = new EveFile(new EveFileOptions { Path = "/dev/full", RetryDelay = TimeSpan.Zero });
        Write(file, "{}");
        file.Flush();
        Assert.Equal(1, file.LinesLost);
        Assert.NotNull(file.Problem);
    }

    [Fact]
    public void A_file_moved_away_is_made_anew_after_reopen()
    {
        using var file = new EveFile(new EveFileOptions { Path = EvePath });
        Write(file, "{}");
        file.Flush();
        File.Move(EvePath, EvePath + ".old");
        file.Reopen();
        Write(file, "[]");
        file.Flush();
        Assert.Equal(["[]"], File.ReadAllLines(EvePath));
    }
}
