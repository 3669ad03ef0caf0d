using System.Text;
using Sensor.Primitives;
using Sensor.Protocols.Dns;

namespace Sensor.Tests.Protocols.Dns;

public sealed class DnsProbeTests
{
    private static ParseStatus Probe(byte[] start) => DnsProtocol.Dns.Probe(start, Direction.ToServer);

    [Fact]
    public void Message_is_recognised_bare_and_behind_its_length()
    {
        DnsBytes query = DnsBytes.Message(0x1234, 0x0100, 1).Question("www.example.com", 1);
        Assert.Equal(ParseStatus.Done, Probe(query.ToArray()));
        Assert.Equal(ParseStatus.Done, Probe(query.ToStream()));
        byte[] stream = query.ToStream();
        for (int length = 0; length < stream.Length; length++) Assert.Equal(ParseStatus.NeedMore, Probe(stream[..length]));
    }

    [Fact]
    public void Unusual_but_valid_messages_are_recognised()
    {
        Assert.Equal(ParseStatus.Done, Probe(DnsBytes.Message(1, 0x4900, 1).Question("opcode.nine", 1).ToArray()));
        Assert.Equal(ParseStatus.Done, Probe(DnsBytes.Message(0, 0, 1).Question("_tcp.local", 12).ToArray()));
        Assert.Equal(ParseStatus.Done, Probe(DnsBytes.Message(1, 0x8081).ToArray()));
        Assert.Equal(ParseStatus.Done, Probe(DnsBytes.Message(1, 0x0100, 2).Pointer(18).Number16(1).Number16(1).Question("x.y", 1).ToArray()));
        Assert.Equal(ParseStatus.Done, Probe(DnsBytes.Message(1, 0x8000, 0, 1).Name("x").Number16(1).Number16(1).Number32(0).Number16(0).ToArray()));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    [InlineData("220 mail.example ESMTP ready\r\n")]
    [InlineData("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\xe4\x11\x20\x77\x10\xa9")]
    [InlineData("\0\0\0\x85\xffSMBr\0\0\0\0\x18S\xc8")]
    [InlineData("\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0")]
    [InlineData("0@\x02\x01\x03\x30\x0f\x02\x03\0\x91\xc8\x02\x02\x05\xdc\x04\x01\x04\x02")]
    public void Other_protocols_are_not(string start) => Assert.Equal(ParseStatus.Malformed, Probe(Encoding.Latin1.GetBytes(start)));

    [Fact]
    public void Over_TCP_requests_go_to_the_server_and_responses_to_the_client()
    {
        byte[] query = DnsBytes.Message(1, 0x0100, 1).Question("a.example", 1).ToStream(), answer = DnsBytes.Message(1, 0x8180, 1).Question("a.example", 1).ToStream();
        Assert.Equal(ParseStatus.Malformed, DnsProtocol.Dns.Probe(query, Direction.ToClient));
        Assert.Equal(ParseStatus.Malformed, DnsProtocol.Dns.Probe(answer, Direction.ToServer));
        Assert.Equal(ParseStatus.Done, DnsProtocol.Dns.Probe(answer, Direction.ToClient));
        Assert.Equal(ParseStatus.Done, DnsProtocol.Dns.Probe(answer.AsSpan(2), Direction.ToServer));
    }

    [Fact]
    public void Overlong_name_is_recognised_before_its_end()
    {
        byte[] start = DnsBytes.Message(1, 0x0100, 1).Question(string.Join('.', Enumerable.Repeat(new string('a', 63), 20)), 1).ToStream();
        Assert.Equal(ParseStatus.Done, DnsProtocol.Dns.Probe(start.AsSpan(0, DnsProtocol.Dns.ProbeDepth), Direction.ToServer));
    }

    [Fact]
    public void NetBIOS_names_are_not_DNS() =>
        Assert.Equal(ParseStatus.Malformed, Probe(DnsBytes.Message(0x8001, 0x0110, 1).Label("FHEPFCELEHFCEPFFFACACACACACACABL").Raw(0).Number16(0x20).Number16(1).ToArray()));
}
