using Sensor.Capture;
using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Tests.Capture;

/// <summary>Broken and exotic captures of others: whatever they hold, reading and decoding comes to an orderly end.</summary>
public class SharedCaptureTests
{
    private sealed class Totals
    {
        public long Frames, Decoded, Named, Inner;
    }

    [SharedFact]
    public void Every_malformed_capture_is_read_and_decoded_or_refused_with_a_reason()
    {
        var totals = new Totals();
        int refused = 0;
        foreach (string path in Directory.EnumerateFiles(SharedMaterial.Path("captures", "malformed")))
        {
            try
            {
                using CaptureFile file = CaptureFile.Open(path);
                Decode(file, totals);
            }
            catch (CaptureException problem)
            {
                Assert.StartsWith("cannot read capture: " + path, problem.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.True(totals.Frames > 1000 && refused > 10);
        Assert.Equal(totals.Frames, totals.Decoded + totals.Named);
    }

    [SharedFact]
    public void Captures_with_flipped_bytes_and_cut_ends_do_no_harm()
    {
        var random = new Random(20);
        var totals = new Totals();
        foreach (string path in Directory.EnumerateFiles(SharedMaterial.Path("captures", "malformed")).Order(StringComparer.Ordinal).Where((_, i) => i % 5 == 0))
        {
            byte[] bytes = File.ReadAllBytes(path);
            if (bytes.Length is 0 or > 200_000) continue;
            for (int round = 0; round < 4; round++)
            {
                byte[] changed = bytes[..(1 + random.Next(bytes.Length))];
                for (int i = Math.Max(1, changed.Length / 100); i > 0; i--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
                try
                {
                    using CaptureFile file = CaptureFile.Open(new MemoryStream(changed), path);
                    Decode(file, totals);
                }
                catch (CaptureException)
                {
                }
            }
        }

        Assert.Equal(totals.Frames, totals.Decoded + totals.Named);
    }

    private static void Decode(CaptureFile file, Totals totals)
    {
        var decoder = new PacketDecoder(new DecodeOptions { ValidateChecksums = true });
        while (file.Read(out RawPacket frame) == ReadStatus.Frame)
        {
            totals.Frames++;
            if (decoder.TryDecode(frame, out PacketView packet)) totals.Decoded++;
            else if (!packet.Events.IsEmpty) totals.Named++;

            PacketView current = packet;
            for (int depth = 0; decoder.TryDecodeInner(current, out PacketView inner); depth++)
            {
                totals.Inner++;
                Assert.True(depth < 40);
                current = inner;
            }
        }
    }
}
