using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sensor.Tests.Protocols.Tls;

/// <summary>Builds records and handshake messages byte by byte.</summary>
internal static class TlsBytes
{
    public const byte ChangeCipherSpec = 20, Alert = 21, Handshake = 22, Data = 23, Heartbeat = 24;

    public static byte[] Record(byte type, params byte[] content) => [type, 3, 3, .. Number16(content.Length), .. content];

    public static byte[] Message(byte type, params byte[] body) => [type, .. Number24(body.Length), .. body];

    public static byte[] Number16(int value) => [(byte)(value >> 8), (byte)value];

    public static byte[] Number24(int value) => [(byte)(value >> 16), (byte)(value >> 8), (byte)value];

    public static byte[] Vector16(params byte[] content) => [.. Number16(content.Length), .. content];

    public static byte[] Vector8(params byte[] content) => [(byte)content.Length, .. content];

    public static byte[] Extension(int type, params byte[] content) => [.. Number16(type), .. Vector16(content)];

    public static byte[] ServerName(string name) => Extension(0, Vector16([0, .. Vector16(Encoding.Latin1.GetBytes(name))]));

    public static byte[] Alpn(params string[] names) => Extension(16, Vector16([.. names.SelectMany(name => Vector8(Encoding.Latin1.GetBytes(name)))]));

    public static byte[] Random(byte fill) => [0x54, 0xb4, 0xc9, 0x7b, .. Enumerable.Repeat(fill, 28)];

    public static byte[] ClientHello(int version = 0x0303, int[]? ciphers = null, byte[]? session = null, params byte[][] extensions) => Message(1,
        [.. Number16(version), .. Random(0xc1), .. Vector8(session ?? []), .. Vector16([.. (ciphers ?? [0x1301, 0xc02f, 0x0a0a]).SelectMany(Number16)]), 1, 0,
            .. extensions.Length == 0 ? [] : Vector16([.. extensions.SelectMany(one => one)])]);

    public static byte[] ServerHello(int version = 0x0303, int cipher = 0xc02f, byte[]? session = null, params byte[][] extensions) => Message(2,
        [.. Number16(version), .. Random(0x5e), .. Vector8(session ?? []), .. Number16(cipher), 0,
            .. extensions.Length == 0 ? [] : Vector16([.. extensions.SelectMany(one => one)])]);

    public static byte[] Certificates(params byte[][] chain)
    {
        byte[] list = [.. chain.SelectMany(one => (byte[])[.. Number24(one.Length), .. one])];
        return Message(11, [.. Number24(list.Length), .. list]);
    }

    public static X509Certificate2 SelfSigned(string subject, Action<CertificateRequest>? with = null, int notBeforeYear = 2017, int notAfterYear = 2030)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        with?.Invoke(request);
        return request.Create(
            request.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            new DateTimeOffset(notBeforeYear, 3, 23, 1, 2, 3, TimeSpan.Zero),
            new DateTimeOffset(notAfterYear, 5, 13, 12, 0, 0, TimeSpan.Zero),
            [0x00, 0x8a, 0x07, 0xe0, 0x8d]);
    }

    public static byte[] Sslv2ClientHello(int version)
    {
        byte[] body = [1, .. Number16(version), .. Number16(6), .. Number16(0), .. Number16(16), 1, 0, 0x80, 7, 0, 0xc0, .. new byte[16]];
        byte[] header = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)(0x8000 | body.Length));
        return [.. header, .. body];
    }
}
