using System.Text;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Snmp;
using Sensor.Tests.Support;
using Xunit;

namespace Sensor.Tests.Protocols.Snmp;

public sealed class SnmpParserTests
{
    private const byte Udp = 17;

    private static readonly SnmpProtocol s_protocol = new();

    private static byte[] Der(byte tag, params byte[][] parts)
    {
        byte[] content = [.. parts.SelectMany(part => part)];
        return content.Length < 128 ? [tag, (byte)content.Length, .. content] : [tag, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content];
    }

    private static byte[] Number(byte value) => Der(2, [value]);

    private static byte[] Text(string text) => Der(4, Encoding.ASCII.GetBytes(text));

    private static byte[] Pdu(byte kind, int variables = 1) =>
        Der((byte)(0xa0 + kind), Number(1), Number(0), Number(0), Der(0x30, [.. Enumerable.Repeat(Der(0x30, Der(6, [0x2b, 6, 1, 0x84, 1]), Der(5)), variables)]));

    private static byte[] Get(int variables = 1) => Der(0x30, Number(1), Text("public"), Pdu(0, variables));

    private static byte[] Secure(byte flags) => Der(0x30, Number(3), Der(0x30, Number(1), Number(100), Der(4, [flags]), Number(3)),
        Der(4, Der(0x30, Text("engine"), Number(1), Number(1), Text("admin"), Text(""), Text(""))),
        (flags & 2) != 0 ? Text("secret") : Der(0x30, Text("engine"), Text(""), Pdu(5)));

    private static string Read(byte[] datagram, Action<SnmpTransaction>? look = null)
    {
        AppParser parser = s_protocol.CreateParser(new ProtocolOptions());
        var flow = new Flow { Slot = 0, IpProtocol = Udp };
        parser.Parse(datagram, new ParseContext { Flow = flow, Direction = Direction.ToServer, Time = default, Files = NoFiles.Instance });
        using var stream = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            s_protocol.WriteRecord(writer, parser.Transactions[0], flow);
            writer.WriteEndObject();
        }

        look?.Invoke((SnmpTransaction)parser.Transactions[0]);
        parser.Reset();
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    [Fact]
    public void Each_version_says_who_asks_for_what()
    {
        Assert.Equal("""{"snmp":{"version":2,"community":"public","pdu_type":"get_request","vars":["1.3.6.1.513"]}}""", Read(Get()));
        Assert.Equal("""{"snmp":{"version":3,"usm":"admin","pdu_type":"get_bulk_request","vars":["1.3.6.1.513"]}}""", Read(Secure(0)));
        Assert.Equal("""{"snmp":{"version":3,"usm":"admin","pdu_type":"encrypted"}}""", Read(Secure(3)));
        byte[] trap = Der(0x30, Number(0), Text("c"), Der(0xa4, Der(6, [0x2b, 6]), Der(0x40, [192, 0, 2, 1]), Number(3), Number(0), Der(0x43, [1]), Der(0x30)));
        Assert.Equal("""{"snmp":{"version":1,"community":"c","pdu_type":"trap_v1","trap_type":"link_up","trap_oid":"1.3.6","trap_address":"192.0.2.1"}}""", Read(trap));
    }

    [Fact]
    public void Cut_anywhere_it_is_malformed_or_not_ours()
    {
        byte[] whole = Get();
        Assert.Equal(ParseStatus.Done, s_protocol.Probe(whole, Direction.ToServer));
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Equal(ParseStatus.Malformed, s_protocol.Probe(whole.AsSpan(0, length), Direction.ToServer));
            Read(whole[..length], message => Assert.True(message.Events.Contains((int)SnmpEvent.MalformedData)));
        }
    }

    [Fact]
    public void Lists_without_end_and_floods_are_bounded_and_work_follows_the_bytes()
    {
        var pool = new SnmpPool();
        var parser = new SnmpParser(pool, mostOpen: 20);
        var context = new ParseContext { Flow = new Flow { Slot = 0, IpProtocol = Udp }, Direction = Direction.ToServer, Time = default, Files = NoFiles.Instance };
        parser.Parse(Get(variables: 4000), context);
        Assert.Equal(SnmpLimits.Variables * "1.3.6.1.513\0".Length, ((SnmpTransaction)parser.Transactions[0]).Variables.Length);
        for (int i = 0; i < 500; i++) parser.Parse(Get(), context);
        Assert.Equal(20, parser.Transactions.Count);
        Assert.True(parser.Events.Contains((int)SnmpEvent.LimitReached));
        parser.Reset();
        Assert.Equal(0, pool.Text.InUse);
        Assert.Equal(0, pool.Messages.InUse);
    }

    [Fact]
    public void Nothing_is_allocated_once_warm() => new ProtocolTranscript(s_protocol).Client(Get()).Server(Secure(0)).AssertAllocatesNothing();

    [Fact]
    public void Mutated_bytes_never_throw() => Mutations.Try(s_protocol, () => new ProtocolTranscript(s_protocol), Get(3), Secure(0), Udp);
}
