using System.Text;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Smb;
using Sensor.Tests.Protocols.Dcerpc;
using Sensor.Tests.Support;
using Xunit;
using static Sensor.Tests.Protocols.Smb.SmbBytes;

namespace Sensor.Tests.Protocols.Smb;

public sealed class SmbParserTests
{
    private static readonly SmbProtocol s_protocol = new();

    private static byte[] Text(int length) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, (length / 4) + 1).Select(i => $"{i % 1000:d3} "))[..length]);

    private static ProtocolTranscript Transfer() => new ProtocolTranscript(s_protocol)
        .Client(Record(TreeConnect(1, @"\\srv\data"))).Server(Record(TreeConnected(1, 1)))
        .Client(Record(Create(2, @"dir\a.txt"))).Server(Record(Created(2)))
        .Client(Record(Write(3, 0, Text(300)))).Server(Record(Written(3)))
        .Client(Record(Write(4, 300, Text(20)))).Server(Record(Written(4)))
        .Client(Record(Read(5, 0, 320))).Server(Record(Content(5, Text(320))))
        .Client(Record(Close(6))).Server(Record(Closed(6)));

    private static ProtocolTranscript PipeCall() => new ProtocolTranscript(s_protocol)
        .Client(Record(TreeConnect(1, @"\\srv\IPC$"))).Server(Record(TreeConnected(1, 2)))
        .Client(Record(Create(2, "svcctl"))).Server(Record(Created(2)))
        .Client(Record(Write(3, 0, DcerpcBytes.Bind()))).Server(Record(Written(3)))
        .Client(Record(Read(4, 0, 1024))).Server(Record(Content(4, DcerpcBytes.BindAck())))
        .Client(Record(Write(5, 0, DcerpcBytes.Request(15, new byte[200])[..100]))).Server(Record(Written(5)))
        .Client(Record(Write(6, 0, DcerpcBytes.Request(15, new byte[200])[100..]))).Server(Record(Written(6)))
        .Client(Record(Read(7, 0, 1024))).Server(Record(Content(7, DcerpcBytes.Response(new byte[30]))));

    [Fact]
    public void Files_pass_in_both_directions_at_every_split()
    {
        string result = Transfer().AssertSameAtEverySplit();
        Assert.Contains(@"smb.share ToServer [0] @0: \x5c\x5csrv\x5cdata", result, StringComparison.Ordinal);
        Assert.Contains("\"command\":\"SMB2_COMMAND_WRITE\",\"status\":\"STATUS_SUCCESS\"", result, StringComparison.Ordinal);
        Assert.Contains(@"""filename"":""dir\\a.txt"",""share"":""\\\\srv\\data"",""fuid"":""00000001-0000-0000-0009-0000ffffffff""", result, StringComparison.Ordinal);
        Assert.Contains("file.data ToServer", result, StringComparison.Ordinal);
        Assert.Contains("file.data ToClient", result, StringComparison.Ordinal);
        Assert.DoesNotContain("events", result, StringComparison.Ordinal);
        Transfer().Inspect((_, files) => Assert.Equal(2, files.Files.Count));
    }

    [Fact]
    public void Calls_over_a_pipe_are_joined_over_writes_at_every_split()
    {
        string result = PipeCall().AssertSameAtEverySplit();
        Assert.Contains("smb.named_pipe ToServer", result, StringComparison.Ordinal);
        Assert.Contains("""dcerpc":{"request":"REQUEST","opnum":15,"req":{"frag_cnt":1,"stub_data_size":200},"interfaces":[{"uuid":"367abb81-9844-35f1-ad32-98f038001003","version":"2.0","ack_result":0}],"response":"RESPONSE","res":{"frag_cnt":1,"stub_data_size":30},"call_id":2}""", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_allocated_once_warm()
    {
        Transfer().AssertAllocatesNothing();
        PipeCall().AssertAllocatesNothing();
    }

    [Fact]
    public void Who_logs_on_is_told()
    {
        string result = new ProtocolTranscript(s_protocol).Client(Record(SessionSetup(1, Ntlmssp("CORP", "anna", "PC7")))).AssertSameAtEverySplit();
        Assert.Contains("smb.ntlmssp_user ToServer [0] @0: anna", result, StringComparison.Ordinal);
        Assert.Contains("smb.ntlmssp_domain ToServer [0] @0: CORP", result, StringComparison.Ordinal);
        Assert.Contains("""ntlmssp":{"domain":"CORP","user":"anna","host":"PC7","version":"10.0 build 10586 rev 15"}""", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Compound_messages_name_the_file_that_the_first_one_opens()
    {
        byte[] related = [.. Enumerable.Repeat((byte)0xff, 16)];
        string result = new ProtocolTranscript(s_protocol).Client(Record(Create(1, "x.exe", next: 136), Write(2, 0, Text(40), related))).AssertSameAtEverySplit();
        Assert.Contains("\"command\":\"SMB2_COMMAND_WRITE\"", result, StringComparison.Ordinal);
        Assert.Equal(2, result.Split("\"filename\":\"x.exe\"").Length - 1);
    }

    [Fact]
    public void Old_dialects_and_shares_are_read()
    {
        byte[] names = [2, .. "PC NETWORK PROGRAM 1.0\0"u8, 2, .. "NT LM 0.12\0"u8];
        byte[] path = [0, .. Encoding.ASCII.GetBytes("\\\\srv\\IPC$\0IPC\0")];
        string result = new ProtocolTranscript(s_protocol)
            .Client(Record(Message1(0x72, [], names))).Server(Record(Message1(0x72, [1, 0, .. new byte[32]], [], response: true)))
            .Client(Record(Message1(0x75, [0xff, 0, 0, 0, 0, 0, 1, 0], path, mid: 2))).Server(Record(Message1(0x75, [0xff, 0, 0, 0, 0, 0], [.. "IPC\0"u8], response: true, mid: 2)))
            .AssertSameAtEverySplit();
        Assert.Contains("""dialect":"NT LM 0.12","command":"SMB1_COMMAND_TREE_CONNECT_ANDX","status":"STATUS_SUCCESS""", result, StringComparison.Ordinal);
        Assert.Contains("""service":{"request":"IPC","response":"IPC"}""", result, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_gap_in_content_the_file_goes_on_and_after_one_elsewhere_records_are_found_again()
    {
        byte[] write = Record(Write(3, 0, Text(4000)));
        new ProtocolTranscript(s_protocol).Client(Record(Create(2, "a"))).Server(Record(Created(2))).Client(write[..1000]).ClientMisses(1000).Client(write[2000..])
            .Client(Record(Close(4))).ClientMisses(77).Client("....").Client(Record(TreeConnect(9, @"\\s\again"))).Inspect((parser, files) =>
            {
                Assert.Single(files.Files);
                Assert.Contains("again", Encoding.ASCII.GetString(((SmbTransaction)parser.Transactions[^1]).Bytes(((SmbTransaction)parser.Transactions[^1]).Share)), StringComparison.Ordinal);
            });
    }

    [Fact]
    public void What_never_ends_is_bounded()
    {
        var pool = new SmbPool();
        var parser = new SmbParser(pool, mostOpen: 32);
        var flow = new Flow { Slot = 0 };
        var context = new ParseContext { Flow = flow, Direction = Direction.ToServer, Time = default, Files = NoFiles.Instance };
        for (ulong id = 0; id < 20_000; id++)
        {
            parser.Parse(Record(TreeConnect(id, $@"\\srv\share{id}")), context);
            parser.Parse(Record(Read(id + 1_000_000, id, 10)), context);
        }

        Assert.True(parser.Transactions.Count <= 64);
        Assert.True(pool.Remembered <= SmbLimits.EntriesPerFlow);
        Assert.DoesNotContain(parser.Transactions, one => one.Events.Contains((int)SmbEvent.MalformedData));

        // A file that never ends, and a record that claims more than is ever waited for.
        byte[] write = Record(Write(5, 0, new byte[15_000_000]));
        for (int at = 0; at < write.Length; at += 50_000)
        {
            ReadOnlySpan<byte> piece = write.AsSpan(at, Math.Min(50_000, write.Length - at));
            if (at == 0) parser.Reset();
            Assert.Equal(piece.Length, parser.Parse(piece, context).Consumed);
        }

        Assert.InRange(pool.Text.InUse, 1, 2 * SmbLimits.FileData);
        Assert.Equal(4, parser.Parse([0, 0xff, 0xff, 0xff, .. Message2(5, 1, new byte[200])], context).Consumed - 264);
        parser.Reset();
        Assert.Equal(0, pool.Text.InUse);
        Assert.Equal(0, pool.Remembered);
        Assert.Equal(0, pool.Transactions.InUse);
    }

    [Fact]
    public void Every_byte_is_looked_at_a_fixed_number_of_times()
    {
        static (long Calls, int Unread) Work(int times)
        {
            AppParser parser = s_protocol.CreateParser(new ProtocolOptions());
            var feeder = new ParserFeeder(parser, new Flow { Slot = 0 }, NoFiles.Instance);
            for (int i = 0; i < times; i++)
            {
                foreach (byte one in Record(Write((ulong)i, (ulong)(i * 2000), Text(2000)))) feeder.Add(Direction.ToServer, [one]);
                foreach (byte one in Record(TreeConnect((ulong)i + 5000, @"\\srv\data"))) feeder.Add(Direction.ToServer, [one]);
            }

            return (feeder.Parses, feeder.MostUnread);
        }

        (long once, int unread) = Work(10);
        (long twice, int unreadTwice) = Work(20);
        Assert.InRange(twice, once, (2 * once) + 100);
        Assert.InRange(unreadTwice, 0, Math.Max(unread, 256));
    }

    [Fact]
    public void Mutated_bytes_never_throw() => Mutations.Try(s_protocol, Transfer,
        [.. Record(TreeConnect(1, @"\\srv\IPC$")), .. Record(Create(2, "a"), Write(7, 0, Text(30))), .. Record(Write(3, 0, DcerpcBytes.Bind())), .. Record(SessionSetup(4, Ntlmssp("d", "u", "h"))), .. Record(Message1(0x72, [], [2, .. "NT LM 0.12\0"u8])), .. Record(Message1(0x2f, new byte[28], Text(20))), .. Record(Message1(0x25, new byte[32], Text(20))), .. Record(Message1(0x32, new byte[30], Text(20))), .. Record(Message1(0xa2, new byte[48], Text(20)))],
        [.. Record(TreeConnected(1, 2)), .. Record(Created(2)), .. Record(Content(3, DcerpcBytes.BindAck())), .. Record(Message1(0x72, [0, 0], [], response: true)), .. Record(Message1(0x2e, new byte[24], Text(20), response: true))]);
}
