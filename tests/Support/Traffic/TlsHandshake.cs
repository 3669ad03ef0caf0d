using System.Formats.Asn1;
using System.Text;

namespace Sensor.Tests.Support.Traffic;

/// <summary>TLS handshake records (RFC 5246, RFC 8446) for built traffic: hellos and a certificate that says what it should.</summary>
public static class TlsHandshake
{
    /// <param name="serverName">Server name indication (RFC 6066 section 3); none when null.</param>
    /// <param name="ciphers">Offered suites; their order makes the fingerprint.</param>
    public static byte[] ClientHello(string? serverName, params ushort[] ciphers)
    {
        var extensions = new List<byte>();
        if (serverName is not null)
        {
            byte[] name = Encoding.ASCII.GetBytes(serverName);
            Extension(extensions, 0, [.. Word(name.Length + 3), 0, .. Word(name.Length), .. name]);
        }

        Extension(extensions, 10, [0, 4, 0, 0x1D, 0, 0x17]);
        Extension(extensions, 11, [1, 0]);
        Extension(extensions, 13, [0, 4, 4, 3, 8, 4]);
        Extension(extensions, 16, [0, 12, 2, (byte)'h', (byte)'2', 8, .. "http/1.1"u8]);
        byte[] suites = [.. ciphers.SelectMany(cipher => Word(cipher))];
        byte[] body = [3, 3, .. Random(0x11), 0, .. Word(suites.Length), .. suites, 1, 0, .. Word(extensions.Count), .. extensions];
        return Record(22, Handshake(1, body));
    }

    /// <summary>ServerHello (TLS 1.2), Certificate and ServerHelloDone in one flight.</summary>
    public static byte[] ServerFlight(string subject, string issuer, ushort cipher = 0xC02F)
    {
        byte[] hello = Handshake(2, [3, 3, .. Random(0x22), 0, .. Word(cipher), 0, .. Word(5), 0xFF, 0x01, 0, 1, 0]);
        byte[] der = Certificate(subject, issuer);
        byte[] certificate = Handshake(11, [.. Triple(der.Length + 3), .. Triple(der.Length), .. der]);
        return Record(22, [.. hello, .. certificate, .. Handshake(14, [])]);
    }

    public static byte[] ApplicationData(int length) => Record(23, [.. Enumerable.Range(0, length).Select(i => (byte)((i * 73) + 41))]);

    public static byte[] ClientFinish() => [.. Record(22, Handshake(16, [32, .. Random(0x33)])), .. Record(20, [1]), .. Record(22, Random(0x44))];

    /// <summary>A certificate with the given common names, made by hand so that its bytes never change; its signature is not valid.</summary>
    public static byte[] Certificate(string subject, string issuer)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0))) writer.WriteInteger(2);
                writer.WriteInteger(0x1234_5678_9ABC);
                Algorithm(writer, "1.2.840.113549.1.1.11");
                CommonName(writer, issuer);
                using (writer.PushSequence())
                {
                    writer.WriteUtcTime(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
                    writer.WriteUtcTime(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
                }

                CommonName(writer, subject);
                using (writer.PushSequence())
                {
                    Algorithm(writer, "1.2.840.113549.1.1.1");
                    writer.WriteBitString([0x30, 0x06, 0x02, 0x01, 0x03, 0x02, 0x01, 0x03]);
                }
            }

            Algorithm(writer, "1.2.840.113549.1.1.11");
            writer.WriteBitString(Random(0x55));
        }

        return writer.Encode();
    }

    public static byte[] Record(byte type, ReadOnlySpan<byte> body) => [type, 3, 3, .. Word(body.Length), .. body];

    private static byte[] Handshake(byte type, ReadOnlySpan<byte> body) => [type, .. Triple(body.Length), .. body];

    private static void Algorithm(AsnWriter writer, string identifier)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(identifier);
            writer.WriteNull();
        }
    }

    private static void CommonName(AsnWriter writer, string name)
    {
        using (writer.PushSequence())
        using (writer.PushSetOf())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("2.5.4.3");
            writer.WriteCharacterString(UniversalTagNumber.UTF8String, name);
        }
    }

    private static void Extension(List<byte> extensions, ushort type, byte[] body)
    {
        extensions.AddRange(Word(type));
        extensions.AddRange(Word(body.Length));
        extensions.AddRange(body);
    }

    private static byte[] Random(byte seed) => [.. Enumerable.Range(0, 32).Select(i => (byte)(seed + (i * 7)))];

    private static byte[] Word(int value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Triple(int value) => [(byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
