using Sensor.Decode;
using Sensor.Primitives;
using static Sensor.Tests.Decode.Frames;

namespace Sensor.Tests.Decode;

public class ChecksumTests
{
    private const string Source = "192.0.2.1", Destination = "198.51.100.2", Source6 = "2001:db8::1", Destination6 = "2001:db8::2";

    public static TheoryData<string, byte[]> Sound => new()
    {
        { "tcp", Ipv4(6, WithChecksum(Tcp(1, 2, 2, Text(301)), 16, 6, Source, Destination)) },
        { "udp", Ipv4(17, WithChecksum(Udp(1, 2, Text(100)), 6, 17, Source, Destination)) },
        { "tcp6", Ipv6(6, WithChecksum(Tcp(1, 2, 2, Text(1301)), 16, 6, Source6, Destination6)) },
        { "udp6", Ipv6(17, WithChecksum(Udp(1, 2, Text(3)), 6, 17, Source6, Destination6)) },
        { "icmpv6", Ipv6(58, WithChecksum(Icmp(128, 0, Text(64)), 2, 58, Source6, Destination6)) },
    };

    [Theory]
    [MemberData(nameof(Sound))]
    public void A_sound_packet_passes_and_any_changed_byte_is_noticed(string name, byte[] bytes)
    {
        Assert.NotNull(name);
        var decoder = new PacketDecoder(new DecodeOptions { ValidateChecksums = true });
        const PacketFlags bad = PacketFlags.BadNetworkChecksum | PacketFlags.BadTransportChecksum;
        Assert.Equal(PacketFlags.None, Seen.All(decoder, bytes, LinkType.Raw)[0].Flags & bad);
        int transport = bytes[0] >> 4 == 4 ? 20 : 40;
        for (int at = transport + 20; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 0x10;
            Assert.Equal(PacketFlags.BadTransportChecksum, Seen.All(decoder, changed, LinkType.Raw)[0].Flags & bad);
        }
    }

    [Fact]
    public void Ipv4_header_and_icmp_checksums_are_checked()
    {
        byte[] icmp = Icmp(8, 0, Text(33));
        byte[] sum = Word(Checksum(icmp));
        icmp[2] = sum[0];
        icmp[3] = sum[1];
        var decoder = new PacketDecoder(new DecodeOptions { ValidateChecksums = true });
        byte[] bytes = Ipv4(1, icmp);
        Assert.Equal(PacketFlags.None, Seen.All(decoder, bytes, LinkType.Raw)[0].Flags);
        bytes[8]--;
        Assert.Equal(PacketFlags.BadNetworkChecksum, Seen.All(decoder, bytes, LinkType.Raw)[0].Flags);
        bytes[8]++;
        bytes[40] ^= 1;
        Assert.Equal(PacketFlags.BadTransportChecksum, Seen.All(decoder, bytes, LinkType.Raw)[0].Flags);
    }

    [Fact]
    public void Checksums_are_left_alone_when_not_asked_for()
    {
        byte[] bytes = Ipv4(17, Udp(1, 2, Text(9)));
        bytes[8] = 1;
        bytes[26] = 0xAB;
        Assert.Equal(PacketFlags.None, Seen.One(bytes, LinkType.Raw).Flags);
    }

    [Fact]
    public void The_vectorised_sum_equals_the_plain_one_at_every_length()
    {
        byte[] bytes = new byte[700];
        new Random(7).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            ushort expected = Checksum(bytes[..length]);
            Assert.Equal(expected, InternetChecksum.Compute(bytes.AsSpan(0, length)));
        }

        byte[] ones = [.. Enumerable.Repeat((byte)0xFF, 65535)];
        Assert.Equal(Checksum(ones[..65534]), InternetChecksum.Compute(ones.AsSpan(0, 65534)));
    }
}
