using System.Security.Cryptography;
using Sensor.Primitives;

namespace Sensor.Protocols.Tls;

/// <summary>Reads a certificate chain, and of its first certificate (RFC 5280 section 4.1) what rules and records ask for.</summary>
internal static class CertificateReader
{
    private static ReadOnlySpan<byte> AlternativeNameIdentifier => [0x55, 0x1d, 0x11];

    private static class Name { public const byte Email = 0x81, Dns = 0x82, Uri = 0x86, Address = 0x87; }

    /// <summary>Reads a Certificate message of TLS up to 1.2 (RFC 5246 section 7.4.2). An empty list (a client without a certificate) is fine.</summary>
    public static void ReadChain(ReadOnlySpan<byte> message, TlsTransaction connection, ref TlsCertificates certificates)
    {
        certificates = default;
        var cursor = new ByteCursor(message);
        if (!cursor.TryReadUInt24(out int total) || !cursor.TryReadBytes(total, out ReadOnlySpan<byte> list))
        {
            connection.Raise(TlsEvent.InvalidCertificate);
            return;
        }

        var chain = new ByteCursor(list);
        ReadOnlySpan<byte> leaf = default;
        while (chain.Remaining > 0)
        {
            if (!chain.TryReadUInt24(out int length) || !chain.TryReadBytes(length, out ReadOnlySpan<byte> certificate))
            {
                connection.Raise(TlsEvent.InvalidCertificate);
                break;
            }

            if (leaf.IsEmpty) leaf = certificate;
            if (!connection.TryAdd(ref certificates.Chain, certificate)) break;
        }

        if (leaf.IsEmpty) return;
        certificates.Fingerprint = Fingerprint(leaf, connection);
        if (Read(leaf, connection, ref certificates) is { } problem) connection.Raise(problem);
    }

    private static TlsText Fingerprint(ReadOnlySpan<byte> certificate, TlsTransaction connection)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(certificate, hash);
        return Hex(hash, connection, "0123456789abcdef"u8);
    }

    private static TlsText Hex(ReadOnlySpan<byte> bytes, TlsTransaction connection, ReadOnlySpan<byte> digits)
    {
        if (bytes.IsEmpty) return default;
        int length = (3 * bytes.Length) - 1;
        if (!connection.TryBegin(length, out Span<byte> room)) return default;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (i > 0) room[(3 * i) - 1] = (byte)':';
            room[3 * i] = digits[bytes[i] >> 4];
            room[(3 * i) + 1] = digits[bytes[i] & 15];
        }

        return connection.Finish(length, length);
    }

    private static TlsEvent? Read(ReadOnlySpan<byte> certificate, TlsTransaction connection, ref TlsCertificates into)
    {
        var outer = new DerReader(certificate);
        if (outer.Read(DerTag.Sequence, out ReadOnlySpan<byte> parts) is not DerProblem.None and var notACertificate) return EventOf(notACertificate);
        var inner = new DerReader(parts);
        if (inner.Read(DerTag.Sequence, out ReadOnlySpan<byte> signed) is not DerProblem.None and var nothingSigned) return EventOf(nothingSigned);

        const byte version = 0xa0, extensions = 0xa3;
        var fields = new DerReader(signed);
        if (fields.NextTag == version && fields.Read(out _, out _) is not DerProblem.None) return TlsEvent.CertificateInvalidVersion;
        if (fields.Read(DerTag.Integer, out ReadOnlySpan<byte> serial) is not DerProblem.None) return TlsEvent.CertificateInvalidSerial;
        into.Serial = Hex(serial, connection, "0123456789ABCDEF"u8);
        if (fields.Read(DerTag.Sequence, out _) is not DerProblem.None and var noAlgorithm) return EventOf(noAlgorithm);
        if (ReadName(ref fields, connection, out into.Issuer) is not DerProblem.None) return TlsEvent.CertificateInvalidIssuer;
        if (ReadValidity(ref fields, ref into) is { } badTime) return badTime;
        if (ReadName(ref fields, connection, out into.Subject) is not DerProblem.None) return TlsEvent.CertificateInvalidSubject;
        if (fields.Read(DerTag.Sequence, out _) is not DerProblem.None and var noKey) return EventOf(noKey);
        while (!fields.IsEmpty)
        {
            if (fields.Read(out byte tag, out ReadOnlySpan<byte> content) is not DerProblem.None and var broken) return EventOf(broken);
            if (tag == extensions && !ReadExtensions(content, connection, ref into)) return TlsEvent.CertificateInvalidExtensions;
        }

        return null;
    }

    private static TlsEvent EventOf(DerProblem problem) => problem switch
    {
        DerProblem.Length => TlsEvent.CertificateInvalidLength,
        DerProblem.Missing => TlsEvent.CertificateMissingElement,
        DerProblem.Unexpected => TlsEvent.CertificateUnknownElement,
        _ => TlsEvent.InvalidCertificate,
    };

    private static DerProblem ReadName(ref DerReader fields, TlsTransaction connection, out TlsText text)
    {
        text = default;
        if (fields.Read(DerTag.Sequence, out ReadOnlySpan<byte> name) is not DerProblem.None and var problem) return problem;

        // Type names and separators make the text longer than its DER by no more than this factor.
        int most = Math.Min(TlsLimits.DistinguishedName, (4 * name.Length) + 64);
        if (!connection.TryBegin(most, out Span<byte> room)) return DerProblem.None;
        bool oddString = false;
        problem = DistinguishedName.Write(name, room, out int length, ref oddString);
        text = connection.Finish(most, length);
        if (oddString) connection.Raise(TlsEvent.CertificateInvalidString);
        return problem;
    }

    private static TlsEvent? ReadValidity(ref DerReader fields, ref TlsCertificates into)
    {
        if (fields.Read(DerTag.Sequence, out ReadOnlySpan<byte> validity) is not DerProblem.None) return TlsEvent.CertificateInvalidValidity;
        var times = new DerReader(validity);
        if (times.Read(out byte beforeTag, out ReadOnlySpan<byte> before) is not DerProblem.None) return TlsEvent.CertificateInvalidValidity;
        if (times.Read(out byte afterTag, out ReadOnlySpan<byte> after) is not DerProblem.None) return TlsEvent.CertificateInvalidValidity;
        if (!CertificateTime.TryRead(beforeTag, before, out into.NotBefore) || !CertificateTime.TryRead(afterTag, after, out into.NotAfter)) return TlsEvent.CertificateInvalidDate;
        into.HasValidity = true;
        return null;
    }

    private static bool ReadExtensions(ReadOnlySpan<byte> content, TlsTransaction connection, ref TlsCertificates into)
    {
        var wrapper = new DerReader(content);
        if (wrapper.Read(DerTag.Sequence, out ReadOnlySpan<byte> list) is not DerProblem.None) return false;
        var extensions = new DerReader(list);
        while (!extensions.IsEmpty)
        {
            if (extensions.Read(DerTag.Sequence, out ReadOnlySpan<byte> extension) is not DerProblem.None) return false;
            var parts = new DerReader(extension);
            if (parts.Read(DerTag.ObjectIdentifier, out ReadOnlySpan<byte> identifier) is not DerProblem.None) return false;
            if (parts.NextTag == DerTag.Boolean && parts.Read(out _, out _) is not DerProblem.None) return false;
            if (parts.Read(DerTag.OctetString, out ReadOnlySpan<byte> value) is not DerProblem.None) return false;
            if (identifier.SequenceEqual(AlternativeNameIdentifier) && !ReadAlternativeNames(value, connection, ref into)) return false;
        }

        return true;
    }

    private static bool ReadAlternativeNames(ReadOnlySpan<byte> value, TlsTransaction connection, ref TlsCertificates into)
    {
        if (into.AlternativeNames.Count > 0) return true;
        var wrapper = new DerReader(value);
        if (wrapper.Read(DerTag.Sequence, out ReadOnlySpan<byte> list) is not DerProblem.None) return false;
        var names = new DerReader(list);
        Span<byte> address = stackalloc byte[39];
        while (!names.IsEmpty)
        {
            if (names.Read(out byte tag, out ReadOnlySpan<byte> name) is not DerProblem.None) return false;
            if (tag == Name.Address)
            {
                int written = 0;
                if (name.Length == 4) IpAddress.ReadIpv4(name).TryFormat(address, out written);
                else if (name.Length == 16) IpAddress.ReadIpv6(name).TryFormat(address, out written);
                if (written > 0 && !connection.TryAdd(ref into.AlternativeNames, address[..written])) return true;
            }
            else if (tag is Name.Dns or Name.Email or Name.Uri && !connection.TryAdd(ref into.AlternativeNames, name))
            {
                return true;
            }
        }

        return true;
    }
}
