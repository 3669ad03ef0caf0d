using Sensor.Decode;
using Sensor.Primitives;
using static Sensor.Tests.Decode.Frames;

namespace Sensor.Tests.Decode;

public class AllocationTests
{
    [Fact]
    public void Decoding_allocates_nothing_once_warm()
    {
        byte[] udp = Udp(1, 2, Text(2000));
        (LinkType Link, byte[] Bytes)[] frames =
        [
            .. Samples.All.Where(sample => !sample.Key.EndsWith("-fragment", StringComparison.Ordinal)).Select(sample => sample.Value),
            (LinkType.Raw, Ipv4(17, udp[..1000], fragment: 0x2000, id: 3)),
            (LinkType.Raw, Ipv4(17, udp[800..1600], fragment: 0x2000 | 100, id: 3)),
            (LinkType.Raw, Ipv4(17, udp[1600..], fragment: 200, id: 3)),
        ];
        var decoder = new PacketDecoder(new DecodeOptions { ValidateChecksums = true });
        for (int i = 0; i < 300; i++) DecodeAll(decoder, frames, i);
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int i = 0; i < 300; i++) DecodeAll(decoder, frames, i);
        }));
        Assert.Equal(600, decoder.Defragmenter.Reassembled);
    }

    private static void DecodeAll(PacketDecoder decoder, (LinkType Link, byte[] Bytes)[] frames, int second)
    {
        foreach ((LinkType link, byte[] bytes) in frames)
        {
            decoder.TryDecode(new RawPacket(bytes, bytes.Length, PacketTime.FromUnix(second, 0), link, 1), out PacketView packet);
            PacketView current = packet;
            while (decoder.TryDecodeInner(current, out PacketView inner)) current = inner;
        }
    }
}
