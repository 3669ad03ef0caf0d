using System.Buffers.Binary;
using System.Text;
using Sensor.Primitives;
using Sensor.Protocols.Pgsql;

namespace Sensor.Tests.Protocols.Pgsql;

public sealed class PgsqlParserTests
{
    private const byte Tcp = 6;

    private static readonly PgsqlProtocol s_pgsql = new();

    private static byte[] Number(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);

    private static byte[] Message(char type, byte[] body) => [(byte)type, .. Number(4 + body.Length), .. body];

    private static byte[] Message(char type, string body) => Message(type, Text(body));

    private static byte[] Begin(int code, string body = "") => [.. Number(8 + body.Length), .. Number(code), .. Text(body)];

    private static readonly byte[] s_ready = Message('Z', "I");

    private static ProtocolTranscript Whole() => new ProtocolTranscript(s_pgsql)
        .Client(Begin(80877103)).Server("N")
        .Client(Begin(0x30000, "user\0me\0database\0db\0\0")).Server(Message('R', [0, 0, 0, 5, 1, 2, 3, 4]))
        .Client(Message('p', "md5secret\0")).Server([.. Message('R', [0, 0, 0, 0]), .. Message('S', "DateStyle\0ISO\0"), .. Message('K', [0, 0, 0, 7, 0, 0, 0, 8]), .. s_ready])
        .Client(Message('Q', "select 1;\0")).Server([.. Message('T', [0, 1, 0]), .. Message('D', [0, 1, 0, 0, 0, 1, 0x31]), .. Message('D', [0, 1, 0, 0, 0, 2, 0x31, 0x32]), .. Message('C', "SELECT 2\0"), .. s_ready])
        .Client(Message('Q', "copy t from stdin\0")).Server(Message('G', [0, 0, 3]))
        .Client([.. Message('d', "1\t2\n"), .. Message('d', "3\t4\n"), .. Message('c', "")]).Server([.. Message('C', "COPY 2\0"), .. s_ready])
        .Client([.. Message('P', "\0select $1\0\0\0"), .. Message('B', "\0\0"), .. Message('E', "\0\0\0\0\0"), .. Message('S', "")])
        .Server([.. Message('1', ""), .. Message('2', ""), .. Message('E', "SERROR\0VERROR\0C42P01\0Mno such table\0\0"), .. s_ready])
        .Client(Message('X', ""));

    [Fact]
    public void Session_is_the_same_at_every_split()
    {
        string result = Whole().AssertSameAtEverySplit();
        foreach (string part in new[]
        {
            """{"pgsql":{"tx_id":1,"request":{"message":"SSL Request"},"response":{"ssl_accepted":false}}}""",
            """"startup_parameters":{"user":"me","optional_parameters":[{"database":"db"}]}"""",
            """"password_redacted":true},"response":{"message":"authentication_ok","parameter_status":[{"date_style":"ISO"}],"process_id":7,"secret_key":8}"""",
            """"simple_query":"select 1;"},"response":{"field_count":1,"data_rows":2,"data_size":3,"command_completed":"SELECT 2"}"""",
            """"copy_in_response":{"columns":3}"""",
            """"copy_data_in":{"msg_count":2,"data_size":8},"message":"copy_done"},"response":{"command_completed":"COPY 2"}"""",
            """"severity_localizable":"ERROR","severity_non_localizable":"ERROR","code":"42P01","message":"no such table"}"""",
            """"message":"termination_message"}"""",
            "pgsql.query ToServer [0] @0: select 1;", "pgsql.query ToServer [0] @0: select $1",
        }) Assert.Contains(part, result, StringComparison.Ordinal);
        Assert.DoesNotContain("secret\"", result, StringComparison.Ordinal);
        Assert.DoesNotContain("events", result, StringComparison.Ordinal);
        Assert.Contains("transaction 8:", result, StringComparison.Ordinal);
        Assert.DoesNotContain("transaction 9:", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Encryption_that_was_agreed_on_is_handed_over()
    {
        string result = new ProtocolTranscript(s_pgsql).Client(Begin(80877103)).Server("S").Describe();
        Assert.Contains("hands over to \"tls\"", result, StringComparison.Ordinal);
        Assert.Contains(""""ssl_accepted":true"""", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Query_beyond_the_limit_is_read_in_part_and_the_next_one_is_found()
    {
        string result = new ProtocolTranscript(s_pgsql).Client(Begin(0x30000, "user\0me\0\0")).Client([.. Message('Q', new string('x', PgsqlLimits.Message + 9000)), .. Message('Q', "after\0")]).Describe();
        Assert.Contains("events: pgsql.message_too_complex", result, StringComparison.Ordinal);
        Assert.Contains("pgsql.query ToServer [0] @0: after", result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 4, 4, 210, 22, 47 })]
    [InlineData(new byte[] { 0, 0, 0, 16, 4, 210, 22, 47, 1, 2, 3, 4, 5, 6, 7, 8 })]
    [InlineData(new byte[] { 0x16, 3, 1, 0, 200, 1, 0, 0 })]
    public void Probe_leaves_what_only_resembles(byte[] start) => Assert.Equal(ParseStatus.Malformed, s_pgsql.Probe(start, Direction.ToServer));

    [Fact]
    public void Probe_takes_what_begins_a_session()
    {
        Assert.Equal(ParseStatus.Done, s_pgsql.Probe(Begin(80877103), Direction.ToServer));
        Assert.Equal(ParseStatus.Done, s_pgsql.Probe(Begin(0x30000, "user\0me\0\0"), Direction.ToServer));
        Assert.Equal(ParseStatus.NeedMore, s_pgsql.Probe([0, 0, 0], Direction.ToServer));
        Assert.Equal(ParseStatus.Done, s_pgsql.Probe(Message('R', [0, 0, 0, 0]), Direction.ToClient));
    }

    [Fact]
    public void Length_that_cannot_be_is_told()
    {
        string result = new ProtocolTranscript(s_pgsql).Client(Begin(0x30000, "user\0me\0\0")).Client((byte)'Q', 0xff, 0, 0, 0).Describe();
        Assert.Contains("events: pgsql.malformed_request", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_are_taken_as_they_come() =>
        ParserTrials.TakesEverything(s_pgsql, Direction.ToServer, [.. Begin(0x30000, "user\0me\0\0"), .. Enumerable.Range(0, 40).SelectMany(i => Message('Q', new string('x', 5 * i) + "\0"))]);

    [Fact]
    public void Unanswered_requests_stay_below_their_limit() =>
        ParserTrials.StaysFlat(s_pgsql, Tcp, Direction.ToServer, i => i == 0 ? Begin(0x30000, "user\0me\0\0") : Message('Q', "never answered\0"));

    [Fact]
    public void Hostile_bytes_never_throw() => ParserTrials.NeverThrows(
        s_pgsql, Tcp, [Begin(80877103), [.. Begin(0x30000, "user\0me\0\0"), .. Message('Q', "select\0"), .. Message('p', "SCRAM-SHA-256\0\0\0\0\u0004abcd")], [.. Message('R', [0, 0, 0, 5, 1, 2, 3, 4]), .. Message('E', "SERROR\0\0"), .. Message('D', [0, 1, 0])]]);

    [Fact]
    public void Session_allocates_nothing() => Whole().AssertAllocatesNothing();
}
