using System.Text;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Sip;

namespace Sensor.Tests.Protocols.Sip;

public sealed class SipParserTests
{
    private const byte Tcp = 6, Udp = 17;

    private const string Session = "v=0\r\no=me 1 2 IN IP4 192.0.2.1\r\ns=call\r\ni=about\r\nu=https://x\r\ne=a@b\r\np=+1\r\nc=IN IP4 192.0.2.1\r\nb=AS:64\r\n"
        + "t=1 2\r\nr=604800 3600 0\r\nz=0 -1h\r\nk=prompt\r\na=sendrecv\r\nm=audio 30000 RTP/AVP 0\r\ni=media info\r\nc=IN IP4 192.0.2.9\r\na=rtpmap:0 pcmu\r\n";

    private static readonly SipProtocol s_sip = new();

    private static string Invite(string body = Session) =>
        "INVITE sip:bob@example.net SIP/2.0\r\nVia: SIP/2.0/UDP a\r\nv: SIP/2.0/UDP b\r\nFrom: <sip:alice@example.net>\r\nt: <sip:bob@example.net>\r\n"
        + $"User-Agent: phone\r\nContent-Type: application/sdp\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private const string Ok = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP a\r\nl: 0\r\n\r\n";

    [Fact]
    public void Stream_of_messages_is_the_same_at_every_split()
    {
        string result = new ProtocolTranscript(s_sip).Client("\r\n\r\n" + Invite() + Invite("")).Server(Ok + Ok).AssertSameAtEverySplit();
        foreach (string line in new[]
        {
            "sip.method ToServer [0] @0: INVITE", "sip.uri ToServer [0] @0: sip:bob@example.net", "sip.request_line ToServer [0] @0: INVITE sip:bob@example.net SIP/2.0",
            "sip.protocol ToServer [0] @0: SIP/2.0", "sip.via ToServer [1] @0: SIP/2.0/UDP b", "sip.to ToServer [0] @0: <sip:bob@example.net>", "sip.user_agent ToServer [0] @0: phone",
            "sip.stat_code ToClient [0] @0: 200", "sip.stat_msg ToClient [0] @0: OK", "sip.response_line ToClient [0] @0: SIP/2.0 200 OK", "sip.content_length ToClient [0] @0: 0",
            "sdp.session_name ToServer [0] @0: call", "sdp.attribute ToServer [0] @0: sendrecv", "sdp.media.media ToServer [0] @0: audio 30000 RTP/AVP 0", "sdp.media.media_info ToServer [0] @0: media info",
            "\"time_descriptions\":[{\"time\":\"1 2\",\"repeat_time\":\"604800 3600 0\"}]",
            "\"media_descriptions\":[{\"media\":\"audio 30000 RTP/AVP 0\",\"media_info\":\"media info\",\"connection_data\":\"IN IP4 192.0.2.9\",\"attributes\":[\"rtpmap:0 pcmu\"]}]",
        }) Assert.Contains(line, result, StringComparison.Ordinal);
        Assert.Contains("transaction 3:", result, StringComparison.Ordinal);
        Assert.DoesNotContain("transaction 4:", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Body_beyond_the_limit_passes_and_the_next_message_is_found()
    {
        string result = new ProtocolTranscript(s_sip).Client(Invite(new string('x', SipLimits.Body + 5000)) + Invite("")).Describe();
        Assert.Contains("transaction 1:", result, StringComparison.Ordinal);
        Assert.DoesNotContain("events", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Datagram_is_one_message_even_without_its_end()
    {
        AppParser parser = s_sip.CreateParser(new ProtocolOptions());
        var flow = new Flow { Slot = 0, IpProtocol = Udp };
        foreach (string text in new[] { "\r\n\r\n", "REGISTER sip:x SIP/2.0\r\nVia: y", "rubbish" })
            parser.Parse(Encoding.Latin1.GetBytes(text), new ParseContext { Flow = flow, Direction = Direction.ToServer, Time = default, Files = NoFiles.Instance });
        Assert.Equal(2, parser.Transactions.Count);
        Assert.Equal("y", Encoding.Latin1.GetString(((SipTransaction)parser.Transactions[0]).TextOf((int)SipField.Via)));
        Assert.True(parser.Transactions[1].Events.Contains((int)SipEvent.InvalidData));
        parser.Reset();
    }

    [Fact]
    public void Head_that_never_ends_ends_the_side()
    {
        string result = new ProtocolTranscript(s_sip).Client("INVITE sip:x SIP/2.0\r\n" + new string('x', SipLimits.Head)).Describe();
        Assert.Contains("events: sip.incomplete_data", result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INVITE sip:a SIP/2.0\r\n", ParseStatus.Done)]
    [InlineData("SIP/2.0 100 Trying\r\n", ParseStatus.Done)]
    [InlineData("INVITE tel:1 SIP/2.0\r\n", ParseStatus.Done)]
    [InlineData("REGIS", ParseStatus.NeedMore)]
    [InlineData("OPTIONS * HTTP/1.1\r\n", ParseStatus.Malformed)]
    [InlineData("GET / HTTP/1.1\r\n", ParseStatus.Malformed)]
    [InlineData("220 hello\r\n", ParseStatus.Malformed)]
    public void Probe_knows_start_lines(string start, ParseStatus expected) => Assert.Equal(expected, s_sip.Probe(Encoding.Latin1.GetBytes(start), Direction.ToServer));

    [Fact]
    public void Bytes_are_taken_as_they_come() => ParserTrials.TakesEverything(s_sip, Direction.ToServer, Encoding.Latin1.GetBytes(Invite() + Invite("") + Invite(new string('y', 3000))));

    [Fact]
    public void Messages_that_nobody_looks_at_stay_below_their_limit() => ParserTrials.StaysFlat(s_sip, Udp, Direction.ToServer, i => Encoding.Latin1.GetBytes(Invite()));

    [Fact]
    public void Hostile_bytes_never_throw()
    {
        byte[][] seeds = [Encoding.Latin1.GetBytes(Invite()), Encoding.Latin1.GetBytes(Ok), "\r\n\r\n"u8.ToArray()];
        ParserTrials.NeverThrows(s_sip, Tcp, seeds);
        ParserTrials.NeverThrows(s_sip, Udp, seeds);
    }

    [Fact]
    public void Messages_allocate_nothing() => new ProtocolTranscript(s_sip).Client(Invite()).Server(Ok).AssertAllocatesNothing();
}
