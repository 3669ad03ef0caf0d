using System.Text;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Smtp;
using Sensor.Tests.Support;
using Xunit;
using static Sensor.Tests.Protocols.ParserDuties;

namespace Sensor.Tests.Protocols.Smtp;

public sealed class SmtpParserTests
{
    private const string Mail =
        "Received: from a\r\n by b\r\nReceived: from c\r\nFrom: \"A, B\" <a@example.org>\r\nTo: x@example.org, \"y,z\" <y@example.org>\r\nSubject: hello\r\n\tworld\r\n" +
        "Message-ID: <1@example.org>\r\nX-Mailer: pen\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b=1\"\r\n\r\npreamble\r\n" +
        "--b=1\r\nContent-Type: multipart/alternative; boundary=b=12\r\n\r\n--b=12\r\nContent-Type: text/plain\r\n\r\nsee HTTP://Example.org/a.exe and more\r\n..dotted\r\n" +
        "--b=12\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<a href=3D\"http://10.0.0.1/=\r\nx\">\r\n--b=12--\r\n" +
        "--b=1\r\nContent-Type: application/zip; name=\"a.zip\"\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8g\r\nd29ybGQ=\r\n" +
        "--b=1\r\nContent-Disposition: attachment; filename*0*=utf-8''b%20; filename*1=c.txt\r\n\r\nplain\r\nfile\r\n--b=1--\r\nepilogue\r\n";

    private static (Direction, byte[])[] Exchange(string mail) =>
    [
        Server("220 mail.example.org ESMTP\r\n"), Client("EHLO client.example.org\r\n"), Server("250-mail.example.org\r\n250-PIPELINING\r\n250 OK\r\n"),
        Client("MAIL FROM:<a@example.org> SIZE=100\r\nRCPT TO:<x@example.org>\r\nRCPT TO:<y@example.org>\r\nDATA\r\n"), Server("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"),
        Client(mail + ".\r\n"), Server("250 queued\r\n"), Client("MAIL FROM:<b@example.org>\r\nRSET\r\n"), Server("250 ok\r\n250 ok\r\n"), Client("QUIT\r\n"), Server("221 bye\r\n"),
    ];

    [Fact]
    public void Mail_is_taken_apart_the_same_however_it_arrives()
    {
        string all = new ParserDuties(new SmtpProtocol(), Exchange(Mail)).Transcript().AssertSameAtEverySplit();
        Assert.Contains("smtp.helo ToServer [0] @0: client.example.org", all);
        Assert.Contains("smtp.mail_from ToServer [0] @0: <a@example.org>\n", all);
        Assert.Contains("smtp.rcpt_to ToServer [1] @0: <y@example.org>", all);
        Assert.Contains("email.subject ToServer [0] @0: hello\\x09world", all);
        Assert.Contains("email.received ToServer [1] @0: from c", all);
        Assert.Contains("email.url ToServer [0] @0: example.org/a.exe", all);
        Assert.Contains("email.url ToServer [1] @0: 10.0.0.1/x", all);
        Assert.Contains("\"to\":[\"x@example.org\",\"\\u0022y,z\\u0022 \\u003Cy@example.org\\u003E\"]", all);
        Assert.Contains("\"attachment\":[\"a.zip\",\"b c.txt\"]", all);
        Assert.Contains("\"has_exe_url\":true,\"has_ipv4_url\":true", all);
        Assert.Contains("file.data ToServer [0] @0: hello world", all);
        Assert.Contains("file.data ToServer [1] @0: plain\\r\\nfile\n", all);
        Assert.Contains("\"b c.txt\"", all);
        Assert.Contains("transaction 1: request 5, response 1", all);
        Assert.DoesNotContain("transaction 2", all);
        Assert.DoesNotContain("events", all);
    }

    [Fact]
    public void Duties_are_kept() => new ParserDuties(new SmtpProtocol(), Exchange(Mail)).AssertAll();

    [Fact]
    public void Chunks_are_joined_into_one_mail()
    {
        string all = new ProtocolTranscript(new SmtpProtocol())
            .Client("EHLO c\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 12\r\nSubject: a\r\nBDAT 6 LAST\r\n\r\nbody\r\nQUIT\r\n")
            .Server("220 x\r\n250 o\r\n250 o\r\n250 o\r\n250 o\r\n250 o\r\n221 x\r\n").AssertSameAtEverySplit();
        Assert.Contains("email.subject ToServer [0] @0: a\n", all);
        Assert.Contains("PARSE_DONE", all);
        Assert.DoesNotContain("events", all);
    }

    [Fact]
    public void Refused_data_is_followed_by_commands()
    {
        string all = new ProtocolTranscript(new SmtpProtocol())
            .Server("220 x\r\n").Client("EHLO c\r\n").Server("250 o\r\n").Client("MAIL FROM:<a@b>\r\nDATA\r\n").Server("553 no\r\n503 no\r\n").Client("RSET\r\nMAIL FROM:<e@f>\r\n").AssertSameAtEverySplit();
        Assert.Contains("smtp.data_command_rejected", all);
        Assert.Contains("smtp.mail_from ToServer [0] @0: <e@f>", all);
    }

    [Fact]
    public void Agreed_encryption_hands_over_to_tls()
    {
        string all = new ProtocolTranscript(new SmtpProtocol()).Server("220 x\r\n").Client("EHLO c\r\n").Server("250 o\r\n").Client("STARTTLS\r\n").Server("220 go\r\n").AssertSameAtEverySplit();
        Assert.Contains("hands over to \"tls\"", all);
        Assert.Contains("transaction 0: request 5, response 1", all);
        Assert.Contains("smtp.tls_rejected", new ProtocolTranscript(new SmtpProtocol()).Server("220 x\r\n").Client("STARTTLS\r\n").Server("454 no\r\n").Describe());
    }

    [Theory]
    [InlineData("invalid_reply", "220 x\r\nhello\r\n", "")]
    [InlineData("unable_to_match_reply_with_request", "220 x\r\n250 ok\r\n", "")]
    [InlineData("no_server_welcome_message", "250 x\r\n", "EHLO c\r\n")]
    [InlineData("duplicate_fields", "", "MAIL FROM:<a>\r\nMAIL FROM:<b>\r\n")]
    [InlineData("bdat_chunk_len_exceeded", "", "BDAT x\r\n")]
    [InlineData("mime_invalid_base64", "", "DATA\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: a; filename=x\r\n\r\n%%%\r\n.\r\n")]
    [InlineData("mime_invalid_qp", "", "DATA\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=zz\r\n.\r\n")]
    [InlineData("mime_malformed_msg", "", "DATA\r\nnocolon\r\n\r\n.\r\n")]
    public void Odd_conversations_are_named(string name, string server, string client)
    {
        string all = new ProtocolTranscript(new SmtpProtocol()).Client(client).Server(server).AssertSameAtEverySplit();
        Assert.Contains("smtp." + name, all);
    }

    [Fact]
    public void Long_lines_are_named()
    {
        string all = new ProtocolTranscript(new SmtpProtocol()).Client("EHLO " + new string('x', 600) + "\r\nHELP " + new string('y', 5000) + "\r\nDATA\r\nSubject: " + new string('z', 3000) + "\r\n\r\n.\r\n").Describe();
        foreach (string name in (string[])["max_command_line_len_exceeded", "truncated_line", "mime_long_header_value", "mime_long_line"]) Assert.Contains("smtp." + name, all);
    }

    [Fact]
    public void Bytes_missing_in_a_mail_are_a_gap_of_its_file()
    {
        string all = new ProtocolTranscript(new SmtpProtocol())
            .Client("EHLO c\r\nDATA\r\nContent-Disposition: attachment; filename=a\r\n\r\nabc\r\nde").ClientMisses(100).Client("fg\r\nhij\r\n.\r\nQUIT\r\n").Describe();
        Assert.Contains("100 missing, complete: True", all);
        Assert.Contains("PARSE_DONE", all);
    }

    [Fact]
    public void Parts_inside_parts_are_followed_to_a_limit()
    {
        var mail = new StringBuilder("DATA\r\n");
        for (int i = 0; i < 40; i++) mail.Append($"Content-Type: multipart/mixed; boundary=x{i}y\r\n\r\n--x{i}y\r\n");
        string all = new ProtocolTranscript(new SmtpProtocol()).Client(mail + ".\r\n").Describe();
        Assert.Contains("smtp.mime_limit_reached", all);
    }
}
