using Sensor.Tests.Support.Traffic;

namespace Sensor.Tests.EndToEnd;

/// <summary>The sample traffic in another rhythm: a quarter of an hour is too long for a test.</summary>
internal static class SampleCapture
{
    public static int Frames { get; } = SampleTraffic.Build().Frames.Count;

    /// <summary>Writes the sample so often, one frame after the other at an even pace, and answers how many frames that are.</summary>
    public static int Write(string path, int rounds, int microsecondsBetweenFrames)
    {
        IReadOnlyList<TimedFrame> sample = SampleTraffic.Build().Frames;
        long time = sample[0].Microseconds;
        var frames = new List<TimedFrame>(rounds * sample.Count);
        for (int round = 0; round < rounds; round++)
        {
            foreach (TimedFrame frame in sample) frames.Add(frame with { Microseconds = time += microsecondsBetweenFrames });
        }

        File.WriteAllBytes(path, TrafficBuilder.ToPcap(frames));
        return frames.Count;
    }

    /// <summary>Writes the sample so often at the pace of a line that is always busy.</summary>
    public static int WriteAtLineRate(string path, int rounds, int megabits)
    {
        IReadOnlyList<TimedFrame> sample = SampleTraffic.Build().Frames;
        long start = sample[0].Microseconds, bits = 0;
        var frames = new List<TimedFrame>(rounds * sample.Count);
        for (int round = 0; round < rounds; round++)
        {
            foreach (TimedFrame frame in sample)
            {
                frames.Add(frame with { Microseconds = start + (bits / megabits) });
                bits += frame.Bytes.Length * 8L;
            }
        }

        File.WriteAllBytes(path, TrafficBuilder.ToPcap(frames));
        return frames.Count;
    }
}
