using Sensor.Primitives;

namespace Sensor.Protocols.Tls;

/// <summary>Content types of records (RFC 8446 section 5.1, RFC 6520).</summary>
internal static class RecordType
{
    public const byte ChangeCipherSpec = 20, Alert = 21, Handshake = 22, ApplicationData = 23, Heartbeat = 24;

    public static bool IsKnown(byte type) => type is >= ChangeCipherSpec and <= Heartbeat;
}

/// <summary>Types of handshake messages (IANA, "TLS HandshakeType").</summary>
internal static class HandshakeType
{
    public const byte ClientHello = 1, ServerHello = 2, Certificate = 11, ServerKeyExchange = 12, ServerHelloDone = 14, ClientKeyExchange = 16;

    public static bool IsKnown(byte type) => type is <= 6 or 8 or (>= Certificate and <= 17) or (>= 20 and <= 25) or 67 or 254;

    /// <summary>Messages that only one side sends; they show who is the client of a conversation picked up in the middle.</summary>
    public static bool MayCome(byte type, Direction direction) => type switch
    {
        ClientHello or ClientKeyExchange => direction == Direction.ToServer,
        ServerHello or ServerKeyExchange or ServerHelloDone => direction == Direction.ToClient,
        _ => true,
    };
}

/// <summary>Extensions that are looked into (IANA, "TLS ExtensionType Values").</summary>
internal static class ExtensionType
{
    public const ushort ServerName = 0, SupportedGroups = 10, PointFormats = 11, SignatureAlgorithms = 13, ApplicationProtocols = 16,
        SessionTicket = 35, PreSharedKey = 41, SupportedVersions = 43, EncryptedClientHello = 0xfe0d;
}

/// <summary>Versions and the words for them.</summary>
public static class TlsVersion
{
    public const int Ssl2 = 0x0002, Ssl3 = 0x0300, Tls10 = 0x0301, Tls11 = 0x0302, Tls12 = 0x0303, Tls13 = 0x0304;

    /// <summary>Drafts of TLS 1.3 before 16, which do not say which one they are.</summary>
    public const int EarlyDraft13 = 0x7f00;

    /// <summary>Drafts of TLS 1.3 are 0x7f00 + number.</summary>
    public static bool IsDraft13(int version) => (version & 0xff00) == 0x7f00;

    public static bool Is13(int version) => version == Tls13 || IsDraft13(version);

    /// <summary>The word an event record and the <c>tls.version</c> keyword use.</summary>
    public static string Name(int version) => version switch
    {
        Ssl2 => "SSLv2",
        Ssl3 => "SSLv3",
        Tls10 => "TLSv1",
        Tls11 => "TLS 1.1",
        Tls12 => "TLS 1.2",
        Tls13 => "TLS 1.3",
        _ when IsDraft13(version) => DraftName(version & 0xff),
        _ => "UNDETERMINED",
    };

    private static readonly string[] s_drafts = [.. Enumerable.Range(0, 29).Select(number => number < 16 ? "TLS 1.3 draft-<16" : $"TLS 1.3 draft-{number}")];

    private static string DraftName(int number) => number < s_drafts.Length ? s_drafts[number] : "TLS 1.3 draft";

    /// <summary>Values that clients invent so that servers stay tolerant (RFC 8701); they say nothing about the client.</summary>
    public static bool IsGrease(int value) => (value & 0x0f0f) == 0x0a0a && (value >> 8) == (value & 0xff);
}
