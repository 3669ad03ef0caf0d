using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Imap;
using Sensor.Protocols.Pop3;
using Sensor.Protocols.Telnet;
using Sensor.Protocols.Tftp;
using Sensor.Tests.Support;
using Xunit;
using static Sensor.Tests.Protocols.ParserDuties;

namespace Sensor.Tests.Protocols.Pop3;

public sealed class MailboxTests
{
    private static readonly (Direction, byte[])[] Mailbox =
    [
        Server("+OK ready\r\n"), Client("CAPA\r\n"), Server("+OK list\r\nUSER\r\nTOP\r\n.\r\n"), Client("AUTH XOAUTH2\r\n"), Server("+ \r\n"), Client("abc=\r\n"), Server("+OK Welcome.\r\n"),
        Client("LIST\r\nRETR 1\r\n"), Server("+OK 1\r\n1 20\r\n.\r\n+OK\r\nSubject: x\r\n\r\n..\r\n.\r\n"), Client("DELE 7\r\n"), Server("-ERR no such mail\r\n"), Client("QUIT\r\n"), Server("+OK bye\r\n"),
    ];

    [Fact]
    public void Commands_and_answers_are_paired_the_same_however_they_arrive()
    {
        string all = new ParserDuties(new Pop3Protocol(), Mailbox).Transcript().AssertSameAtEverySplit();
        Assert.Contains("{\"request\":{\"command\":\"CAPA\",\"args\":[]},\"response\":{\"success\":true,\"status\":\"OK\",\"header\":\"list\",\"data\":[\"USER\",\"TOP\"]}}", all);
        Assert.Contains("\"command\":\"\\u003CSASL DATA\\u003E\",\"args\":[]},\"response\":{\"success\":true,\"status\":\"OK\",\"header\":\"Welcome.\"", all);
        Assert.Contains("\"data\":[\"Subject: x\",\"\",\".\"]", all);
        Assert.Contains("\"command\":\"DELE\",\"args\":[\"7\"]},\"response\":{\"success\":false,\"status\":\"ERR\",\"header\":\"no such mail\"", all);
    }

    [Fact]
    public void Answer_without_a_greeting_before_it_is_an_answer() =>
        Assert.Contains("\"header\":\"list\",\"data\":[\"USER\"]", new ProtocolTranscript(new Pop3Protocol()).Client("CAPA\r\n").Server("+OK list\r\nUSER\r\n.\r\n").AssertSameAtEverySplit());

    [Fact]
    public void Mailboxes_keep_their_duties() => new ParserDuties(new Pop3Protocol(), Mailbox).AssertAll();

    [Fact]
    public void Agreed_encryption_hands_over_to_tls()
    {
        Assert.Contains("hands over to \"tls\"", new ProtocolTranscript(new Pop3Protocol()).Server("+OK x\r\n").Client("STLS\r\n").Server("+OK go\r\n").AssertSameAtEverySplit());
        Assert.Contains("hands over to \"tls\"", new ProtocolTranscript(new ImapProtocol()).Server("* OK x\r\n").Client("a1 STARTTLS\r\n").Server("* x\r\na1 OK go\r\n").AssertSameAtEverySplit());
        Assert.DoesNotContain("hands over", new ProtocolTranscript(new ImapProtocol()).Server("* OK x\r\n").Client("a1 STARTTLS\r\n").Server("a1 NO\r\n").AssertSameAtEverySplit());
    }

    [Fact]
    public void Others_keep_their_duties()
    {
        new ParserDuties(new ImapProtocol(), Server("* OK x\r\n"), Client("a1 LOGIN a b\r\n"), Server("a1 OK\r\n")).AssertAll();
        new ParserDuties(new TelnetProtocol(), (Direction.ToClient, [0xff, 253, 1])).AssertAll();
        new ParserDuties(new TftpProtocol(), Client("\0\u0001file\0octet\0")).AssertNeverThrows();
        new ParserDuties(new TftpProtocol(), Client("\0\u0001file\0octet\0")).Transcript().AssertAllocatesNothing();
    }

    [Theory]
    [InlineData("\0\u0001a.txt\0octet\0", "\"packet\":\"read\",\"file\":\"a.txt\",\"mode\":\"octet\"")]
    [InlineData("\0\u0002a.txt\0NETASCII\0blksize\01428\0", "\"packet\":\"write\",\"file\":\"a.txt\",\"mode\":\"NETASCII\"")]
    public void Requests_for_files_are_told(string datagram, string record)
    {
        Assert.Contains(record, new ProtocolTranscript(new TftpProtocol()).Client(datagram).Describe());
        Assert.Equal(ParseStatus.Done, new TftpProtocol().Probe(System.Text.Encoding.Latin1.GetBytes(datagram), Direction.ToServer));
    }

    [Theory]
    [InlineData("\0\u0003abc\0octet\0")]
    [InlineData("\0\u0001abc\0other\0")]
    [InlineData("\0\u0001abcdefghijk")]
    [InlineData("\0\u0001\0octet\0\0\0")]
    public void Other_datagrams_are_not_tftp(string datagram) =>
        Assert.Equal(ParseStatus.Malformed, new TftpProtocol().Probe(System.Text.Encoding.Latin1.GetBytes(datagram), Direction.ToServer));
}
