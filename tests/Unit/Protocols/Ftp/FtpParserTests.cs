using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Ftp;
using Sensor.Protocols.FtpData;
using Sensor.Tests.Support;
using Xunit;
using static Sensor.Tests.Protocols.ParserDuties;

namespace Sensor.Tests.Protocols.Ftp;

public sealed class FtpParserTests
{
    private static readonly (Direction, byte[])[] Exchange =
    [
        Server("220-welcome\r\n to FTP\r\n220 ready\r\n"), Client("USER a\r\n"), Server("331 password\r\n"), Client("pass b c\r\n"), Server("230 in\r\n"),
        Client("PORT 10,0,0,1,1,2\r\n"), Server("200 ok\r\n"), Client("RETR file.txt\r\n"), Server("150 opening\r\n226 done\r\n"),
        Client("EPSV\r\n"), Server("229 Entering Extended Passive Mode (|||6446|)\r\n"), Client("LIST\r\n"), Server("150 x\r\n226 y\r\n"),
        Client("PASV\r\n"), Server("227 Passive (10,0,0,9,4,1)\r\n"), Client("STOR up\r\n"), Server("426 no\r\n"), Client("QUIT\r\n"), Server("221 bye\r\n"),
    ];

    [Fact]
    public void Commands_and_replies_are_paired_the_same_however_they_arrive()
    {
        string all = new ParserDuties(new FtpProtocol(), Exchange).Transcript().AssertSameAtEverySplit();
        Assert.Contains("{\"ftp\":{\"command_truncated\":false,\"completion_code\":[\"220\",\"220\"],\"reply\":[\"welcome\",\" to FTP\",\"ready\"]", all);
        Assert.Contains("ftp.command ToServer [0] @0: PASS", all);
        Assert.Contains("ftp.command_data ToServer [0] @0: b c", all);
        Assert.Contains("\"dynamic_port\":258,\"mode\":\"active\",\"reply_received\":\"yes\"", all);
        Assert.Contains("\"dynamic_port\":6446,\"mode\":\"passive\"", all);
        Assert.Contains("\"dynamic_port\":1025,\"mode\":\"passive\"", all);
        Assert.Contains("\"completion_code\":[\"150\",\"226\"],\"reply\":[\"opening\",\"done\"]", all);
        Assert.DoesNotContain("events", all);
    }

    [Fact]
    public void Duties_are_kept() => new ParserDuties(new FtpProtocol(), Exchange).AssertAll();

    [Theory]
    [InlineData("10,0,0,1,1,2", "10.0.0.1", 258)]
    [InlineData("Entering (10,0,0,1,255,255).", "10.0.0.1", 65535)]
    [InlineData("10,0,0,256,1,2", null, 0)]
    [InlineData("10,0,0,1,1", null, 0)]
    [InlineData("", null, 0)]
    public void Ports_are_read(string text, string? address, int port)
    {
        bool read = FtpAddress.TryPort(System.Text.Encoding.ASCII.GetBytes(text), out IpAddress found, out ushort number);
        Assert.Equal(address is not null, read);
        if (address is not null) Assert.Equal((IpAddress.Parse(address), port), (found, number));
    }

    [Theory]
    [InlineData("|1|132.235.1.2|6275|", "132.235.1.2", 6275)]
    [InlineData("|2|1080::8:800:200C:417A|5282|", "1080::8:800:200c:417a", 5282)]
    [InlineData("|2|::1|1|", "::1", 1)]
    [InlineData("|2|1::2::3|1|", null, 0)]
    [InlineData("|2|1:2:3|1|", null, 0)]
    [InlineData("|1|1.2.3|6275|", null, 0)]
    [InlineData("|||||||", null, 0)]
    public void Extended_ports_are_read(string text, string? address, int port)
    {
        bool read = FtpAddress.TryExtendedPort(System.Text.Encoding.ASCII.GetBytes(text), out IpAddress found, out ushort number);
        Assert.Equal(address is not null, read);
        if (address is not null) Assert.Equal((IpAddress.Parse(address), port), (found, number));
    }

    [Fact]
    public void Long_lines_and_files_without_a_port_are_named()
    {
        string all = new ProtocolTranscript(new FtpProtocol()).Client("RETR " + new string('x', 5000) + "\r\nNOOP\r\n").Server(new string('y', 5000) + "\r\n").Describe();
        foreach (string name in (string[])["request_command_too_long", "response_command_too_long", "file_before_port"]) Assert.Contains("ftp." + name, all);
        Assert.Contains("ftp.command ToServer [0] @0: NOOP", all);
    }

    [Fact]
    public void Agreed_encryption_hands_over_to_tls() =>
        Assert.Contains("hands over to \"tls\"", new ProtocolTranscript(new FtpProtocol()).Server("220 x\r\n").Client("AUTH TLS\r\n").Server("234 go\r\n").AssertSameAtEverySplit());

    [Fact]
    public void Data_connections_carry_one_file()
    {
        AppParser parser = new FtpDataProtocol().CreateParser(new ProtocolOptions());
        parser.Announced(new Expectation("ftp-data", (int)FtpCommand.Retrieve, 1), "a.txt"u8);
        var files = new RecordingFileSink();
        var feed = new ParserFeeder(parser, new Flow { Slot = 0 }, files);
        feed.Add(Direction.ToClient, "hello "u8);
        feed.Add(Direction.ToServer, "ignored"u8);
        feed.Add(Direction.ToClient, "world"u8);
        feed.End(Direction.ToClient);
        feed.End(Direction.ToServer);
        RecordingFileSink.Recorded file = Assert.Single(files.Files);
        Assert.Equal(("a.txt", "hello world", true), (file.Name, System.Text.Encoding.ASCII.GetString(file.Content.ToArray()), file.Complete));
        parser.Reset();
    }

    [Fact]
    public void Data_connections_keep_their_duties() => new ParserDuties(new FtpDataProtocol(), Server("some file"), Client("back")).AssertAll();
}

public sealed class ExpectationTableTests
{
    private static readonly IpAddress A = IpAddress.Parse("10.0.0.1"), B = IpAddress.Parse("10.0.0.2");
    private static readonly PacketTime Start = PacketTime.FromUnix(1_000_000, 0);

    private static bool Take(ExpectationTable table, int port, PacketTime now, out string name)
    {
        Span<byte> room = stackalloc byte[ExpectationTable.LongestName];
        bool taken = table.TryTake(A, B, (ushort)port, now, room, out int length, out _);
        name = System.Text.Encoding.ASCII.GetString(room[..length]);
        return taken;
    }

    [Fact]
    public void Announcement_is_good_once_and_for_a_while()
    {
        var table = new ExpectationTable();
        table.Add(A, B, 5, new Expectation("ftp-data", 1, 1), "old"u8, Start);
        table.Add(A, B, 5, new Expectation("ftp-data", 1, 1), "new"u8, Start);
        Assert.Equal(1, table.Count);
        Assert.False(Take(table, 6, Start, out _));
        Assert.True(Take(table, 5, Start, out string name));
        Assert.Equal("new", name);
        Assert.False(Take(table, 5, Start, out _));
        table.Add(A, B, 5, new Expectation("ftp-data", 1, 1), "x"u8, Start);
        Assert.False(Take(table, 5, Start + ExpectationTable.Lifetime + TimeSpan.FromSeconds(1), out _));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Full_table_lets_the_oldest_go_and_allocates_nothing()
    {
        var table = new ExpectationTable();
        for (int port = 1; port <= ExpectationTable.Capacity; port++) table.Add(A, B, (ushort)port, new Expectation("ftp-data", 1, 1), "x"u8, Start);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int port = 10_000; port < 10_100; port++) table.Add(A, B, (ushort)port, new Expectation("ftp-data", 1, 1), "x"u8, Start);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal((ExpectationTable.Capacity, 100L), (table.Count, table.Displaced));
        Assert.False(Take(table, 1, Start, out _));
        Assert.True(Take(table, 10_050, Start, out _));
    }
}
