using System.IO.Compression;
using System.Text;
using Sensor.Protocols;
using Sensor.Protocols.Http;

namespace Sensor.Tests.Protocols.Http;

/// <summary>Conversations as transcripts; each is also tried at every split.</summary>
public sealed class HttpParserTests
{
    internal static ProtocolTranscript Http(params (string Key, string Value)[] settings) =>
        new(new HttpProtocol(), new ProtocolOptions { Settings = settings.ToDictionary(one => "app-layer.protocols.http.libhtp.default-config." + one.Key, one => one.Value) });

    internal static byte[] Gzip(string text)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal)) gzip.Write(Encoding.Latin1.GetBytes(text));
        return stream.ToArray();
    }

    internal static byte[] Deflate(string text)
    {
        using var stream = new MemoryStream();
        using (var deflate = new DeflateStream(stream, CompressionLevel.Optimal)) deflate.Write(Encoding.Latin1.GetBytes(text));
        return stream.ToArray();
    }

    internal static byte[] Join(params object[] parts) => [.. parts.SelectMany(part => part is string text ? Encoding.Latin1.GetBytes(text) : (byte[])part)];

    internal static byte[] Chunked(byte[] body, int size)
    {
        var parts = new List<object>();
        foreach (byte[] chunk in body.Chunk(size)) parts.AddRange([$"{chunk.Length:x}\r\n", chunk, "\r\n"]);
        parts.Add("0\r\n\r\n");
        return Join([.. parts]);
    }

    private static void Has(string result, params string[] lines)
    {
        foreach (string line in lines) Assert.True(result.Contains(line, StringComparison.Ordinal), $"missing: {line}\n{result}");
    }

    [Fact]
    public void Plain_exchange_shows_every_buffer()
    {
        string result = Http()
            .Client("GET /a/./b/../%63?q=%41+x HTTP/1.1\r\nHost: Example.COM:8080\r\nUser-Agent: test/1\r\nCookie: k=v\r\nAccept: */*\r\nReferer: http://x/\r\n\r\n")
            .Server("HTTP/1.1 200 OK\r\nServer: s\r\nContent-Type: text/html; charset=utf-8\r\nSet-Cookie: a=b\r\nContent-Length: 5\r\n\r\nhello")
            .AssertSameAtEverySplit();
        Has(result,
            "transaction 0: request 5, response 5",
            "http.method ToServer [0] @0: GET\n",
            "http.uri ToServer [0] @0: /a/c?q=A+x\n",
            "http.uri.raw ToServer [0] @0: /a/./b/../%63?q=%41+x\n",
            "http.request_line ToServer [0] @0: GET /a/./b/../%63?q=%41+x HTTP/1.1\n",
            "http.host ToServer [0] @0: example.com\n",
            "http.host.raw ToServer [0] @0: Example.COM:8080\n",
            "http.header ToServer [0] @0: Host: Example.COM:8080\\r\\nUser-Agent: test/1\\r\\nAccept: */*\\r\\nReferer: http://x/\\r\\n\n",
            "http.header_names ToServer [0] @0: \\r\\nHost\\r\\nUser-Agent\\r\\nCookie\\r\\nAccept\\r\\nReferer\\r\\n\\r\\n\n",
            "http.cookie ToServer [0] @0: k=v\n",
            "http.cookie ToClient [0] @0: a=b\n",
            "http.request_header ToServer [2] @0: Cookie: k=v\n",
            "http.stat_code ToClient [0] @0: 200\n",
            "http.stat_msg ToClient [0] @0: OK\n",
            "http.response_line ToClient [0] @0: HTTP/1.1 200 OK\n",
            "http.header.raw ToClient [0] @0: Server: s\\r\\nContent-Type: text/html; charset=utf-8\\r\\nSet-Cookie: a=b\\r\\nContent-Length: 5\\r\\n\\r\\n\n",
            "http.start ToClient [0] @0: HTTP/1.1 200 OK\\r\\nServer: s\\r\\n",
            "http.response_body ToClient [0] @0: hello\n",
            "file.data ToClient [0] @0: hello\n",
            "\"hostname\":\"example.com\",\"http_port\":8080,\"url\":\"/a/./b/../%63?q=%41\\u002Bx\"",
            "\"http_content_type\":\"text/html\"", "\"http_refer\":\"http://x/\"", "\"status\":200,\"length\":5",
            "file ToClient tx 0 \"/a/c\"", "5 bytes, 0 missing, complete: True");
    }

    [Fact]
    public void Chunked_gzip_is_decoded()
    {
        string result = Http()
            .Client("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
            .Server(Join("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", Chunked(Gzip("the decoded text, the decoded text"), 7)))
            .AssertSameAtEverySplit();
        Has(result, "http.response_body ToClient [0] @0: the decoded text, the decoded text\n", "request 5, response 5");
        Assert.DoesNotContain("http.gzip", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Chunks_may_have_extensions_and_trailers() =>
        Has(Http().Client("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
                .Server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\nHTTP/1.1 500 no\r\n\r\n")
                .AssertSameAtEverySplit(),
            "http.response_body ToClient [0] @0: abcde\n", "http.response_chunk_extension", "http.response_header ToClient [1] @0: Trailer: t\n",
            "transaction 1: request 5, response 5", "http.unable_to_match_response_to_request");

    [Fact]
    public void Pipelined_requests_meet_their_responses()
    {
        string result = Http()
            .Client("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: h\r\n\r\n")
            .Server("HTTP/1.1 200 A\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 404 B\r\nContent-Length: 0\r\n\r\nHTTP/1.1 204 C\r\n\r\n")
            .AssertSameAtEverySplit();
        Has(result, "transaction 2: request 5, response 5", "http.stat_msg ToClient [0] @0: A\n", "http.stat_msg ToClient [0] @0: B\n", "http.stat_msg ToClient [0] @0: C\n",
            "http.request_body ToServer [0] @0: abc\n", "file ToServer tx 1 \"/2\"");
    }

    [Fact]
    public void Head_has_no_body_whatever_its_length_says() =>
        Has(Http().Client("HEAD /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n")
                .Server("HTTP/1.1 200 A\r\nContent-Length: 100\r\n\r\nHTTP/1.1 200 B\r\nContent-Length: 2\r\n\r\nok").AssertSameAtEverySplit(),
            "transaction 1: request 5, response 5", "http.response_body ToClient [0] @0: ok\n");

    [Fact]
    public void Interim_responses_are_passed_over() =>
        Has(Http().Client("PUT /up HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n").Server("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")
                .Client("data").Server("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n").AssertSameAtEverySplit(),
            "http.100_continue_already_seen", "http.stat_code ToClient [0] @0: 201\n", "http.request_body ToServer [0] @0: data\n");

    [Fact]
    public void Body_without_length_runs_to_the_end() =>
        Has(Http().Client("GET / HTTP/1.0\r\n\r\n").Server("HTTP/1.0 200 OK\r\n\r\nuntil").Server(" the end").AssertSameAtEverySplit(),
            "http.response_body ToClient [0] @0: until the end\n", "complete: True");

    [Fact]
    public void Body_that_ends_early_is_incomplete() =>
        Has(Http().Client("GET /f HTTP/1.1\r\nHost: h\r\n\r\n").Server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort").AssertSameAtEverySplit(),
            "5 bytes, 0 missing, complete: False");

    [Fact]
    public void Hole_in_a_body_is_counted_and_the_next_response_is_found() =>
        Has(Http().Client("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n").Server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc").ServerMisses(5).Server("ij")
                .ServerMisses(7).Server("rest of a head\r\n\r\nHTTP/1.1 404 no\r\nContent-Length: 0\r\n\r\n").AssertSameAtEverySplit(),
            "5 missing, complete: True", "http.stat_code ToClient [0] @0: 404\n");

    [Fact]
    public void Connect_hands_the_rest_over()
    {
        string result = Http().Client("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n").Server("HTTP/1.1 200 yes\r\n\r\n").Client([0x16, 3, 1]).AssertSameAtEverySplit();
        Has(result, "hands over to \"\"", "request 5, response 5", "http.uri ToServer [0] @0: h:443\n", "http.host ToServer [0] @0: h\n");
    }

    [Fact]
    public void Refused_connect_stays_http() =>
        Has(Http().Client("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\nGET /after HTTP/1.1\r\nHost: h\r\n\r\n").Server("HTTP/1.1 407 no\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 ok\r\nContent-Length: 0\r\n\r\n").AssertSameAtEverySplit(),
            "transaction 1: request 5, response 5", "http.uri ToServer [0] @0: /after\n");

    [Fact]
    public void Upgrade_hands_over_to_what_was_agreed_on() =>
        Has(Http().Client("GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n").Server("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n").AssertSameAtEverySplit(),
            "hands over to \"websocket\"");

    [Fact]
    public void Multipart_files_are_found()
    {
        const string Body = "--XX\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\ntext\r\n--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nfile\r\n--X content\r\n--XX\r\nContent-Disposition: form-data; name=\"e\"; filename=\"empty\"\r\n\r\n\r\n--XX--\r\n";
        string result = Http().Client($"POST /up HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=XX\r\nContent-Length: {Body.Length}\r\n\r\n{Body}")
            .Server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").AssertSameAtEverySplit();
        Has(result, "\"a.txt\"", "17 bytes, 0 missing, complete: True", "\"empty\"", "0 bytes, 0 missing, complete: True");
        Assert.DoesNotContain("multipart_", result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Encoding: deflate")]
    [InlineData("Content-Encoding: gzip")]
    [InlineData("Content-Encoding: gzip, deflate")]
    public void Coding_that_is_not_there_is_not_believed(string header) =>
        Has(Http().Client("GET / HTTP/1.1\r\nHost: h\r\n\r\n").Server($"HTTP/1.1 200 OK\r\n{header}\r\nContent-Length: 22\r\n\r\nplain text all the same").AssertSameAtEverySplit(),
            "http.response_body ToClient [0] @0: plain text all the sam\n", "http.gzip_decompression_failed");

    [Fact]
    public void Bare_deflate_and_layers_are_undone()
    {
        byte[] twice = GzipBytes(Deflate("two layers"));
        Has(Http().Client("GET / HTTP/1.1\r\nHost: h\r\n\r\n").Server(Join("HTTP/1.1 200 OK\r\nContent-Encoding: deflate, gzip\r\n\r\n", twice)).AssertSameAtEverySplit(),
            "http.response_body ToClient [0] @0: two layers\n");
    }

    [Fact]
    public void More_layers_than_allowed_are_told() =>
        Has(Http(("response-body-decompress-layer-limit", "1")).Client("GET / HTTP/1.1\r\nHost: h\r\n\r\n").Server(Join("HTTP/1.1 200 OK\r\nContent-Encoding: deflate, gzip\r\n\r\n", GzipBytes(Encoding.Latin1.GetBytes("half")))).AssertSameAtEverySplit(),
            "http.too_many_encoding_layers", "http.response_body ToClient [0] @0: half\n");

    [Fact]
    public void Gzip_members_follow_one_another_and_padding_is_dropped() =>
        Has(Http().Client("GET / HTTP/1.1\r\nHost: h\r\n\r\n").Server(Join("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", Gzip("one "), Gzip("two"), "padding")).AssertSameAtEverySplit(),
            "http.response_body ToClient [0] @0: one two\n");

    [Fact]
    public void Cut_gzip_shows_what_it_has()
    {
        byte[] whole = Gzip(new string('x', 100) + "0123456789abcdefghijklmnopqrstuvwxyz");
        string result = Http().Client("GET / HTTP/1.1\r\nHost: h\r\n\r\n").Server(Join("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", whole[..^12])).AssertSameAtEverySplit();
        Has(result, "http.response_body ToClient [0] @0: xxxxxxxx");
    }

    [Fact]
    public void Brotli_is_decoded()
    {
        using var stream = new MemoryStream();
        using (var brotli = new BrotliStream(stream, CompressionLevel.Optimal)) brotli.Write("a brotli text"u8);
        Has(Http().Client("GET / HTTP/1.1\r\nHost: h\r\n\r\n").Server(Join("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n", stream.ToArray())).AssertSameAtEverySplit(),
            "http.response_body ToClient [0] @0: a brotli text\n");
    }

    [Fact]
    public void Odd_requests_are_read_and_told() =>
        Has(Http().Client("\r\n  GET\t/with space here HTTP/1.1\nHost: a\r\nHost: b\r\nno colon here\r\nName : v\r\n folded\r\nAuthorization: Strange x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx").AssertSameAtEverySplit(),
            "http.request_line_leading_whitespace", "http.method_delim_non_compliant", "http.uri ToServer [0] @0: /with space here\n", "http.host_header_ambiguous",
            "http.request_field_missing_colon", "http.request_header_invalid", "http.request_auth_unrecognized", "http.request_header_repetition",
            "http.duplicate_content_length_field_in_request", "http.request_header ToServer [2] @0: Name: v folded\n", "http.request_body ToServer [0] @0: x\n");

    [Fact]
    public void Request_without_protocol_is_told() =>
        Has(Http().Client("GET /old\r\nUser-Agent: u\r\n\r\n").Server("just a body").AssertSameAtEverySplit(),
            "http.request_line_missing_protocol", "http.user_agent ToServer [0] @0: u\n", "http.response_body ToClient [0] @0: just a body\n");

    [Fact]
    public void Unexpected_request_body_is_kept() =>
        Has(Http().Client("POST /x HTTP/1.1\r\nHost: h\r\n\r\nlogin=a&pass=b\r\n").Server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").AssertSameAtEverySplit(),
            "http.request_body_unexpected", "http.request_body ToServer [0] @0: login=a&pass=b\\r\\n\n");

    [Fact]
    public void Absolute_target_names_the_host() =>
        Has(Http().Client("GET http://User@Proxy.Example:81//a%2fb\\c HTTP/1.1\r\nHost: other\r\n\r\n").AssertSameAtEverySplit(),
            "http.host ToServer [0] @0: proxy.example\n", "http.uri ToServer [0] @0: /a/b/c\n", "http.host_header_ambiguous");

    [Fact]
    public void Transfer_encoding_of_a_request_that_is_none_is_told() =>
        Has(Http().Client("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: unknown\r\nContent-Length: 2\r\n\r\nok").AssertSameAtEverySplit(),
            "http.invalid_transfer_encoding_value_in_request", "http.request_body ToServer [0] @0: ok\n");

    [Fact]
    public void Status_that_is_no_number_is_text() =>
        Has(Http().Client("GET / HTTP/1.1\r\nHost: h\r\n\r\n").Server("HTTP/1.1 2XX ok\r\nContent-Length: 0\r\n\r\n").AssertSameAtEverySplit(), "\"status_string\":\"2XX\"", "http.response_invalid_status");

    [Fact]
    public void Record_stays_valid_json_whatever_the_bytes() =>
        Has(Http().Client("GET /\xff\xfe HTTP/1.1\r\nHost: h\r\n\r\n").AssertSameAtEverySplit(), "\"url\":\"/\\\\xff\\\\xfe\"");

    internal static byte[] GzipBytes(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Optimal)) gzip.Write(bytes);
        return stream.ToArray();
    }
}
