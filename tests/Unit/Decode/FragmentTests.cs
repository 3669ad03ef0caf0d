using Sensor.Decode;
using Sensor.Decode.Network.Fragments;
using Sensor.Primitives;
using static Sensor.Tests.Decode.Frames;

namespace Sensor.Tests.Decode;

public class FragmentTests
{
    private const long Second = PacketTime.NanosecondsPerSecond;

    private static byte[] Fragment4(byte[] data, int offset, int length, bool last, int id = 77) =>
        Ipv4(17, data[offset..(offset + length)], fragment: (offset / 8) | (last ? 0 : 0x2000), id: id);

    private static byte[] Fragment6(byte[] data, int offset, int length, bool last, uint id = 77) =>
        Ipv6(44, Ipv6Fragment(17, offset, !last, id, data[offset..(offset + length)]));

    public static IEnumerable<int[]> Orders(int count)
    {
        if (count == 0) { yield return []; yield break; }
        foreach (int[] shorter in Orders(count - 1))
        {
            for (int at = 0; at <= shorter.Length; at++) yield return [.. shorter[..at], count - 1, .. shorter[at..]];
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fragments_in_any_order_give_the_same_datagram(bool ipv6)
    {
        byte[] udp = Udp(1000, 2000, Text(90));
        (int Offset, int Length)[] cuts = [(0, 24), (24, 32), (56, 8), (64, udp.Length - 64)];
        byte[][] fragments = [.. cuts.Select((cut, i) => ipv6 ? Fragment6(udp, cut.Offset, cut.Length, i == 3) : Fragment4(udp, cut.Offset, cut.Length, i == 3))];
        foreach (int[] order in Orders(4))
        {
            var decoder = new PacketDecoder(new DecodeOptions { ValidateChecksums = true });
            List<Seen> packets = [];
            for (int i = 0; i < 4; i++)
            {
                packets = Seen.All(decoder, fragments[order[i]], LinkType.Raw);
                Assert.True(packets[0].Has(PacketFlags.Fragment));
                Assert.Equal(i == 3 ? 2 : 1, packets.Count);
                Assert.Empty(packets[0].Events);
            }

            Seen whole = packets[1];
            Assert.True(whole.Has(PacketFlags.Reassembled) && !whole.Has(PacketFlags.Fragment) && !whole.Has(PacketFlags.BadNetworkChecksum));
            Assert.Equal(ipv6 ? Ipv6(17, udp) : Ipv4(17, udp, id: 77), whole.Network);
            Assert.Equal((1000, 2000), (whole.SourcePort, whole.DestinationPort));
            Assert.Equal(0, decoder.Defragmenter.InUse);
            Assert.Equal(0, decoder.Defragmenter.BytesInUse);
        }
    }

    [Fact]
    public void The_datagram_keeps_link_header_and_vlan_of_its_first_fragment()
    {
        byte[] udp = Udp(1000, 2000, Text(24));
        var decoder = new PacketDecoder();
        byte[] link = Ethernet(0x8100, Vlan(5, 0x0800, []));
        Seen.All(decoder, Join(link, Fragment4(udp, 16, 16, last: true)));
        List<Seen> packets = Seen.All(decoder, Join(link, Fragment4(udp, 0, 16, last: false)));
        Assert.Equal(Join(link, Ipv4(17, udp, id: 77)), packets[1].Raw);
        Assert.Equal([5], packets[1].Vlans);
    }

    [Fact]
    public void The_same_fragments_on_another_vlan_or_with_another_id_are_another_datagram()
    {
        byte[] udp = Udp(1000, 2000, Text(24));
        var decoder = new PacketDecoder();
        Seen.All(decoder, Ethernet(0x8100, Vlan(5, 0x0800, Fragment4(udp, 0, 16, last: false))));
        Assert.Single(Seen.All(decoder, Ethernet(0x8100, Vlan(6, 0x0800, Fragment4(udp, 16, 16, last: true)))));
        Assert.Single(Seen.All(decoder, Ethernet(0x8100, Vlan(5, 0x0800, Fragment4(udp, 16, 16, last: true, id: 78)))));
        Assert.Equal(2, Seen.All(decoder, Ethernet(0x8100, Vlan(5, 0x0800, Fragment4(udp, 16, 16, last: true)))).Count);
    }

    /// <summary>
    /// J. Novak's test pattern of 2005: six fragments that overlap in every way, in units of 8 bytes; each policy's
    /// answer as published there.
    /// </summary>
    [Theory]
    [InlineData("bsd", "111442333666")]
    [InlineData("bsd-right", "144422555666")]
    [InlineData("linux", "111442555666")]
    [InlineData("first", "111422333666")]
    [InlineData("last", "144442555666")]
    public void Overlaps_resolve_as_the_target_would(string name, string expected)
    {
        Assert.True(OverlapPolicies.TryFind(name, out OverlapPolicy policy));
        (char Fill, int Offset, int Units)[] fragments = [('1', 0, 3), ('2', 4, 2), ('3', 6, 3), ('4', 1, 4), ('5', 6, 3), ('6', 9, 3)];
        var decoder = new PacketDecoder(new DecodeOptions { DefaultPolicy = policy });
        List<Seen> packets = [];
        foreach ((char fill, int offset, int units) in fragments)
        {
            byte[] data = [.. Enumerable.Repeat((byte)fill, units * 8)];
            packets = Seen.All(decoder, Ipv4(253, data, fragment: offset | (fill == '6' ? 0 : 0x2000), id: 9), LinkType.Raw);
            Assert.Equal(fill is '4' or '5', packets[0].Events.Contains("ipv4.frag_overlap"));
        }

        Assert.Equal(expected, new string([.. packets[1].Payload.Where((_, i) => i % 8 == 0).Select(b => (char)b)]));
    }

    [Theory]
    [InlineData("windows", 0, 24, true)]
    [InlineData("windows", 0, 16, false)]
    [InlineData("windows", 8, 24, false)]
    [InlineData("solaris", 0, 16, true)]
    [InlineData("solaris", 8, 24, false)]
    public void Windows_and_solaris_give_way_only_to_a_surrounding_fragment(string name, int start, int end, bool newerWins)
    {
        Assert.True(OverlapPolicies.TryFind(name, out OverlapPolicy policy));
        Assert.Equal(newerWins, OverlapPolicies.NewerWins(policy, 8, 16, start, end));
    }

    [Fact]
    public void The_policy_follows_the_destination()
    {
        var options = new DecodeOptions
        {
            DefaultPolicy = OverlapPolicy.First,
            HostPolicies =
            [
                new HostPolicy(IpAddress.Parse("198.51.0.0"), 96 + 16, OverlapPolicy.First),
                new HostPolicy(IpAddress.Parse("198.51.100.0"), 96 + 24, OverlapPolicy.Last),
            ],
        };
        var decoder = new PacketDecoder(options);
        Seen.All(decoder, Ipv4(253, Text(8), fragment: 0x2000), LinkType.Raw);
        Seen.All(decoder, Ipv4(253, [.. Enumerable.Repeat((byte)'X', 8)], fragment: 0x2000), LinkType.Raw);
        List<Seen> packets = Seen.All(decoder, Ipv4(253, Text(8), fragment: 1), LinkType.Raw);
        Assert.Equal((byte)'X', packets[1].Payload[0]);
    }

    [Fact]
    public void A_datagram_waits_only_so_long_by_packet_time()
    {
        byte[] udp = Udp(1, 2, Text(24));
        var decoder = new PacketDecoder();
        Seen.All(decoder, Fragment4(udp, 0, 16, last: false), LinkType.Raw, 0);
        Assert.Single(Seen.All(decoder, Fragment4(udp, 16, 16, last: true), LinkType.Raw, 61 * Second));
        Assert.Equal(1, decoder.Defragmenter.TimedOut);
        Assert.Equal(2, Seen.All(decoder, Fragment4(udp, 0, 16, last: false), LinkType.Raw, 62 * Second).Count);
    }

    [Fact]
    public void Too_many_datagrams_push_out_the_oldest()
    {
        byte[] udp = Udp(1, 2, Text(24));
        var decoder = new PacketDecoder(new DecodeOptions { MaximumDatagrams = 4 });
        for (int id = 0; id < 5; id++) Seen.All(decoder, Fragment4(udp, 0, 16, last: false, id), LinkType.Raw);
        Assert.Equal((4, 1), (decoder.Defragmenter.InUse, decoder.Defragmenter.Evicted));
        Assert.Single(Seen.All(decoder, Fragment4(udp, 16, 16, last: true, 0), LinkType.Raw));
        Assert.Equal(2, Seen.All(decoder, Fragment4(udp, 16, 16, last: true, 4), LinkType.Raw).Count);
    }

    [Fact]
    public void The_byte_limit_holds_whatever_comes()
    {
        const long limit = 64 * 1024;
        var decoder = new PacketDecoder(new DecodeOptions { FragmentMemory = limit });
        for (int i = 0; i < 3000; i++)
        {
            Seen.All(decoder, Ipv4(17, Text(1480), fragment: 0x2000 | ((i * 185) & 0xFFF), id: i / 3), LinkType.Raw);
            Assert.InRange(decoder.Defragmenter.BytesInUse, 0, limit);
        }

        Assert.True(decoder.Defragmenter.Evicted > 0);
    }

    [Fact]
    public void One_datagram_at_its_own_limit_does_not_push_out_others()
    {
        var decoder = new PacketDecoder();
        byte[] udp = Udp(1, 2, Text(24));
        Seen.All(decoder, Fragment4(udp, 0, 16, last: false, id: 5), LinkType.Raw);
        bool ignored = false;
        for (int i = 0; i < 400; i++) ignored |= Seen.All(decoder, Ipv4(17, Text(1480), fragment: 0x2000, id: 6), LinkType.Raw)[0].Events.Contains("ipv4.frag_ignored");
        Assert.True(ignored);
        Assert.Equal(0, decoder.Defragmenter.Evicted);
        Assert.Equal(2, Seen.All(decoder, Fragment4(udp, 16, 16, last: true, id: 5), LinkType.Raw).Count);
    }

    [Fact]
    public void Contradicting_lengths_are_ignored_with_an_event()
    {
        byte[] data = Text(64);
        var decoder = new PacketDecoder();
        Seen.All(decoder, Ipv4(17, data[..16], fragment: 0x2002), LinkType.Raw);
        Assert.Equal(["ipv4.frag_ignored"], Seen.All(decoder, Ipv4(17, data[..8], fragment: 1), LinkType.Raw)[0].Events);
        Seen.All(decoder, Ipv4(17, data[..8], fragment: 4), LinkType.Raw);
        Assert.Equal(["ipv4.frag_ignored"], Seen.All(decoder, Ipv4(17, data[..8], fragment: 5), LinkType.Raw)[0].Events);
        Assert.Equal(2, Seen.All(decoder, Ipv4(17, data[..16], fragment: 0x2000), LinkType.Raw).Count);
    }

    [Fact]
    public void A_fragment_with_a_wrong_header_checksum_is_not_assembled()
    {
        byte[] udp = Udp(1, 2, Text(24));
        var decoder = new PacketDecoder(new DecodeOptions { ValidateChecksums = true });
        byte[] insert = Ipv4(17, Text(16), fragment: 0x2000, id: 77);
        insert[10] ^= 0xFF;
        Seen.All(decoder, insert, LinkType.Raw);
        Seen.All(decoder, Fragment4(udp, 0, 16, last: false), LinkType.Raw);
        Assert.Equal(Ipv4(17, udp, id: 77), Seen.All(decoder, Fragment4(udp, 16, 16, last: true), LinkType.Raw)[1].Network);
    }

    [Fact]
    public void A_tunnelled_fragment_completes_inside_the_tunnel()
    {
        byte[] udp = Udp(1, 2, Text(24));
        var decoder = new PacketDecoder();
        Seen.All(decoder, Ipv4(47, Gre(0, 0x0800, Fragment4(udp, 0, 16, last: false))), LinkType.Raw);
        List<Seen> packets = Seen.All(decoder, Ipv4(47, Gre(0, 0x0800, Fragment4(udp, 16, 16, last: true))), LinkType.Raw);
        Assert.Equal(3, packets.Count);
        Assert.Equal(Ipv4(17, udp, id: 77), packets[2].Network);
        Assert.Equal(PacketFlags.Reassembled | PacketFlags.Tunnelled, packets[2].Flags);
    }

    [Fact]
    public void Fragments_of_a_tunnel_that_carries_fragments_assemble_twice()
    {
        byte[] udp = Udp(1, 2, Text(24));
        byte[] outer = Gre(0, 0x0800, Fragment4(udp, 16, 16, last: true));
        var decoder = new PacketDecoder();
        Seen.All(decoder, Ipv4(47, Gre(0, 0x0800, Fragment4(udp, 0, 16, last: false))), LinkType.Raw);
        Seen.All(decoder, Ipv4(47, outer[..16], fragment: 0x2000, id: 5), LinkType.Raw);
        List<Seen> packets = Seen.All(decoder, Ipv4(47, outer[16..], fragment: 2, id: 5), LinkType.Raw);
        Assert.Equal(4, packets.Count);
        Assert.Equal(Ipv4(17, udp, id: 77), packets[3].Network);
    }

    [Fact]
    public void Ipv6_extension_headers_before_the_fragment_header_stay()
    {
        byte[] udp = Udp(1, 2, Text(24));
        var decoder = new PacketDecoder();
        byte[] First(int offset, bool more, byte[] data) => Ipv6(0, Join(Bytes("2c00 050200000100"), Ipv6Fragment(17, offset, more, 3, data)));
        Seen.All(decoder, First(16, false, udp[16..]), LinkType.Raw);
        List<Seen> packets = Seen.All(decoder, First(0, true, udp[..16]), LinkType.Raw);
        Assert.Equal(Ipv6(0, Join(Bytes("1100 050200000100"), udp)), packets[1].Network);
        Assert.Equal(2, packets[1].DestinationPort);
    }

    [Fact]
    public void A_large_datagram_in_a_thousand_small_fragments_is_whole()
    {
        byte[] udp = Udp(1, 2, Text(65480));
        var decoder = new PacketDecoder();
        List<Seen> packets = [];
        for (int at = 0; at < udp.Length; at += 64)
        {
            int length = Math.Min(64, udp.Length - at);
            packets = Seen.All(decoder, Fragment4(udp, at, length, last: at + length == udp.Length), LinkType.Raw);
        }

        Assert.Equal(Text(65480), packets[1].Payload);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Work_per_fragment_is_bounded(bool backwards)
    {
        // The pieces of one datagram are limited, so their number cannot make insertion slow.
        var decoder = new PacketDecoder();
        int ignored = 0;
        for (int i = 0; i < 6000; i++)
        {
            int unit = backwards ? 6000 - i : i;
            ignored += Seen.All(decoder, Ipv4(17, Text(8), fragment: 0x2000 | unit), LinkType.Raw)[0].Events.Contains("ipv4.frag_ignored") ? 1 : 0;
        }

        Assert.Equal(6000 - Datagram.MaximumPieces / 2 + 1, ignored);
    }

    [Fact]
    public void Random_overlaps_match_a_byte_by_byte_model()
    {
        var random = new Random(11);
        foreach (OverlapPolicy policy in Enum.GetValues<OverlapPolicy>())
        {
            for (int round = 0; round < 200; round++) CompareWithModel(policy, random);
        }
    }

    private static void CompareWithModel(OverlapPolicy policy, Random random)
    {
        const int units = 12;
        var owner = new (int Start, int End, byte Fill)?[units];
        var decoder = new PacketDecoder(new DecodeOptions { DefaultPolicy = policy });
        for (int i = 0; ; i++)
        {
            int start = random.Next(units - 1), end = start + 1 + random.Next(units - 1 - start);
            byte fill = (byte)('A' + (i % 26));
            List<Seen> packets = Seen.All(decoder, Ipv4(253, [.. Enumerable.Repeat(fill, (end - start) * 8)], fragment: 0x2000 | start), LinkType.Raw);
            Assert.Single(packets);
            for (int unit = start; unit < end; unit++)
            {
                if (owner[unit] is not { } older || OverlapPolicies.NewerWins(policy, older.Start, older.End, start, end)) owner[unit] = (start, end, fill);
            }

            if (owner[..(units - 1)].Any(byteOwner => byteOwner is null)) continue;
            Seen whole = Seen.All(decoder, Ipv4(253, [.. Enumerable.Repeat((byte)'z', 8)], fragment: units - 1), LinkType.Raw)[1];
            string expected = string.Concat(owner[..(units - 1)].Select(byteOwner => (char)byteOwner!.Value.Fill)) + "z";
            Assert.Equal(expected, new string([.. whole.Payload.Where((_, at) => at % 8 == 0).Select(b => (char)b)]));
            return;
        }
    }
}
