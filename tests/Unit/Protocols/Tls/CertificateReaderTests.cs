using System.Text;
using Sensor.Primitives;
using Sensor.Protocols.Tls;

namespace Sensor.Tests.Protocols.Tls;

public sealed class CertificateReaderTests
{
    private static byte[] Der(byte tag, params byte[] content) =>
        content.Length < 128 ? [tag, (byte)content.Length, .. content] : [tag, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content];

    private static byte[] Attribute(byte[] identifier, byte tag, byte[] value) => Der(0x30, [.. Der(0x06, identifier), .. Der(tag, value)]);

    private static byte[] CommonName(byte tag, byte[] value) => Der(0x30, Der(0x31, Attribute([0x55, 4, 3], tag, value)));

    private static byte[] Certificate(byte[] issuer, byte[] subject, string notBefore = "170323000000Z", byte notBeforeTag = 0x17) => Der(0x30, Der(0x30,
        [
            .. Der(0x02, 0x32), .. Der(0x30), .. issuer,
            .. Der(0x30, [.. Der(notBeforeTag, Encoding.ASCII.GetBytes(notBefore)), .. Der(0x18, "20381231001003Z"u8.ToArray())]),
            .. subject, .. Der(0x30),
        ]));

    private static TlsTransaction Read(byte[] certificate)
    {
        var connection = new TlsTransaction(new ByteSlab(1 << 20));
        CertificateReader.ReadChain(TlsBytes.Certificates(certificate).AsSpan(4), connection, ref connection.Certificates(Direction.ToClient));
        return connection;
    }

    private static string Subject(TlsTransaction connection) => Encoding.UTF8.GetString(connection.Bytes(connection.Certificates(Direction.ToClient).Subject));

    private static void Expect(TlsEvent expected, byte[] certificate) => Assert.True(Read(certificate).Events.Contains((int)expected), expected.ToString());

    [Theory]
    [InlineData("691231000000Z", 0x17, -86400)]
    [InlineData("491231235959Z", 0x17, 2524607999)]
    [InlineData("700101000001Z", 0x17, 1)]
    [InlineData("7001010000Z", 0x17, 0)]
    [InlineData("19700101000000.123Z", 0x18, 0)]
    [InlineData("700101010000+0100", 0x17, 0)]
    public void Times_of_both_forms_are_read(string text, byte tag, long expected)
    {
        TlsTransaction connection = Read(Certificate(CommonName(0x0c, "i"u8.ToArray()), CommonName(0x0c, "s"u8.ToArray()), text, tag));
        Assert.True(connection.Events.IsEmpty);
        Assert.Equal(expected, connection.Certificates(Direction.ToClient).NotBefore);
        Assert.Equal(2177367003, connection.Certificates(Direction.ToClient).NotAfter);
    }

    [Theory]
    [InlineData("701301000000Z")]
    [InlineData("700230000000Z")]
    [InlineData("70010100")]
    [InlineData("")]
    [InlineData("7x0101000000Z")]
    public void Time_that_is_none_is_an_event(string text) =>
        Expect(TlsEvent.CertificateInvalidDate, Certificate(CommonName(0x0c, "i"u8.ToArray()), CommonName(0x0c, "s"u8.ToArray()), text));

    [Fact]
    public void Names_keep_their_bytes_and_wide_strings_become_UTF_8()
    {
        byte[] issuer = CommonName(0x0c, "i"u8.ToArray());
        Assert.Equal("CN=a\0b", Subject(Read(Certificate(issuer, CommonName(0x0c, "a\0b"u8.ToArray())))));
        Assert.Equal("CN=aあ", Subject(Read(Certificate(issuer, CommonName(0x1e, [0, (byte)'a', 0x30, 0x42])))));
        Assert.Equal("CN=\U0001F600", Subject(Read(Certificate(issuer, CommonName(0x1e, [0xd8, 0x3d, 0xde, 0x00])))));
        byte[] mixed = Der(0x30, [
            .. Der(0x31, Attribute([0x55, 4, 6], 0x13, "JP"u8.ToArray())),
            .. Der(0x31, [.. Attribute([0x55, 4, 11], 0x0c, "x"u8.ToArray()), .. Attribute([0x2a, 0x03, 0x81, 0x00], 0x0c, "y"u8.ToArray())])]);
        Assert.Equal("C=JP, OU=x + 1.2.3.128=y", Subject(Read(Certificate(issuer, mixed))));
    }

    [Fact]
    public void Broken_certificates_say_what_is_wrong()
    {
        byte[] name = CommonName(0x0c, "n"u8.ToArray());
        byte[] good = Certificate(name, name);
        Assert.True(Read(good).Events.IsEmpty);
        Expect(TlsEvent.InvalidCertificate, [0x30, 0x06, 0x30, 0x84, 0xff, 0xff, 0xff, 0xfa, 0x04]);
        Expect(TlsEvent.CertificateInvalidLength, [0x30, 0x05, 0x30, 0x84, 0xff, 0xff, 0xff, 0xfa, 0x04]);
        Expect(TlsEvent.CertificateMissingElement, [0x30, 0x00]);
        Expect(TlsEvent.CertificateUnknownElement, [0x31, 0x00]);
        Expect(TlsEvent.CertificateInvalidSerial, Der(0x30, Der(0x30, Der(0x04, 1))));
        Expect(TlsEvent.CertificateInvalidIssuer, Certificate(Der(0x31), name));
        Expect(TlsEvent.CertificateInvalidSubject, Certificate(name, Der(0x30, Der(0x31, Der(0x30, 0x06)))));
        Expect(TlsEvent.CertificateInvalidString, Certificate(name, CommonName(0x02, [1])));
    }

    [Fact]
    public void Certificate_cut_anywhere_never_throws()
    {
        byte[] name = CommonName(0x0c, "n"u8.ToArray());
        byte[] good = Certificate(name, name);
        for (int length = 1; length < good.Length; length++) Assert.False(Read(good[..length]).Events.IsEmpty);
    }
}
