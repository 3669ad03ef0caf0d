using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Tests.Detection.Keywords;

/// <summary>Keywords on header fields (user guide, "Header Keywords").</summary>
public class HeaderKeywordTests
{
    private static bool Matches(string options, RuleHarness.Shape shape, string protocol = "ip")
    {
        using RuleHarness harness = new($"alert {protocol} any any -> any any (msg:\"x\"; {options} sid:1;)");
        return harness.Packet([], Direction.ToServer, shape).Length == 1;
    }

    private static RuleHarness.Shape Tcp(TcpFlags flags, uint sequence = 0, ushort window = 0) => (scoped ref packet) =>
    {
        packet.IpProtocol = 6;
        packet.TcpFlags = flags;
        packet.Sequence = sequence;
        packet.Window = window;
    };

    [Theory]
    [InlineData("flags:S;", TcpFlags.Syn, true)]
    [InlineData("flags:S;", TcpFlags.Syn | TcpFlags.Ack, false)]
    [InlineData("flags:SA;", TcpFlags.Syn | TcpFlags.Ack, true)]
    [InlineData("flags:S,12;", TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr, true)]
    [InlineData("flags:S,CE;", TcpFlags.Syn | TcpFlags.Ece, true)]
    [InlineData("flags:S;", TcpFlags.Syn | TcpFlags.Ece, false)]
    [InlineData("flags:S+;", TcpFlags.Syn | TcpFlags.Ack, true)]
    [InlineData("flags:+S;", TcpFlags.Ack, false)]
    [InlineData("flags:*SF;", TcpFlags.Fin | TcpFlags.Ack, true)]
    [InlineData("flags:!SF;", TcpFlags.Ack, true)]
    [InlineData("flags:!SF;", TcpFlags.Syn, false)]
    [InlineData("flags:0;", TcpFlags.None, true)]
    [InlineData("tcp.flags:FPU;", TcpFlags.Fin | TcpFlags.Psh | TcpFlags.Urg, true)]
    public void Flags(string options, TcpFlags flags, bool expected) => Assert.Equal(expected, Matches(options, Tcp(flags), "tcp"));

    [Theory]
    [InlineData("seq:5;", true)]
    [InlineData("seq:6;", false)]
    [InlineData("window:>99;", true)]
    [InlineData("window:!100;", false)]
    [InlineData("tcp.mss:>0;", false)]
    public void Tcp_numbers(string options, bool expected) => Assert.Equal(expected, Matches(options, Tcp(TcpFlags.Ack, 5, 100), "tcp"));

    [Theory]
    [InlineData("ttl:64;", true)]
    [InlineData("ttl:<64;", false)]
    [InlineData("ttl:60-70;", true)]
    [InlineData("tos:!8;", true)]
    [InlineData("id:31337;", true)]
    [InlineData("ip_proto:udp;", true)]
    [InlineData("ip_proto:!17;", false)]
    [InlineData("ip_proto:>16;", true)]
    [InlineData("fragbits:D;", true)]
    [InlineData("fragbits:+M;", false)]
    [InlineData("fragbits:!M;", true)]
    [InlineData("fragoffset:0;", true)]
    [InlineData("ipopts:rr;", true)]
    [InlineData("ipopts:nop;", true)]
    [InlineData("ipopts:ts;", false)]
    [InlineData("ipopts:any;", true)]
    [InlineData("sameip;", false)]
    [InlineData("vlan.id:200;", true)]
    [InlineData("vlan.id:200,0;", true)]
    [InlineData("vlan.id:300,-1;", true)]
    [InlineData("vlan.id:>100,all;", true)]
    [InlineData("vlan.id:!200,1;", true)]
    [InlineData("vlan.id:500;", false)]
    [InlineData("vlan.layers:2;", true)]
    [InlineData("ipv4-csum:valid;", true)]
    [InlineData("ipv4-csum:invalid;", false)]
    public void Ip(string options, bool expected) => Assert.Equal(expected, Matches(options, (scoped ref packet) =>
    {
        packet.TimeToLive = 64;
        packet.IpId = 31337;
        packet.DontFragment = true;
        packet.IpOptions = new byte[] { 1, 7, 3, 4, 0 };
        packet.Vlan0 = 200;
        packet.Vlan1 = 300;
        packet.VlanCount = 2;
    }));

    [Theory]
    [InlineData("itype:8;", true)]
    [InlineData("itype:>8;", false)]
    [InlineData("icode:0;", true)]
    [InlineData("icmp_id:77;", true)]
    [InlineData("icmp_seq:1;", false)]
    public void Icmp(string options, bool expected) => Assert.Equal(expected, Matches(options, (scoped ref packet) =>
    {
        packet.IpProtocol = 1;
        packet.IcmpType = 8;
        packet.IcmpId = 77;
    }, "icmp"));

    [Fact]
    public void Headers_are_buffers()
    {
        static void Udp(scoped ref PacketView packet)
        {
            packet.Transport = new byte[] { 0, 53, 0, 99, 0, 12, 0, 0, 1, 2, 3, 4 };
            packet.Payload = packet.Transport[8..];
        }

        Assert.True(Matches("udp.hdr; content:\"|00 35|\"; startswith;", Udp, "udp"));
        Assert.True(Matches("udp.hdr; bsize:8;", Udp, "udp"));
        Assert.False(Matches("udp.hdr; content:\"|01 02 03|\";", Udp, "udp"));
        Assert.True(Matches("ip.src; content:\"|c0 a8 01 0a|\"; startswith; endswith;", Udp, "udp"));
    }

    [Fact]
    public void Protocol_words_choose_transport_and_version()
    {
        using RuleHarness harness = new(
            "alert tcp any any -> any any (dsize:0; sid:1;)",
            "alert udp any any -> any any (dsize:0; sid:2;)",
            "alert ipv6 any any -> any any (dsize:0; sid:3;)",
            "alert ipv4 any any -> any any (dsize:0; sid:4;)",
            "alert icmp any any -> any any (dsize:0; sid:5;)");
        Assert.Equal([2, 4], harness.Packet([]));
        Assert.Equal([1, 4], harness.Packet([], shape: Tcp(TcpFlags.Ack)));
        Assert.Equal([4, 5], harness.Packet([], shape: (scoped ref packet) => packet.IpProtocol = 1));
        Assert.Equal([3, 5], harness.Packet([], shape: (scoped ref packet) => { packet.IpProtocol = 58; packet.IpVersion = 6; }));
    }

    [Fact]
    public void Decode_events_match_packets_that_could_not_be_decoded()
    {
        using RuleHarness harness = new(
            "alert pkthdr any any -> any any (decode-event:ipv4.pkt_too_small; sid:1;)",
            "alert ip any any -> any any (dsize:0; sid:2;)");
        Assert.Equal([1], harness.Packet([], hasFlow: false, shape: (scoped ref packet) =>
        {
            packet.Flags = PacketFlags.Invalid;
            packet.IpVersion = 0;
            packet.Raise(DecodeEvent.Ipv4PacketTooSmall);
        }));
        Assert.Equal([2], harness.Packet([]));
    }
}
