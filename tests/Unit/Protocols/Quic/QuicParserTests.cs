using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Quic;
using Sensor.Tests.Protocols.Tls;

namespace Sensor.Tests.Protocols.Quic;

public sealed class QuicParserTests
{
    private const byte Udp = 17;

    private const uint V1 = 1, V2 = 0x6b3343cf, Draft29 = 0xff00001d;

    private static readonly QuicProtocol s_quic = new();

    private static readonly byte[] s_connection = Convert.FromHexString("8394c8f03e515708");

    /// <summary>Seals packets with the library's HKDF, apart from the code under test.</summary>
    private sealed record Sealer(byte[] Key, byte[] Nonce, byte[] HeaderKey)
    {
        public static Sealer For(uint version, byte[] connection, bool client)
        {
            string salt = version switch { V2 => "0dede3def700a6db819381be6e269dcbf9bd2ed9", Draft29 => "afbfec289993d24c9e9786f19c6111e04390a899", _ => "38762cf7f55934b34d179ae6a4c80cadccbb7f0a" };
            byte[] initial = HKDF.Extract(HashAlgorithmName.SHA256, connection, Convert.FromHexString(salt));
            byte[] secret = Label(initial, client ? "client in" : "server in", 32);
            string prefix = version == V2 ? "quicv2 " : "quic ";
            return new Sealer(Label(secret, prefix + "key", 16), Label(secret, prefix + "iv", 12), Label(secret, prefix + "hp", 16));
        }

        private static byte[] Label(byte[] secret, string label, int length)
        {
            byte[] name = Encoding.ASCII.GetBytes("tls13 " + label);
            return HKDF.Expand(HashAlgorithmName.SHA256, secret, length, [(byte)(length >> 8), (byte)length, (byte)name.Length, .. name, 0]);
        }

        public byte[] Initial(uint version, byte[] destination, byte[] frames, int number = 2, int least = 1162)
        {
            byte[] plain = [.. frames, .. new byte[Math.Max(0, least - frames.Length)]];
            int length = 4 + plain.Length + 16;
            byte first = (byte)(0xc0 | ((version == V2 ? 1 : 0) << 4) | 3);
            byte[] header = [first, .. Big(version), (byte)destination.Length, .. destination, 0, 0, (byte)(0x40 | (length >> 8)), (byte)length, .. Big((uint)number)];
            byte[] nonce = [.. Nonce];
            for (int i = 0; i < 4; i++) nonce[8 + i] ^= Big((uint)number)[i];
            byte[] cipher = new byte[plain.Length], tag = new byte[16];
            using var gcm = new AesGcm(Key, 16);
            gcm.Encrypt(nonce, plain, cipher, tag, header);
            byte[] packet = [.. header, .. cipher, .. tag];
            using var aes = Aes.Create();
            aes.Key = HeaderKey;
            byte[] mask = aes.EncryptEcb(packet.AsSpan(header.Length, 16), PaddingMode.None);
            packet[0] ^= (byte)(mask[0] & 15);
            for (int i = 0; i < 4; i++) packet[header.Length - 4 + i] ^= mask[1 + i];
            return packet;
        }

        private static byte[] Big(uint value)
        {
            byte[] bytes = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
            return bytes;
        }
    }

    private static byte[] Crypto(int offset, byte[] data) => [6, (byte)(0x40 | (offset >> 8)), (byte)offset, (byte)(0x40 | (data.Length >> 8)), (byte)data.Length, .. data];

    private static byte[] Hello(string name = "quic.example") => TlsBytes.ClientHello(extensions: [TlsBytes.ServerName(name), TlsBytes.Alpn("h3"), TlsBytes.Extension(43, 2, 3, 4)]);

    private static byte[] Client(uint version, byte[] frames, int number = 2) => Sealer.For(version, s_connection, true).Initial(version, s_connection, frames, number);

    private static byte[] Server(uint version, byte[] frames) => Sealer.For(version, s_connection, false).Initial(version, [], frames);

    private static void Feed(Action<AppParser> look, params (Direction Direction, byte[] Datagram)[] datagrams)
    {
        AppParser parser = s_quic.CreateParser(new ProtocolOptions());
        var flow = new Flow { Slot = 0, IpProtocol = Udp };
        foreach ((Direction direction, byte[] datagram) in datagrams)
        {
            Assert.Equal(datagram.Length, parser.Parse(datagram, new ParseContext { Flow = flow, Direction = direction, Time = default, Files = NoFiles.Instance }).Consumed);
        }

        look(parser);
        parser.Reset();
        Assert.Empty(parser.Transactions);
    }

    private static string Name(Transaction one) => Encoding.Latin1.GetString(((QuicTransaction)one).ServerName);

    [Fact]
    public void Keys_of_the_tests_are_those_of_the_standard()
    {
        Sealer keys = Sealer.For(V1, s_connection, client: true); // RFC 9001 appendix A.1
        Assert.Equal("1f369613dd76d5467730efcbe3b1a22d", Convert.ToHexStringLower(keys.Key));
        Assert.Equal("fa044b2f42a3fd3b46fb255c", Convert.ToHexStringLower(keys.Nonce));
        Assert.Equal("9f50449e04a0e810283a1e9933adedd2", Convert.ToHexStringLower(keys.HeaderKey));
    }

    [Theory]
    [InlineData(V1)]
    [InlineData(V2)]
    [InlineData(Draft29)]
    public void Both_hellos_are_read(uint version) => Feed(
        parser =>
        {
            Assert.Equal(2, parser.Transactions.Count);
            var hello = (QuicTransaction)parser.Transactions[0];
            Assert.Equal("quic.example", Name(hello));
            Assert.StartsWith("q13d", Encoding.Latin1.GetString(hello.Hello.Bytes(hello.Hello.Ja4)), StringComparison.Ordinal);
            Assert.Equal(Direction.ToClient, ((QuicTransaction)parser.Transactions[1]).Travel);
            Assert.True(parser.IsEncrypted);
        },
        (Direction.ToServer, Client(version, Crypto(0, Hello()))),
        (Direction.ToClient, Server(version, [2, 0, 0, 0, 0, .. Crypto(0, TlsBytes.ServerHello(extensions: [TlsBytes.Extension(43, 3, 4)]))])));

    [Fact]
    public void Hello_is_put_together_however_its_frames_come()
    {
        byte[] hello = Hello();
        for (int cut = 1; cut < hello.Length; cut += 7)
        {
            // In one packet the wrong way round with overlap, and over two datagrams in either order.
            byte[] first = Crypto(0, hello[..cut]), second = Crypto(Math.Max(0, cut - 3), hello[Math.Max(0, cut - 3)..]);
            Feed(parser => Assert.Equal("quic.example", Name(Assert.Single(parser.Transactions))), (Direction.ToServer, Client(V1, [.. second, 1, .. first])));
            Feed(parser => Assert.Equal("quic.example", Name(Assert.Single(parser.Transactions))), (Direction.ToServer, Client(V1, first)), (Direction.ToServer, Client(V1, second, 3)));
            Feed(parser => Assert.Equal("quic.example", Name(Assert.Single(parser.Transactions))), (Direction.ToServer, Client(V1, second)), (Direction.ToServer, Client(V1, first, 3)));
        }
    }

    [Fact]
    public void First_copy_of_a_byte_counts() => Feed(
        parser => Assert.Equal("quic.example", Name(Assert.Single(parser.Transactions))),
        (Direction.ToServer, Client(V1, Crypto(60, Hello()[60..]))),
        (Direction.ToServer, Client(V1, Crypto(0, Hello("evil.example")), 3)));

    [Fact]
    public void Packet_that_its_keys_do_not_open_is_told_and_misleads_nobody()
    {
        byte[] broken = Client(V1, Crypto(0, Hello("decoy.example")));
        broken[^1] ^= 1;
        Feed(
            parser =>
            {
                Assert.True(parser.Transactions[0].Events.Contains((int)QuicEvent.FailedDecrypt));
                Assert.Equal("quic.example", Name(parser.Transactions[1]));
            },
            (Direction.ToServer, broken), (Direction.ToServer, Client(V1, Crypto(0, Hello()))));
    }

    [Fact]
    public void Retry_begins_anew()
    {
        byte[] other = [9, 9, 9, 9, 9, 9, 9, 9];
        byte[] retry = [0xf0, 0, 0, 0, 1, 0, 8, .. other, 1, 2, 3, .. new byte[16]];
        Feed(
            parser =>
            {
                Assert.Equal(3, parser.Transactions.Count);
                Assert.Equal("second.example", Name(parser.Transactions[2]));
            },
            (Direction.ToServer, Client(V1, Crypto(0, Hello("first.example")))), (Direction.ToClient, retry),
            (Direction.ToServer, Sealer.For(V1, other, true).Initial(V1, other, Crypto(0, Hello("second.example")))));
    }

    [Fact]
    public void Hello_that_never_ends_is_told_and_let_go() => Feed(
        parser => Assert.Contains(parser.Transactions, one => one.Events.Contains((int)QuicEvent.CryptoFragmentTooLong)),
        (Direction.ToServer, Client(V1, [6, 0x80, 1, 0xff, 0xf0, 0x40, 0x80, .. new byte[128]])));

    [Fact]
    public void Google_hello_in_clear_is_read()
    {
        byte[] tags = [.. "SNI\0"u8, 3, 0, 0, 0, .. "UAID"u8, 8, 0, 0, 0, .. "a.bagent"u8];
        byte[] message = [.. "CHLO"u8, 2, 0, 0, 0, .. tags];
        byte[] datagram = [0xc3, .. "Q046"u8, 0x50, .. s_connection, 0, 0, 0, 1, .. new byte[12], 0xa0, 1, (byte)(message.Length >> 8), (byte)message.Length, .. message];
        Assert.Equal(ParseStatus.Done, s_quic.Probe(datagram, Direction.ToServer));
        Feed(
            parser =>
            {
                var one = (QuicTransaction)Assert.Single(parser.Transactions);
                Assert.Equal("a.b", Name(one));
                Assert.Equal("46,SNI-UAID", Encoding.Latin1.GetString(one.TextOf((int)QuicField.CyuText)));
                Assert.Equal("agent", Encoding.Latin1.GetString(one.TextOf((int)QuicField.UserAgent)));
            },
            (Direction.ToServer, datagram));
    }

    [Fact]
    public void Probe_takes_known_versions_only()
    {
        Assert.Equal(ParseStatus.Done, s_quic.Probe(Client(V1, [1]), Direction.ToServer));
        Assert.Equal(ParseStatus.Malformed, s_quic.Probe(new byte[64], Direction.ToServer));
        Assert.Equal(ParseStatus.Malformed, s_quic.Probe(Enumerable.Repeat((byte)0xff, 64).ToArray(), Direction.ToServer));
        Assert.Equal(ParseStatus.Malformed, s_quic.Probe("REGISTER sip:x SIP/2.0\r\n"u8, Direction.ToServer));
    }

    [Fact]
    public void Hostile_bytes_never_throw() => ParserTrials.NeverThrows(
        s_quic, Udp, [Client(V1, Crypto(0, Hello())), Client(V2, Crypto(30, Hello())), Server(V1, Crypto(0, TlsBytes.ServerHello())), [0xf0, 0, 0, 0, 1, 0, 8, .. new byte[40]], [0x09, .. new byte[8], .. "Q043"u8, 1, .. new byte[12], 0xa0, 1, 0, 40, .. "CHLO"u8, .. new byte[36]]], 600);

    /// <summary>Keys are made once per flow and side; after that packets allocate nothing, and the number of packets opened is bounded.</summary>
    [Fact]
    public void Packets_after_the_first_allocate_nothing()
    {
        byte[] initial = Client(V1, Crypto(0, Hello()[..40]));
        AppParser parser = s_quic.CreateParser(new ProtocolOptions());
        var flow = new Flow { Slot = 0, IpProtocol = Udp };
        var context = new ParseContext { Flow = flow, Direction = Direction.ToServer, Time = default, Files = NoFiles.Instance };
        for (int i = 0; i < 5; i++) parser.Parse(initial, context);
        long least = long.MaxValue;
        for (int round = 0; round < 3 && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < QuicLimits.Initials / 4; i++) parser.Parse(initial, context);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
        parser.Reset();

        for (int round = 0; round < 20; round++) Flow(parser, initial, context);
        long started = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 20; round++) Flow(parser, initial, context);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - started) / 20, 0, 2048); // the library's objects of one key
    }

    private static void Flow(AppParser parser, byte[] initial, in ParseContext context)
    {
        parser.Parse(initial, context);
        parser.Reset();
    }
}
