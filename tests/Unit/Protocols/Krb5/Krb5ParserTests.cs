using System.Buffers.Binary;
using System.Text;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Krb5;
using Sensor.Tests.Support;
using Xunit;

namespace Sensor.Tests.Protocols.Krb5;

public sealed class Krb5ParserTests
{
    private static readonly Krb5Protocol s_protocol = new();

    private static byte[] Der(byte tag, params byte[][] parts)
    {
        byte[] content = [.. parts.SelectMany(part => part)];
        return content.Length < 128 ? [tag, (byte)content.Length, .. content] : [tag, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content];
    }

    private static byte[] Number(byte element, byte value) => Der((byte)(0xa0 + element), Der(2, [value]));

    private static byte[] Text(byte element, string text) => Der((byte)(0xa0 + element), Der(0x1b, Encoding.ASCII.GetBytes(text)));

    private static byte[] Name(byte element, params string[] parts) =>
        Der((byte)(0xa0 + element), Der(0x30, Number(0, 1), Der(0xa1, Der(0x30, [.. parts.Select(part => Der(0x1b, Encoding.ASCII.GetBytes(part)))]))));

    private static byte[] Request(byte type = 10) =>
        Der((byte)(0x60 + type), Der(0x30, Number(1, 5), Number(2, type), Der(0xa4, Der(0x30, Number(0, 0), Name(1, "anna"), Text(2, "CORP"), Name(3, "krbtgt", "CORP")))));

    private static byte[] Reply(byte ticket, byte own)
    {
        byte[] inside = Der(0x61, Der(0x30, Number(0, 5), Text(1, "CORP"), Name(2, "cifs", "srv"), Der(0xa3, Der(0x30, Number(0, ticket), Der(0xa2, Der(4, new byte[200]))))));
        return Der(0x6d, Der(0x30, Number(0, 5), Number(1, 13), Text(3, "CORP"), Name(4, "anna"), Der(0xa5, inside), Der(0xa6, Der(0x30, Number(0, own), Der(0xa2, Der(4, new byte[20]))))));
    }

    private static byte[] Error(byte code) => Der(0x7e, Der(0x30, Number(0, 5), Number(1, 30), Number(6, code), Text(9, "CORP"), Name(10, "krbtgt", "CORP")));

    private static byte[] Framed(byte[] message)
    {
        byte[] bytes = new byte[4 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, message.Length);
        message.CopyTo(bytes, 4);
        return bytes;
    }

    private static ProtocolTranscript Logon() => new ProtocolTranscript(s_protocol)
        .Client(Framed(Request())).Server(Framed(Error(25))).Client(Framed(Request(12))).Server(Framed(Reply(ticket: 23, own: 18)));

    [Fact]
    public void Names_kinds_and_encryption_are_the_same_at_every_split()
    {
        string result = Logon().AssertSameAtEverySplit();
        Assert.Contains("""{"krb5":{"msg_type":"KRB_AS_REQ","cname":"anna","realm":"CORP","sname":"krbtgt/CORP","encryption":"\u003Cnone\u003E","weak_encryption":false}}""", result, StringComparison.Ordinal);
        Assert.Contains("\"msg_type\":\"KRB_ERROR\",\"failed_request\":\"KRB_AS_REQ\",\"error_code\":\"KDC_ERR_PREAUTH_REQUIRED\"", result, StringComparison.Ordinal);
        Assert.Contains("\"sname\":\"cifs/srv\",\"encryption\":\"aes256-cts-hmac-sha1-96\",\"weak_encryption\":false,\"ticket_encryption\":\"rc4-hmac\",\"ticket_weak_encryption\":true", result, StringComparison.Ordinal);
        Assert.DoesNotContain("events", result, StringComparison.Ordinal);
        Assert.Contains("krb5.weak_encryption", new ProtocolTranscript(s_protocol).Server(Framed(Reply(ticket: 18, own: 23))).Describe(), StringComparison.Ordinal);
        Assert.Contains("krb5.cname ToServer [0] @0: anna", result, StringComparison.Ordinal);
        Assert.Contains("krb5.sname ToClient [0] @0: cifs/srv", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_allocated_once_warm() => Logon().AssertAllocatesNothing();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Probe_knows_messages_with_and_without_length(bool isFramed)
    {
        byte[] request = isFramed ? Framed(Request()) : Request();
        Assert.Equal(ParseStatus.Done, s_protocol.Probe(request, Direction.ToServer));
        Assert.Equal(ParseStatus.Malformed, s_protocol.Probe(request, Direction.ToClient));
        Assert.Equal(ParseStatus.NeedMore, s_protocol.Probe(request.AsSpan(0, 10), Direction.ToServer));
        request[^1] ^= 1;
        request[isFramed ? 6 : 2] = 0x31;
        Assert.Equal(ParseStatus.Malformed, s_protocol.Probe(request, Direction.ToServer));
    }

    [Fact]
    public void Endless_messages_and_unanswered_requests_are_bounded()
    {
        var pool = new Krb5Pool();
        var parser = new Krb5Parser(pool, mostOpen: 20);
        var context = new ParseContext { Flow = new Flow { Slot = 0 }, Direction = Direction.ToServer, Time = default, Files = NoFiles.Instance };
        for (int i = 0; i < 500; i++) parser.Parse(Framed(Request()), context);
        Assert.Equal(20, parser.Transactions.Count);
        Assert.True(parser.Events.Contains((int)Krb5Event.LimitReached));
        parser.Parse([0x7f, 0xff, 0xff, 0xff, 0x6a], context);
        for (int i = 0; i < 100; i++) Assert.Equal(10_000, parser.Parse(new byte[10_000], context).Consumed);
        Assert.InRange(pool.Text.InUse, 1, 20 * Krb5Limits.Text);
        parser.Reset();
        Assert.Equal(0, pool.Text.InUse);
        Assert.Equal(0, pool.Messages.InUse);
    }

    [Fact]
    public void Every_byte_is_looked_at_a_fixed_number_of_times()
    {
        static long Work(int times)
        {
            var feeder = new ParserFeeder(s_protocol.CreateParser(new ProtocolOptions()), new Flow { Slot = 0 }, NoFiles.Instance);
            for (int i = 0; i < times; i++)
            {
                foreach (byte one in Framed(Request())) feeder.Add(Direction.ToServer, [one]);
            }

            return feeder.Parses;
        }

        Assert.InRange(Work(40), 0, (2 * Work(20)) + 10);
    }

    [Fact]
    public void Mutated_bytes_never_throw()
    {
        Mutations.Try(s_protocol, Logon, [.. Framed(Request()), .. Framed(Request(12))], [.. Framed(Error(25)), .. Framed(Reply(23, 18))]);
        Mutations.Try(s_protocol, Logon, Request(), Reply(23, 18), ipProtocol: 17);
    }
}
