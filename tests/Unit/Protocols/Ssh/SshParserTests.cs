using System.Buffers.Binary;
using System.Text;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Ssh;
using Sensor.Tests.Support;
using Xunit;
using static Sensor.Tests.Protocols.ParserDuties;

namespace Sensor.Tests.Protocols.Ssh;

public sealed class SshParserTests
{
    private static byte[] Packet(byte kind, byte[] content)
    {
        byte[] packet = new byte[6 + content.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(packet, packet.Length - 4);
        packet[4] = 4;
        packet[5] = kind;
        content.CopyTo(packet, 6);
        return packet;
    }

    private static byte[] KeyExchange(string name) =>
        Packet(20, [.. new byte[16], .. Enumerable.Range(0, 10).SelectMany(list => List(list == 8 ? "" : name + list)), 0, 0, 0, 0, 0]);

    private static byte[] List(string text)
    {
        byte[] list = new byte[4 + text.Length];
        BinaryPrimitives.WriteInt32BigEndian(list, text.Length);
        Encoding.ASCII.GetBytes(text, list.AsSpan(4));
        return list;
    }

    private static readonly (Direction, byte[])[] Exchange =
    [
        Server("banner\r\nSSH-1.99-server_1 more words\r\n"), Client("SSH-2.0-client\n"),
        (Direction.ToServer, KeyExchange("c")), (Direction.ToClient, KeyExchange("s")), (Direction.ToServer, Packet(30, new byte[40])),
        (Direction.ToClient, [.. Packet(31, new byte[80]), .. Packet(21, [])]), (Direction.ToServer, Packet(21, [])), (Direction.ToServer, new byte[50]), (Direction.ToClient, new byte[50]),
    ];

    [Fact]
    public void Banners_and_fingerprints_are_the_same_however_they_arrive()
    {
        string all = new ParserDuties(new SshProtocol(), Exchange).Transcript().AssertSameAtEverySplit();
        Assert.Contains("ssh.proto ToServer [0] @0: 2.0", all);
        Assert.Contains("ssh.proto ToClient [0] @0: 1.99", all);
        Assert.Contains("ssh.software ToClient [0] @0: server_1\n", all);
        Assert.Contains("ssh.hassh.string ToServer [0] @0: c0;c2;c4;c6", all);
        Assert.Contains("ssh.hassh.server.string ToClient [0] @0: s0;s3;s5;s7", all);
        Assert.Contains("ssh.hassh ToServer [0] @0: " + Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData("c0;c2;c4;c6"u8)), all);
        Assert.Contains("request 3, response 3", all);
        Assert.DoesNotContain("events", all);
    }

    [Fact]
    public void Duties_are_kept() => new ParserDuties(new SshProtocol(), Exchange).AssertAll();

    [Fact]
    public void Bypass_reads_nothing_after_new_keys() =>
        Assert.Contains("encrypted", new ProtocolTranscript(new SshProtocol(), new ProtocolOptions { Settings = new Dictionary<string, string> { ["app-layer.protocols.ssh.encryption-handling"] = "bypass" } })
            .Client("SSH-2.0-a\r\n").Server("SSH-2.0-b\r\n").Client(Packet(21, [])).Server(Packet(21, [])).Describe());

    [Theory]
    [InlineData("invalid_banner", "SSH-2.0\r\n")]
    [InlineData("invalid_banner", "GET / HTTP/1.1\r\n")]
    [InlineData("invalid_record", "SSH-2.0-x\r\nGET / HTTP/1.1")]
    public void Odd_conversations_are_named(string name, string client) =>
        Assert.Contains("ssh." + name, new ProtocolTranscript(new SshProtocol()).Client(client).AssertSameAtEverySplit());

    [Fact]
    public void Long_banner_is_named() =>
        Assert.Contains("ssh.long_banner", new ProtocolTranscript(new SshProtocol()).Client("SSH-2.0-" + new string('x', 300) + "\r\n").AssertSameAtEverySplit());

    [Fact]
    public void List_that_does_not_fit_is_named() =>
        Assert.Contains("ssh.invalid_record", new ProtocolTranscript(new SshProtocol()).Client("SSH-2.0-x\r\n").Client(Packet(20, [.. new byte[16], 0, 0, 1, 0, 1])).AssertSameAtEverySplit());
}
