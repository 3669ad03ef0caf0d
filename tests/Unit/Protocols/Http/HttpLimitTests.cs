using System.IO.Compression;
using System.Text;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Http;

namespace Sensor.Tests.Protocols.Http;

/// <summary>What an attacker may send without end: memory stays flat, and no byte is looked at again and again.</summary>
public sealed class HttpLimitTests
{
    private readonly HttpMemory _memory = new(new HttpOptions());
    private readonly Flow _flow = new() { Slot = 0, ServerPort = 80 };
    private readonly HttpParser _parser;
    private readonly RecordingFileSink _files = new();

    public HttpLimitTests() => _parser = new HttpParser(_memory);

    private ParseStatus Feed(Direction direction, ReadOnlySpan<byte> bytes, IFileSink? files = null)
    {
        ParseResult result = _parser.Parse(bytes, new ParseContext { Flow = _flow, Direction = direction, Time = default, Files = files ?? NoFiles.Instance });
        if (result.Status == ParseStatus.Done) Assert.Equal(bytes.Length, result.Consumed);
        return result.Status;
    }

    private bool Has(HttpEvent number) => _parser.Transactions.Any(one => one.Events.Contains((int)number));

    private void AssertEverythingIsGivenBack()
    {
        _parser.Reset();
        Assert.Equal(0, _memory.Bytes.InUse);
        Assert.Equal(0, _memory.Transactions.InUse);
        Assert.Equal(0, _memory.Chains.InUse);
        Assert.Equal(0, _memory.Decoders.InUse);
        Assert.Equal(0, _memory.Multiparts.InUse);
    }

    [Fact]
    public void Header_line_without_end_is_cut_and_told()
    {
        Feed(Direction.ToServer, "GET / HTTP/1.1\r\nX: "u8);
        byte[] more = Encoding.ASCII.GetBytes(new string('a', 10_000));
        Feed(Direction.ToServer, more);
        Feed(Direction.ToServer, more);
        long held = _memory.Bytes.InUse;
        for (int i = 0; i < 1000; i++) Feed(Direction.ToServer, more);
        Assert.Equal(held, _memory.Bytes.InUse);
        Feed(Direction.ToServer, "\r\nHost: still.read\r\n\r\n"u8);
        Assert.True(Has(HttpEvent.RequestFieldTooLong));
        Assert.Equal("still.read", Encoding.ASCII.GetString(((HttpTransaction)_parser.Transactions[0]).Host.Span));
        AssertEverythingIsGivenBack();
    }

    [Fact]
    public void Headers_without_end_are_counted_and_left_out()
    {
        Feed(Direction.ToServer, "GET / HTTP/1.1\r\n"u8);
        for (int i = 0; i < 100_000; i++) Feed(Direction.ToServer, Encoding.ASCII.GetBytes($"Name-{i}: some value that takes room\r\n"));
        Assert.True(Has(HttpEvent.RequestTooManyHeaders));
        Assert.InRange(_memory.Bytes.InUse, 1, 2 * 1024 * 1024);
        AssertEverythingIsGivenBack();
    }

    [Fact]
    public void Repeated_and_folded_headers_do_not_multiply()
    {
        Feed(Direction.ToServer, "GET / HTTP/1.1\r\n"u8);
        for (int i = 0; i < 20_000; i++) Feed(Direction.ToServer, "Same: 0123456789012345678901234567890123456789\r\n folded 0123456789\r\n"u8);
        Assert.InRange(_memory.Bytes.InUse, 1, 2 * 1024 * 1024);
        AssertEverythingIsGivenBack();
    }

    [Theory]
    [InlineData("")]
    [InlineData("Content-Length: 9000000000\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n")]
    public void Body_without_end_is_kept_to_its_limit(string header)
    {
        Feed(Direction.ToServer, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"u8);
        Feed(Direction.ToClient, Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{header}\r\n"));
        byte[] more = Encoding.ASCII.GetBytes("1000\r\n" + new string('b', 4096) + "\r\n");
        for (int i = 0; i < 100; i++) Feed(Direction.ToClient, more);
        long held = _memory.Bytes.InUse;
        for (int i = 0; i < 10_000; i++) Feed(Direction.ToClient, more);
        Assert.Equal(held, _memory.Bytes.InUse);
        Assert.Equal(100 * 1024, ((HttpTransaction)_parser.Transactions[0]).Response.Body.Length);
        AssertEverythingIsGivenBack();
    }

    [Fact]
    public void Requests_without_answers_end_at_the_limit()
    {
        ParseStatus status = ParseStatus.Done;
        int sent = 0;
        while (status == ParseStatus.Done && sent++ < 10_000) status = Feed(Direction.ToServer, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"u8);
        Assert.Equal(ParseStatus.Malformed, status);
        Assert.Equal(new HttpOptions().MaximumTransactions + 1, sent);
        Assert.True(Has(HttpEvent.TooManyTransactions));
        AssertEverythingIsGivenBack();
    }

    [Fact]
    public void Decompression_bomb_is_stopped_and_told()
    {
        using var stream = new MemoryStream();
        using (var outer = new GZipStream(stream, CompressionLevel.Optimal))
        using (var inner = new GZipStream(outer, CompressionLevel.Optimal))
        {
            byte[] zeros = new byte[1024 * 1024];
            for (int i = 0; i < 200; i++) inner.Write(zeros);
        }

        byte[] bomb = stream.ToArray();
        Feed(Direction.ToServer, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"u8);
        Feed(Direction.ToClient, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n\r\n"u8, _files);
        Feed(Direction.ToClient, bomb, _files);
        Assert.True(Has(HttpEvent.CompressionBomb));
        Assert.InRange(_files.Files[0].Content.Length, 1, Math.Max(2 * 1024 * 1024, 2048L * bomb.Length));
        AssertEverythingIsGivenBack();
    }

    [Fact]
    public void Memory_limit_cuts_bodies_and_does_not_throw()
    {
        var memory = new HttpMemory(new HttpOptions { MemoryLimit = 64 * 1024 });
        var parser = new HttpParser(memory);
        var context = new ParseContext { Flow = _flow, Direction = Direction.ToServer, Time = default, Files = NoFiles.Instance };
        var answer = new ParseContext { Flow = _flow, Direction = Direction.ToClient, Time = default, Files = NoFiles.Instance };
        parser.Parse("GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n"u8, context);
        parser.Parse("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100000\r\n\r\n"u8, answer);
        parser.Parse(new byte[100_000], answer);
        for (int i = 0; i < 100; i++) parser.Parse("POST /a/b/../c?d HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\nabc"u8, context);
        foreach (Transaction one in parser.Transactions)
        {
            foreach (BufferDefinition buffer in HttpBuffers.All)
            {
                buffer.Read(one, Direction.ToServer, 0, out _);
                buffer.Read(one, Direction.ToClient, 0, out _);
            }
        }

        Assert.True(memory.Bytes.Refused > 0);
        parser.Reset();
        Assert.Equal(0, memory.Bytes.InUse);
    }

    [Fact]
    public void Unfinished_lines_are_not_shown_again()
    {
        var feeder = new ParserFeeder(_parser, _flow, _files);
        string head = "GET /" + new string('u', 3000) + " HTTP/1.1\r\nHost: h\r\nX: " + new string('v', 3000) + "\r\n \r\nY: z\r\n\r\n";
        foreach (byte one in Encoding.ASCII.GetBytes(head)) feeder.Add(Direction.ToServer, [one]);
        foreach (byte one in Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n \r\n5;" + new string('e', 3000) + "\r\nhello\r\n0\r\n\r\n")) feeder.Add(Direction.ToClient, [one]);
        Assert.Equal(HttpProgress.Complete, _parser.Transactions[0].ResponseProgress);
        Assert.InRange(feeder.MostUnread, 0, 130);
    }

    [Fact]
    public void Any_bytes_are_survived()
    {
        var random = new Random(20240601);
        string[] words = ["GET ", "POST ", "CONNECT ", " HTTP/1.1", "\r\n", "\r\n\r\n", "\n", "\r", " ", "\t", ":", "Host: ", "Content-Length: ", "Transfer-Encoding: chunked", "Content-Encoding: gzip, deflate, br", "Content-Type: multipart/form-data; boundary=b", "--b", "--b--", "HTTP/1.1 200 OK", "HTTP/1.1 101 x", "HTTP/1.1 100 c", "5", "ffffffffffff", "%2", "%u00", "/../", "\0", "\x1f\x8b\x08", "\x78\x9c", "filename=\""];
        for (int round = 0; round < 3000; round++)
        {
            var parser = new HttpParser(_memory);
            var feeder = new ParserFeeder(parser, _flow, _files);
            for (int step = 0; step < 12; step++)
            {
                var text = new StringBuilder();
                for (int i = random.Next(12); i >= 0; i--) text.Append(random.Next(4) == 0 ? ((char)random.Next(256)).ToString() : words[random.Next(words.Length)]);
                Direction direction = random.Next(2) == 0 ? Direction.ToServer : Direction.ToClient;
                if (random.Next(20) == 0) feeder.Miss(direction, random.Next(1, 3000));
                else feeder.Add(direction, Encoding.Latin1.GetBytes(text.ToString()));
            }

            feeder.End(Direction.ToServer);
            feeder.End(Direction.ToClient);
            foreach (Transaction one in parser.Transactions)
            {
                Assert.Equal(HttpProgress.Complete, one.RequestProgress);
                Assert.Equal(HttpProgress.Complete, one.ResponseProgress);
            }

            parser.Reset();
            Assert.Equal(0, _memory.Bytes.InUse);
        }
    }

    [Fact]
    public void Plain_exchange_allocates_nothing() =>
        HttpParserTests.Http()
            .Client("GET /index.html?q=%41 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: test\r\nAccept: */*\r\nCookie: a=b\r\n\r\n")
            .Server("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\nhello there!").AssertAllocatesNothing();

    [Fact]
    public void Chunked_gzip_exchange_allocates_nothing() =>
        HttpParserTests.Http().Client("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            .Server(HttpParserTests.Join("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", HttpParserTests.Chunked(HttpParserTests.Gzip(new string('t', 5000)), 20)))
            .AssertAllocatesNothing();

    [Fact]
    public void Multipart_upload_allocates_nothing()
    {
        const string Body = "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\r\nfile\r\n--XX--\r\n";
        HttpParserTests.Http().Client($"POST /up HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=XX\r\nContent-Length: {Body.Length}\r\n\r\n{Body}")
            .Server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").AssertAllocatesNothing();
    }
}
