using Sensor.Capture;
using Sensor.Primitives;
using static Sensor.Tests.Capture.CaptureBytes;

namespace Sensor.Tests.Capture;

public sealed class ReplayTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sensor-replay").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_follow_each_other_and_rounds_go_on_in_time()
    {
        string one = Write("one.pcap", 100, 103), two = Write("two.pcap", 105);
        using var source = new ReplaySource([one, two], new ReplayOptions { Rounds = 3 });
        List<Kept> frames = ReadAll(source);
        Assert.Equal([1ul, 2, 3, 4, 5, 6, 7, 8, 9], frames.Select(frame => frame.Number));
        Assert.Equal([100L, 103, 105, 106, 109, 111, 112, 115, 117], frames.Select(frame => frame.Nanoseconds / PacketTime.NanosecondsPerSecond));
        Assert.Equal(9, source.Statistics.Seen);
    }

    [Fact]
    public void At_recorded_pace_a_frame_that_is_not_due_is_kept_for_later()
    {
        using var source = new ReplaySource([Write("slow.pcap", 100, 4000)], new ReplayOptions { Speed = 1 });
        Assert.Equal(ReadStatus.Frame, source.Read(out _));
        Assert.Equal(ReadStatus.Idle, source.Read(out _));
        Assert.Equal(ReadStatus.Idle, source.Read(out _));
        Assert.Equal(1, source.Statistics.Delivered);
        source.Stop();
        Assert.Equal(ReadStatus.End, source.Read(out _));
    }

    [Fact]
    public void A_very_fast_pace_delivers_everything()
    {
        using var source = new ReplaySource([Write("fast.pcap", 100, 4000)], new ReplayOptions { Speed = 1e12 });
        int frames = 0;
        for (ReadStatus status = source.Read(out _); status != ReadStatus.End; status = source.Read(out _)) frames += status == ReadStatus.Frame ? 1 : 0;
        Assert.Equal(2, frames);
    }

    [Fact]
    public void A_file_without_frames_does_not_replay_for_ever()
    {
        using var source = new ReplaySource([Write("empty.pcap")], new ReplayOptions { Rounds = 0 });
        Assert.Equal(ReadStatus.End, source.Read(out _));
    }

    [Fact]
    public void A_missing_file_is_refused_before_anything_is_read() =>
        Assert.Throws<CaptureException>(() => new ReplaySource([Write("there.pcap", 1), Path.Combine(_folder, "missing.pcap")]));

    private string Write(string name, params long[] seconds)
    {
        string path = Path.Combine(_folder, name);
        using CaptureFileWriter writer = CaptureFileWriter.Create(path, LinkType.Ethernet, nanoseconds: false);
        foreach (long second in seconds) writer.Write([1, 2, 3], PacketTime.FromUnix(second, 0));
        return path;
    }
}
