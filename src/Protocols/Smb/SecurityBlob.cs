using System.Buffers.Binary;
using System.Globalization;
using Sensor.Protocols.Tls;

namespace Sensor.Protocols.Smb;

/// <summary>Who logs on, from a security blob (RFC 4178): the last message of NTLMSSP (MS-NLMP section 2.2.1.3), or a Kerberos ticket (RFC 4120 section 5.5.1).</summary>
internal static class SecurityBlob
{
    private const int DomainField = 28, UserField = 36, HostField = 44, FlagsField = 60, VersionField = 64;
    private const uint NegotiateVersion = 0x02000000, Authenticate = 3;

    private static ReadOnlySpan<byte> Ntlmssp => "NTLMSSP\0"u8;

    /// <summary>The mechanism's id 1.2.840.113554.1.2.2, the token's kind, and the tag of an AP-REQ.</summary>
    private static ReadOnlySpan<byte> KerberosRequest => [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x01, 0x00, 0x6e];

    public static void Read(ReadOnlySpan<byte> blob, SmbTransaction setup)
    {
        int at = blob.IndexOf(Ntlmssp);
        if (at >= 0) ReadNtlmssp(blob[at..], setup);
        else if ((at = blob.IndexOf(KerberosRequest)) >= 0) ReadTicket(blob[(at + KerberosRequest.Length - 1)..], setup);
    }

    private static void ReadNtlmssp(ReadOnlySpan<byte> message, SmbTransaction setup)
    {
        if (message.Length < 12 || BinaryPrimitives.ReadUInt32LittleEndian(message[8..]) != Authenticate) return;
        if (message.Length < VersionField)
        {
            setup.Raise(SmbEvent.MalformedNtlmsspRequest);
            return;
        }

        setup.HasNtlmssp = true;
        setup.Domain = Field(message, DomainField, setup, out uint domain);
        setup.User = Field(message, UserField, setup, out uint user);
        setup.Host = Field(message, HostField, setup, out uint host);
        if (domain > user || user > host)
        {
            setup.HasNtlmsspWarning = true;
            setup.Raise(SmbEvent.UnusualNtlmsspOrder);
        }

        if ((BinaryPrimitives.ReadUInt32LittleEndian(message[FlagsField..]) & NegotiateVersion) != 0 && message.Length >= VersionField + 8) setup.SystemVersion = Version(message[VersionField..], setup);
    }

    private static SmbText Field(ReadOnlySpan<byte> message, int at, SmbTransaction setup, out uint offset)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(message[at..]);
        offset = BinaryPrimitives.ReadUInt32LittleEndian(message[(at + 4)..]);
        if (offset <= message.Length && length <= message.Length - offset) return setup.KeepWide(message.Slice((int)offset, length));
        setup.Raise(SmbEvent.MalformedNtlmsspRequest);
        return default;
    }

    private static SmbText Version(ReadOnlySpan<byte> bytes, SmbTransaction setup)
    {
        Span<byte> text = stackalloc byte[48];
        System.Text.Unicode.Utf8.TryWrite(text, CultureInfo.InvariantCulture, $"{bytes[0]}.{bytes[1]} build {BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..])} rev {bytes[7]}", out int written);
        return setup.Keep(text[..written]);
    }

    private static void ReadTicket(ReadOnlySpan<byte> request, SmbTransaction setup)
    {
        var outer = new DerReader(request);
        if (outer.Read(0x6e, out ReadOnlySpan<byte> content) != DerProblem.None) return;
        outer = new DerReader(content);
        if (outer.Read(DerTag.Sequence, out content) != DerProblem.None) return;
        var fields = new DerReader(content);
        while (fields.Read(out byte tag, out content) == DerProblem.None)
        {
            if (tag != 0xa3) continue;
            var ticket = new DerReader(content);
            if (ticket.Read(0x61, out content) != DerProblem.None) return;
            ticket = new DerReader(content);
            if (ticket.Read(DerTag.Sequence, out content) != DerProblem.None) return;
            ReadNames(content, setup);
            return;
        }
    }

    private static void ReadNames(ReadOnlySpan<byte> ticket, SmbTransaction setup)
    {
        var fields = new DerReader(ticket);
        while (fields.Read(out byte tag, out ReadOnlySpan<byte> content) == DerProblem.None)
        {
            var inner = new DerReader(content);
            if (tag == 0xa1 && inner.Read(out _, out ReadOnlySpan<byte> realm) == DerProblem.None)
            {
                setup.HasKerberos = true;
                setup.KerberosRealm = setup.Keep(realm);
            }
            else if (tag == 0xa2 && inner.Read(DerTag.Sequence, out ReadOnlySpan<byte> name) == DerProblem.None)
            {
                ReadService(name, setup);
            }
        }
    }

    private static void ReadService(ReadOnlySpan<byte> name, SmbTransaction setup)
    {
        var fields = new DerReader(name);
        while (fields.Read(out byte tag, out ReadOnlySpan<byte> content) == DerProblem.None)
        {
            var inner = new DerReader(content);
            if (tag != 0xa1 || inner.Read(DerTag.Sequence, out content) != DerProblem.None) continue;
            var parts = new DerReader(content);
            int start = -1, length = 0;
            while (parts.Read(out _, out ReadOnlySpan<byte> part) == DerProblem.None)
            {
                SmbText kept = setup.Keep(part), end = setup.Keep("\0"u8);
                if (start < 0) start = kept.Start;
                length = end.Start + end.Length - start;
            }

            if (start >= 0 && length > 0) setup.KerberosNames = new SmbText(start, length);
        }
    }
}
