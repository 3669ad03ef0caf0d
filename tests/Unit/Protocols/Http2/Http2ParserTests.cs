using System.Text;
using Sensor.Primitives;
using Sensor.Protocols.Http2;

namespace Sensor.Tests.Protocols.Http2;

public sealed class Http2ParserTests
{
    private const byte Tcp = 6;

    private static readonly Http2Protocol s_http2 = new();

    private static readonly byte[] s_preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    private static byte[] Frame(int type, int flags, int stream, byte[] payload) =>
        [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, (byte)type, (byte)flags, 0, 0, (byte)(stream >> 8), (byte)stream, .. payload];

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.Latin1.GetBytes(text)];

    /// <summary>A header that is remembered, name and value spelled out.</summary>
    private static byte[] Header(string name, string value) => [0x40, .. Text(name), .. Text(value)];

    private static readonly byte[] s_get = [0x82, 0x86, .. Header(":path", "/index?x=1"), .. Header(":authority", "Example.com:8080"), .. Header("user-agent", "curl")];

    private static readonly byte[] s_ok = [0x88, .. Header("content-type", "text/plain"), .. Header("server", "s")];

    private static byte[] Settings(params byte[] content) => Frame(4, 0, 0, content);

    private static ProtocolTranscript Whole() => new ProtocolTranscript(s_http2)
        .Client([.. s_preface, .. Settings(0, 3, 0, 0, 0, 100), .. Frame(1, 5, 1, s_get)])
        .Server([.. Settings(0, 4, 0, 1, 0, 0), .. Frame(4, 1, 0, []), .. Frame(1, 4, 1, s_ok), .. Frame(0, 0, 1, Encoding.ASCII.GetBytes("hello ")), .. Frame(0, 9, 1, [3, .. "world"u8, 0, 0, 0])])
        .Client(Frame(1, 4, 3, [0xc0, 0xbf, 0xbe, 0x83])) // the names and values of the first request, by number
        .Client([.. Frame(0, 1, 3, "body"u8.ToArray()), .. Frame(8, 0, 0, [0, 0, 1, 0]), .. Frame(7, 0, 0, [0, 0, 0, 3, 0, 0, 0, 2])])
        .Server(Frame(3, 0, 3, [0, 0, 0, 8]));

    [Fact]
    public void Streams_are_the_same_at_every_split()
    {
        string result = Whole().AssertSameAtEverySplit();
        foreach (string part in new[]
        {
            "http.method ToServer [0] @0: GET", "http.uri ToServer [0] @0: /index?x=1", "http.host ToServer [0] @0: example.com", "http.host.raw ToServer [0] @0: Example.com:8080",
            "http.request_line ToServer [0] @0: GET /index?x=1 HTTP/2\\r\\n", "http.response_line ToClient [0] @0: HTTP/2 200\\r\\n", "http.stat_code ToClient [0] @0: 200",
            "http.response_body ToClient [0] @0: hello world", "http.request_body ToServer [0] @0: body", "http.server ToClient [0] @0: s", "http.protocol ToClient [0] @0: HTTP/2",
            """"request":{"settings":[{"settings_id":"SETTINGSMAXCONCURRENTSTREAMS","settings_value":100}]}"""", """"error_code":"CANCEL"""", """"error_code":"INTERNALERROR"""",
            """"http_user_agent":"curl"""", "\"status\":200,\"length\":11",
        }) Assert.Contains(part, result, StringComparison.Ordinal);
    }

    [Fact]
    public void Block_goes_on_in_further_frames()
    {
        string result = new ProtocolTranscript(s_http2).Client([.. s_preface, .. Frame(1, 1, 1, s_get[..7]), .. Frame(9, 0, 1, s_get[7..20]), .. Frame(9, 4, 1, s_get[20..])]).AssertSameAtEverySplit();
        Assert.Contains("http.user_agent ToServer [0] @0: curl", result, StringComparison.Ordinal);
        Assert.DoesNotContain("events", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Huffman_codes_are_those_of_the_standard()
    {
        Span<byte> into = stackalloc byte[64]; // RFC 7541 appendix C.4.1 and C.6.1
        Assert.True(Huffman.TryDecode(Convert.FromHexString("f1e3c2e5f23a6ba0ab90f4ff"), into, out int length));
        Assert.Equal("www.example.com", Encoding.ASCII.GetString(into[..length]));
        Assert.True(Huffman.TryDecode(Convert.FromHexString("d07abe941054d444a8200595040b8166e082a62d1bff"), into, out length));
        Assert.Equal("Mon, 21 Oct 2013 20:13:21 GMT", Encoding.ASCII.GetString(into[..length]));
        Assert.False(Huffman.TryDecode(Convert.FromHexString("ffffffff"), into, out _));
    }

    [Fact]
    public void Table_lets_the_oldest_go_and_refuses_what_is_too_large()
    {
        var table = new HeaderTable(new ByteSlab(1 << 20));
        for (int i = 0; i < 5000; i++) table.Add(Encoding.ASCII.GetBytes("name" + i), Encoding.ASCII.GetBytes("value" + i));
        Assert.True(table.TryGet(62, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value));
        Assert.Equal("name4999=value4999", Encoding.ASCII.GetString(name) + "=" + Encoding.ASCII.GetString(value));
        int kept = 0;
        while (table.TryGet(62 + kept, out _, out _)) kept++;
        Assert.Equal(4096 / (8 + 9 + 32), kept);
        table.Add(new byte[5000], []);
        Assert.False(table.TryGet(62, out _, out _));
        table.Release();
    }

    [Fact]
    public void Oddities_are_told()
    {
        byte[] two = [0x82, .. Header(":path", "/"), .. Header(":authority", "u:p@a.example"), .. Header("host", "b.example")];
        string result = new ProtocolTranscript(s_http2)
            .Client([.. s_preface, .. Frame(1, 5, 1, two), .. Frame(0, 0, 0, [1]), .. Frame(1, 5, 3, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), .. Frame(6, 0, 0, new byte[70_000])]).Describe();
        foreach (string name in new[] { "authority_host_mismatch", "userinfo_in_uri", "data_stream_zero", "header_integer_overflow", "invalid_header", "long_frame_data" })
            Assert.Contains("events: http2." + name, result, StringComparison.Ordinal);
    }

    [Fact]
    public void Endless_header_block_is_told_and_let_go()
    {
        byte[] pieces = [.. Enumerable.Range(0, 120).SelectMany(_ => Frame(9, 0, 1, new byte[1000]))];
        string result = new ProtocolTranscript(s_http2).Client([.. s_preface, .. Frame(1, 0, 1, s_get), .. pieces]).Describe();
        Assert.Contains("events: http2.reassembly_limit_reached", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Probe_knows_the_preface_and_settings()
    {
        Assert.Equal(ParseStatus.Done, s_http2.Probe(s_preface, Direction.ToServer));
        Assert.Equal(ParseStatus.NeedMore, s_http2.Probe(s_preface.AsSpan(0, 9), Direction.ToServer));
        Assert.Equal(ParseStatus.Malformed, s_http2.Probe("POST / HTTP/1.1\r\n"u8, Direction.ToServer));
        Assert.Equal(ParseStatus.Done, s_http2.Probe(Settings(0, 3, 0, 0, 0, 1), Direction.ToClient));
        Assert.Equal(ParseStatus.Malformed, s_http2.Probe("HTTP/1.1 200 OK\r\n"u8, Direction.ToClient));
    }

    [Fact]
    public void Bytes_are_taken_as_they_come() => ParserTrials.TakesEverything(s_http2, Direction.ToServer, [.. s_preface, .. Frame(1, 4, 1, s_get), .. Frame(0, 1, 1, new byte[500]), .. Settings()]);

    [Fact]
    public void Streams_that_never_end_stay_below_their_limit() => ParserTrials.StaysFlat(
        s_http2, Tcp, Direction.ToServer, i => i == 0 ? s_preface : [.. Frame(1, 4, (2 * (i & 0x3fff)) + 1, [0x82, .. Header(":path", "/" + i)]), .. Frame(6, 0, 0, new byte[8])], Http2Limits.Streams);

    [Fact]
    public void Hostile_bytes_never_throw() => ParserTrials.NeverThrows(
        s_http2, Tcp, [[.. s_preface, .. Settings(0, 3, 0, 0, 0, 100), .. Frame(1, 5, 1, s_get), .. Frame(0, 9, 1, [1, 65, 0])], [.. Settings(), .. Frame(1, 4, 1, s_ok), .. Frame(9, 4, 1, s_ok), .. Frame(3, 0, 1, [0, 0, 0, 1])]]);

    [Fact]
    public void Streams_allocate_nothing() => Whole().AssertAllocatesNothing();
}
