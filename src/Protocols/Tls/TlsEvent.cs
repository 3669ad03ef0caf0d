namespace Sensor.Protocols.Tls;

/// <summary>What can be wrong with a TLS conversation; rules name them <c>app-layer-event:tls.…</c> with the words of <see cref="TlsEvents.Names"/>.</summary>
public enum TlsEvent : byte
{
    InvalidSslv2Header,
    /// <summary>The conversation does not begin with a record.</summary>
    InvalidTlsHeader,
    InvalidRecordVersion,
    InvalidRecordType,
    /// <summary>Longer than RFC 8446 section 5.2 allows.</summary>
    InvalidRecordLength,
    /// <summary>A handshake message of unknown type, or from the wrong side.</summary>
    InvalidHandshakeMessage,
    /// <summary>A length inside a hello does not fit into it.</summary>
    HandshakeInvalidLength,
    InvalidAlertMessage,
    ErrorMessageEncountered,
    InvalidSslRecord,
    HeartbeatMessage,
    InvalidHeartbeatMessage,
    /// <summary>A heartbeat asks for more bytes than it carries (CVE-2014-0160, "Heartbleed").</summary>
    OverflowHeartbeatMessage,
    /// <summary>The answer to a heartbeat is longer than the question: memory leaked.</summary>
    DataleakHeartbeatMismatch,
    MultipleSniExtensions,
    InvalidSniType,
    InvalidSniLength,
    /// <summary>Empty records one after another keep a reader busy without saying anything.</summary>
    TooManyRecordsInPacket,
    InvalidCertificate,
    CertificateMissingElement,
    CertificateUnknownElement,
    CertificateInvalidLength,
    CertificateInvalidString,
    CertificateInvalidDate,
    CertificateInvalidExtensions,
    CertificateInvalidDer,
    CertificateInvalidSubject,
    CertificateInvalidIssuer,
    CertificateInvalidValidity,
    CertificateInvalidVersion,
    CertificateInvalidSerial,
    /// <summary>A handshake says more than <see cref="TlsLimits"/> keeps; the rest is not looked at.</summary>
    HandshakeLimitReached,
}

public static class TlsEvents
{
    /// <summary>Names in rules, at the index of the event's number.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "invalid_sslv2_header",
        "invalid_tls_header",
        "invalid_record_version",
        "invalid_record_type",
        "invalid_record_length",
        "invalid_handshake_message",
        "handshake_invalid_length",
        "invalid_alert_message",
        "error_message_encountered",
        "invalid_ssl_record",
        "heartbeat_message",
        "invalid_heartbeat_message",
        "overflow_heartbeat_message",
        "dataleak_heartbeat_mismatch",
        "multiple_sni_extensions",
        "invalid_sni_type",
        "invalid_sni_length",
        "too_many_records_in_packet",
        "invalid_certificate",
        "certificate_missing_element",
        "certificate_unknown_element",
        "certificate_invalid_length",
        "certificate_invalid_string",
        "certificate_invalid_date",
        "certificate_invalid_extensions",
        "certificate_invalid_der",
        "certificate_invalid_subject",
        "certificate_invalid_issuer",
        "certificate_invalid_validity",
        "certificate_invalid_version",
        "certificate_invalid_serial",
        "handshake_limit_reached",
    ];
}

/// <summary>How much of one handshake is kept.</summary>
public static class TlsLimits
{
    /// <summary>Bytes of one handshake message, certificate chains included. Browsers stop near the same size; longer ones are passed over, with an event.</summary>
    public const int Message = 64 * 1024;

    /// <summary>Bytes of names, fingerprints and certificates kept of one connection.</summary>
    public const int Text = 192 * 1024;

    /// <summary>Application protocols, alternative names and certificates kept of one connection.</summary>
    public const int Items = 4096;

    /// <summary>Bytes of one distinguished name as text.</summary>
    public const int DistinguishedName = 8 * 1024;

    /// <summary>Bytes of one record: 2^14, and what encryption of old versions may add (RFC 5246 section 6.2.3).</summary>
    public const int Record = (16 * 1024) + 2048;

    /// <summary>Empty records in a row.</summary>
    public const int EmptyRecords = 32;
}
