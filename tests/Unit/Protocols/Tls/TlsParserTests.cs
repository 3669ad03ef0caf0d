using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Tls;
using static Sensor.Tests.Protocols.Tls.TlsBytes;

namespace Sensor.Tests.Protocols.Tls;

public sealed class TlsParserTests
{
    private static readonly byte[] s_session = [.. Enumerable.Range(1, 32).Select(number => (byte)number)];

    private static ProtocolTranscript Transcript(params (string Key, string Value)[] settings) =>
        new(new TlsProtocol(), new ProtocolOptions { Settings = settings.ToDictionary(one => one.Key, one => one.Value) });

    private static byte[] Hello(params byte[][] extensions) => Record(Handshake, ClientHello(extensions: extensions));

    private static void Look(ProtocolTranscript transcript, Action<TlsTransaction, AppParser> look) =>
        transcript.Inspect((parser, _) => look(Assert.IsType<TlsTransaction>(Assert.Single(parser.Transactions)), parser));

    private static void Expect(ProtocolTranscript transcript, params string[] events) =>
        Look(transcript, (connection, _) => Assert.Equal(
            events.Order(),
            Enumerable.Range(0, TlsEvents.Names.Count).Where(number => connection.Events.Contains(number)).Select(number => TlsEvents.Names[number]).Order()));

    [Fact]
    public void Whole_handshake_of_TLS_12_is_the_same_at_every_split()
    {
        using X509Certificate2 server = SelfSigned("CN=www.example.org, O=\"Example, Inc.\", C=US", request =>
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("www.example.org");
            names.AddDnsName("example.org");
            names.AddIpAddress(System.Net.IPAddress.Parse("192.0.2.1"));
            request.CertificateExtensions.Add(names.Build(critical: true));
        });
        using X509Certificate2 client = SelfSigned("CN=somebody");
        string result = Transcript()
            .Client(Hello(ServerName("www.example.org"), Alpn("h2", "http/1.1")))
            .Server([.. Record(Handshake, [.. ServerHello(extensions: Alpn("h2")), .. Certificates(server.RawData)]), .. Record(Handshake, Message(12, 1, 2, 3)), .. Record(Handshake, Message(14))])
            .Client([.. Record(Handshake, [.. Certificates(client.RawData), .. Message(16, 9, 9)]), .. Record(ChangeCipherSpec, 1), .. Record(Handshake, new byte[40])])
            .Server([.. Record(ChangeCipherSpec, 1), .. Record(Handshake, new byte[40]), .. Record(Data, new byte[300])])
            .StaysOpen()
            .AssertSameAtEverySplit();

        Assert.Contains("transaction 0: request 3, response 4", result, StringComparison.Ordinal);
        Assert.DoesNotContain("events", result, StringComparison.Ordinal);
        foreach (string expected in new[]
        {
            "tls.sni ToServer [0] @0: www.example.org",
            "tls.alpn ToServer [0] @0: h2", "tls.alpn ToServer [1] @0: http/1.1", "tls.alpn ToClient [0] @0: h2",
            "tls.random_time ToServer [0] @0: T\\xb4\\xc9{",
            "tls.cert_subject ToServer [0] @0: CN=somebody",
            "tls.cert_serial ToClient [0] @0: 00:8A:07:E0:8D",
            "tls.cert_fingerprint ToClient [0] @0: " + Colons(SHA1.HashData(server.RawData)),
            "tls.subjectaltname ToClient [2] @0: 192.0.2.1",
            "ja3.string ToServer [0] @0: 771,4865-49199,0-16,,",
            "ja3s.string ToClient [0] @0: 771,49199,16",
            "\"serial\":\"00:8A:07:E0:8D\",\"fingerprint\":\"" + Colons(SHA1.HashData(server.RawData)) + "\",\"notbefore\":\"2017-03-23T01:02:03\",\"notafter\":\"2030-05-13T12:00:00\",\"subjectaltname\":[\"www.example.org\",\"example.org\",\"192.0.2.1\"],\"sni\":\"www.example.org\",\"version\":\"TLS 1.2\"",
            "\"client_alpns\":[\"h2\",\"http/1.1\"],\"server_alpns\":[\"h2\"],\"client\":{\"subject\":\"CN=somebody\"",
        })
        {
            Assert.Contains(expected, result, StringComparison.Ordinal);
        }

        Assert.Contains("O=Example, Inc.", result, StringComparison.Ordinal);
    }

    [Fact]
    public void TLS_13_shows_names_and_fingerprints_and_then_goes_dark()
    {
        string result = Transcript()
            .Client([.. Hello(ServerName("a.example"), Extension(43, Vector8(0x1a, 0x1a, 3, 4, 3, 3)), Extension(0xfe0d, 0)), .. Record(ChangeCipherSpec, 1)])
            .Server([.. Record(Handshake, ServerHello(cipher: 0x1301, extensions: [Extension(43, 3, 4)])), .. Record(ChangeCipherSpec, 1), .. Record(Data, new byte[900])])
            .Client(Record(Data, new byte[60]))
            .StaysOpen()
            .AssertSameAtEverySplit();
        Assert.Contains("transaction 0: request 3, response 4", result, StringComparison.Ordinal);
        Assert.Contains("\"version\":\"TLS 1.3\"", result, StringComparison.Ordinal);
        Assert.Contains("ja4.hash ToServer [0] @0: t13d0203", result, StringComparison.Ordinal);
        Look(Transcript().Client(Hello(Extension(0xfe0d, 0))), (connection, _) => Assert.True(connection.HasEncryptedClientHello));
    }

    [Fact]
    public void Hello_after_a_retry_request_is_read_without_changing_the_first()
    {
        string result = Transcript()
            .Client(Hello(ServerName("first.example")))
            .Server([.. Record(Handshake, ServerHello(cipher: 0x1301, extensions: [Extension(43, 3, 4)])), .. Record(ChangeCipherSpec, 1)])
            .Client([.. Record(ChangeCipherSpec, 1), .. Hello(ServerName("second.example"))])
            .Server(Record(Handshake, ServerHello(cipher: 0x1301, extensions: [Extension(43, 3, 4)])))
            .AssertSameAtEverySplit();
        Assert.Contains("first.example", result, StringComparison.Ordinal);
        Assert.DoesNotContain("second.example", result, StringComparison.Ordinal);
        Assert.DoesNotContain("events", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Resumed_session_is_seen_by_its_echo_and_by_the_missing_certificate()
    {
        Look(Transcript().Client(Record(Handshake, ClientHello(session: s_session))).Server(Record(Handshake, ServerHello(session: s_session))),
            (connection, _) => Assert.True(connection.IsResumed));
        Look(Transcript().Client(Record(Handshake, ClientHello())).Server([.. Record(Handshake, ServerHello()), .. Record(ChangeCipherSpec, 1)]),
            (connection, _) => Assert.True(connection.IsResumed));
        Look(Transcript().Client(Record(Handshake, ClientHello(session: s_session))).Server(Record(Handshake, ServerHello(session: s_session, extensions: Extension(43, 3, 4)))),
            (connection, _) => Assert.False(connection.IsResumed));
    }

    [Fact]
    public void Messages_may_share_records_and_span_them()
    {
        byte[] messages = [.. ServerHello(), .. Message(12, new byte[500]), .. Message(14)];
        string whole = Transcript().Client(Hello()).Server(Record(Handshake, messages)).Describe();
        foreach (int size in new[] { 1, 2, 3, 5, 50, 500 })
        {
            byte[] pieces = [.. messages.Chunk(size).SelectMany(piece => Record(Handshake, piece))];
            Assert.Equal(whole, Transcript().Client(Hello()).Server(pieces).Describe());
        }
    }

    [Theory]
    [InlineData("track-only", false, true, 3, 4)]
    [InlineData("bypass", true, true, 4, 5)]
    [InlineData("full", false, false, 3, 4)]
    public void Encrypted_connection_is_handled_as_configured(string handling, bool dark, bool noRaw, int request, int response) =>
        Look(
            Transcript(("app-layer.protocols.tls.encryption-handling", handling))
                .Client(Hello()).Server([.. Record(Handshake, ServerHello()), .. Record(Data, 1)]).Client(Record(Data, 1)).StaysOpen(),
            (connection, parser) =>
            {
                Assert.Equal(dark, parser.IsEncrypted);
                Assert.Equal(noRaw, parser.StopRawInspection);
                Assert.Equal((request, response), (connection.RequestProgress, connection.ResponseProgress));
            });

    [Fact]
    public void Fingerprints_can_be_switched_off() =>
        Look(Transcript(("app-layer.protocols.tls.ja3-fingerprints", "no"), ("app-layer.protocols.tls.ja4-fingerprints", "False")).Client(Hello()), (connection, _) =>
        {
            Assert.Equal(0, connection.Ja3Hash.Length);
            Assert.Equal(0, connection.Ja4.Length);
        });

    [Fact]
    public void Oddities_of_records_are_events()
    {
        Expect(Transcript().Client(Hello()).Client([99, 3, 3, 0, 1, 0]), "invalid_record_type");
        Expect(Transcript().Client(Hello()).Client([22, 9, 9, 0, 1, 0]), "invalid_record_version");
        Expect(Transcript().Client(Hello()).Client([22, 3, 3, 0xff, 0xff, 0]), "invalid_record_length");
        Expect(Transcript().Client([99, 3, 3, 0, 1, 0]), "invalid_tls_header");
        Expect(Transcript().Client(Record(Handshake, Message(0x84, 1))), "invalid_handshake_message");
        Expect(Transcript().Client(Record(Handshake, ServerHello())), "invalid_handshake_message");
        Expect(Transcript().Client(Hello()).Client(Record(Alert, 9, 9)), "invalid_alert_message");
        Expect(Transcript().Client([.. Hello(), .. Enumerable.Range(0, 40).SelectMany(_ => Record(Alert))]), "too_many_records_in_packet");
    }

    [Fact]
    public void Oddities_of_hellos_are_events()
    {
        Expect(Transcript().Client(Record(Handshake, Message(1, 3, 3, 1, 2))), "handshake_invalid_length");
        Expect(Transcript().Client(Record(Handshake, Message(1, [3, 3, .. Random(0), 200]))), "handshake_invalid_length");
        Expect(Transcript().Client(Hello(Extension(10, 0, 9, 1))), "handshake_invalid_length");
        Expect(Transcript().Client(Hello(ServerName("a"), ServerName("b"))), "multiple_sni_extensions");
        Expect(Transcript().Client(Hello(Extension(0, Vector16([7, .. Vector16((byte)'a')])))), "invalid_sni_type");
        Expect(Transcript().Client(Hello(Extension(0, Vector16([0, 0, 9, (byte)'a'])))), "invalid_sni_length");
        Expect(Transcript().Client(Hello(Extension(0, 0, 99))), "invalid_sni_length");
    }

    [Fact]
    public void Heartbleed_shows_in_clear_and_by_the_length_of_the_answer()
    {
        Expect(Transcript().Client(Hello()).Client(Record(Heartbeat, 1, 0x40, 0)), "heartbeat_message", "overflow_heartbeat_message");
        Expect(Transcript().Client(Hello()).Client(Record(Heartbeat, [1, 0, 4, .. new byte[20]])), "heartbeat_message");
        Expect(Transcript().Client(Hello()).Client(Record(Heartbeat, [7, 0, 4, .. new byte[20]])), "heartbeat_message", "invalid_heartbeat_message");
        Expect(Transcript().Client(Hello()).Server(Record(Handshake, ServerHello()))
            .Client(Record(ChangeCipherSpec, 1)).Server(Record(ChangeCipherSpec, 1))
            .Client(Record(Heartbeat, new byte[40])).Server(Record(Heartbeat, new byte[4000])), "heartbeat_message", "dataleak_heartbeat_mismatch");
    }

    [Fact]
    public void Probe_knows_records_and_which_side_sends_which_hello()
    {
        IAppProtocol tls = new TlsProtocol();
        byte[] client = Hello(), server = Record(Handshake, ServerHello());
        Assert.Equal(ParseStatus.Done, tls.Probe(client, Direction.ToServer));
        Assert.Equal(ParseStatus.Malformed, tls.Probe(client, Direction.ToClient));
        Assert.Equal(ParseStatus.Done, tls.Probe(server, Direction.ToClient));
        Assert.Equal(ParseStatus.Malformed, tls.Probe(server, Direction.ToServer));
        Assert.Equal(ParseStatus.Done, tls.Probe(Record(Data, new byte[10]), Direction.ToServer));
        Assert.Equal(ParseStatus.Done, tls.Probe(Sslv2ClientHello(2), Direction.ToServer));
        for (int length = 0; length < 6; length++) Assert.Equal(ParseStatus.NeedMore, tls.Probe(client.AsSpan(0, length), Direction.ToServer));
        foreach (string other in new[] { "GET / HTTP/1.1", "SSH-2.0-x", "\x16\x02\x01", "\x80\x00\x07" })
            Assert.Equal(ParseStatus.Malformed, tls.Probe(System.Text.Encoding.Latin1.GetBytes(other), Direction.ToServer));
    }

    [Fact]
    public void SSL_2_hello_is_recognised()
    {
        Look(Transcript().Client(Sslv2ClientHello(0x0301)).Server(Record(Handshake, ServerHello(0x0301))), (connection, _) =>
        {
            Assert.Equal(TlsVersion.Tls10, connection.Version);
            Assert.True(connection.Events.IsEmpty);
        });
        string result = Transcript().Client(Sslv2ClientHello(2)).Server([0x80, 11, 4, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0]).AssertSameAtEverySplit();
        Assert.Contains("\"version\":\"SSLv2\"", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Message_beyond_the_limit_is_passed_over_and_the_next_one_read()
    {
        byte[] huge = Message(12, new byte[200_000]);
        byte[] records = [.. ((byte[])[.. ServerHello(), .. huge, .. Message(14)]).Chunk(16_000).SelectMany(piece => Record(Handshake, piece))];
        Look(Transcript().Client(Hello()).Server(records).StaysOpen(), (connection, _) =>
        {
            Assert.True(connection.Events.Contains((int)TlsEvent.HandshakeLimitReached));
            Assert.Equal(TlsProgress.ServerHelloDone, connection.ResponseProgress);
        });
    }

    [Fact]
    public void Endless_handshakes_hold_a_bounded_text()
    {
        var endless = new ProtocolTranscript(new TlsProtocol());
        byte[] certificates = Certificates([.. Enumerable.Repeat(new byte[1], 4000)]);
        for (int i = 0; i < 50; i++) endless.Server([.. certificates.Chunk(8000).SelectMany(piece => Record(Handshake, piece))]);
        for (int i = 0; i < 50; i++) endless.Client(Hello(Alpn([.. Enumerable.Repeat("abc", 4000)])));
        Look(endless.StaysOpen(), (connection, _) =>
        {
            Assert.True(connection.Events.Contains((int)TlsEvent.HandshakeLimitReached));
            Assert.InRange(connection.ClientProtocols.Count + connection.Certificates(Direction.ToClient).Chain.Count, 1, TlsLimits.Items);
        });
    }

    [Fact]
    public void Gap_inside_a_record_that_is_passed_over_does_no_harm_and_another_is_recovered_from()
    {
        byte[] data = Record(Data, new byte[1000]);
        Look(Transcript().Client(Hello()).Server(Record(Handshake, ServerHello())).Server(data[..100]).ServerMisses(800).Server(data[900..])
            .Server(Record(Alert, 9, 9)).StaysOpen(), (connection, _) => Assert.True(connection.Events.Contains((int)TlsEvent.InvalidAlertMessage)));
        Look(Transcript().Client(Hello()).ServerMisses(2000).Server("middle of something"u8.ToArray()).Server(Record(Handshake, ServerHello())).StaysOpen(),
            (connection, _) => Assert.Equal(TlsProgress.ServerHello, connection.ResponseProgress));
    }

    [Fact]
    public void Handshake_allocates_nothing_once_warm()
    {
        using X509Certificate2 certificate = SelfSigned("CN=www.example.org");
        Transcript()
            .Client(Hello(ServerName("www.example.org"), Alpn("h2")))
            .Server([.. Record(Handshake, [.. ServerHello(), .. Certificates(certificate.RawData), .. Message(14)])])
            .Client([.. Record(ChangeCipherSpec, 1), .. Record(Data, new byte[100])])
            .Server([.. Record(ChangeCipherSpec, 1), .. Record(Data, new byte[100])])
            .AssertAllocatesNothing();
    }

    [Fact]
    public void Damaged_handshakes_never_throw()
    {
        using X509Certificate2 certificate = SelfSigned("CN=www.example.org, C=US");
        byte[] client = Hello(ServerName("www.example.org"), Alpn("h2"), Extension(10, Vector16(0, 29, 0, 23)), Extension(43, Vector8(3, 4)));
        byte[] server = Record(Handshake, [.. ServerHello(extensions: Alpn("h2")), .. Certificates(certificate.RawData), .. Message(14)]);
        var random = new Random(11);
        for (int round = 0; round < 5000; round++)
        {
            Transcript().Client(Damage(client, random)).Server(Damage(server, random)).Describe();
        }
    }

    private static string Colons(byte[] bytes) => string.Join(':', bytes.Select(one => one.ToString("x2")));

    private static byte[] Damage(byte[] good, Random random)
    {
        byte[] bad = [.. good];
        for (int flips = random.Next(1, 5); flips > 0; flips--) bad[random.Next(bad.Length)] = (byte)random.Next(256);
        return random.Next(4) == 0 ? bad[..random.Next(1, bad.Length)] : bad;
    }
}
