using Sensor.Capture;
using Sensor.Engine.Configuration;

namespace Sensor.Daemon;

/// <summary>Opens what the configuration's capture section names.</summary>
internal static class SourceFactory
{
    public static IPacketSource Open(CaptureSettings capture)
    {
        if (capture.Files.Count > 0) return new ReplaySource([.. capture.Files], new ReplayOptions { Rounds = capture.Loops, Speed = capture.Paced ? 1 : 0 });
        if (string.IsNullOrEmpty(capture.Interface))
            throw new CaptureException("cannot capture: the configuration names neither capture.interface nor capture.files; write \"interface: eth1\" below \"capture:\"");
        return LibpcapSource.Open(new LiveOptions
        {
            Interface = capture.Interface,
            SnapLength = capture.SnapLength,
            KernelBuffer = (int)Math.Min(capture.KernelBufferBytes, int.MaxValue),
            Promiscuous = capture.Promiscuous,
            Filter = string.IsNullOrEmpty(capture.Filter) ? null : capture.Filter,
        });
    }
}
