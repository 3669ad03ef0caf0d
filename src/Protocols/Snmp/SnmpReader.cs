using Sensor.Protocols.Tls;

namespace Sensor.Protocols.Snmp;

/// <summary>Reads one message (RFC 1157 section 4, RFC 3416, RFC 3412 section 6). Goes inside to a fixed depth; nothing recurses.</summary>
internal static class SnmpReader
{
    private const byte Pdu = 0xa0, IpAddress = 0x40;
    private const int UserSecurityModel = 3, PrivacyFlag = 2, OidText = 512;

    /// <summary>The version of a message, 0 when it does not begin like one.</summary>
    public static int VersionOf(ReadOnlySpan<byte> bytes)
    {
        if (new DerReader(bytes).Read(DerTag.Sequence, out ReadOnlySpan<byte> content) != DerProblem.None) return 0;
        var fields = new DerReader(content);
        if (fields.Read(DerTag.Integer, out ReadOnlySpan<byte> version) != DerProblem.None || version.Length != 1) return 0;
        return (version[0], fields.NextTag) switch { (0, DerTag.OctetString) => 1, (1, DerTag.OctetString) => 2, (3, DerTag.Sequence) => 3, _ => 0 };
    }

    /// <summary>False when it cannot be read; what was read before stays.</summary>
    public static bool Read(ReadOnlySpan<byte> bytes, SnmpTransaction message)
    {
        message.Version = VersionOf(bytes);
        if (message.Version == 0 || new DerReader(bytes).Read(DerTag.Sequence, out ReadOnlySpan<byte> content) != DerProblem.None) return false;
        var fields = new DerReader(content);
        fields.Read(out _, out _);
        if (message.Version == 3) return ReadSecure(ref fields, message);
        if (fields.Read(DerTag.OctetString, out ReadOnlySpan<byte> community) != DerProblem.None) return false;
        message.Community = message.Keep(community);
        return ReadPdu(ref fields, message);
    }

    private static bool ReadSecure(ref DerReader fields, SnmpTransaction message)
    {
        if (fields.Read(DerTag.Sequence, out ReadOnlySpan<byte> global) != DerProblem.None) return false;
        var header = new DerReader(global);
        if (header.Read(DerTag.Integer, out _) != DerProblem.None || header.Read(DerTag.Integer, out _) != DerProblem.None) return false;
        if (header.Read(DerTag.OctetString, out ReadOnlySpan<byte> flags) != DerProblem.None || flags.Length != 1) return false;
        if (header.Read(DerTag.Integer, out ReadOnlySpan<byte> model) != DerProblem.None || model.Length != 1) return false;
        if (fields.Read(DerTag.OctetString, out ReadOnlySpan<byte> security) != DerProblem.None) return false;
        if (model[0] != UserSecurityModel) message.Events.Add((int)SnmpEvent.UnknownSecurityModel);
        else if (!ReadUser(security, message)) return false;
        if ((flags[0] & PrivacyFlag) != 0 || fields.NextTag == DerTag.OctetString)
        {
            message.PduType = SnmpPdu.Encrypted;
            return true;
        }

        if (fields.Read(DerTag.Sequence, out ReadOnlySpan<byte> scoped) != DerProblem.None) return false;
        var inside = new DerReader(scoped);
        if (inside.Read(DerTag.OctetString, out _) != DerProblem.None || inside.Read(DerTag.OctetString, out _) != DerProblem.None) return false;
        return ReadPdu(ref inside, message);
    }

    /// <summary>Engine's id, boots and time, then the user (RFC 3414 section 2.4).</summary>
    private static bool ReadUser(ReadOnlySpan<byte> security, SnmpTransaction message)
    {
        if (new DerReader(security).Read(DerTag.Sequence, out ReadOnlySpan<byte> content) != DerProblem.None) return false;
        var fields = new DerReader(content);
        if (fields.Read(DerTag.OctetString, out _) != DerProblem.None || fields.Read(DerTag.Integer, out _) != DerProblem.None || fields.Read(DerTag.Integer, out _) != DerProblem.None) return false;
        if (fields.Read(DerTag.OctetString, out ReadOnlySpan<byte> user) != DerProblem.None) return false;
        message.User = message.Keep(user);
        return true;
    }

    private static bool ReadPdu(ref DerReader fields, SnmpTransaction message)
    {
        if (fields.Read(out byte tag, out ReadOnlySpan<byte> content) != DerProblem.None || SnmpPdu.Name(tag - Pdu) is null || tag < Pdu) return false;
        message.PduType = tag - Pdu;
        var inside = new DerReader(content);
        return message.PduType == SnmpPdu.TrapV1 ? ReadTrap(ref inside, message)
            : inside.Read(DerTag.Integer, out _) == DerProblem.None && inside.Read(DerTag.Integer, out _) == DerProblem.None && inside.Read(DerTag.Integer, out _) == DerProblem.None
                && ReadVariables(ref inside, message);
    }

    private static bool ReadTrap(ref DerReader inside, SnmpTransaction message)
    {
        if (inside.Read(DerTag.ObjectIdentifier, out ReadOnlySpan<byte> enterprise) != DerProblem.None) return false;
        message.TrapName = Oid(enterprise, message);
        if (inside.Read(IpAddress, out ReadOnlySpan<byte> address) != DerProblem.None) return false;
        if (address.Length == 4)
        {
            Span<byte> text = stackalloc byte[15];
            System.Text.Unicode.Utf8.TryWrite(text, $"{address[0]}.{address[1]}.{address[2]}.{address[3]}", out int written);
            message.TrapAddress = message.Keep(text[..written]);
        }

        if (inside.Read(DerTag.Integer, out ReadOnlySpan<byte> kind) != DerProblem.None || kind.Length != 1) return false;
        message.TrapType = kind[0];
        return inside.Read(DerTag.Integer, out _) == DerProblem.None && inside.Read(out _, out _) == DerProblem.None && ReadVariables(ref inside, message);
    }

    private static bool ReadVariables(ref DerReader inside, SnmpTransaction message)
    {
        if (inside.Read(DerTag.Sequence, out ReadOnlySpan<byte> content) != DerProblem.None) return false;
        var list = new DerReader(content);
        int start = message.TextLength;
        for (int count = 0; count < SnmpLimits.Variables && !list.IsEmpty; count++)
        {
            if (list.Read(DerTag.Sequence, out ReadOnlySpan<byte> variable) != DerProblem.None) return false;
            if (new DerReader(variable).Read(DerTag.ObjectIdentifier, out ReadOnlySpan<byte> name) != DerProblem.None) return false;
            if (Oid(name, message).Length < 0 || !message.TryKeep("\0"u8)) break;
        }

        message.Variables = new SnmpText(start, message.TextLength - start);
        return true;
    }

    /// <summary>Numbers with dots between (X.690 section 8.19); cut where the text would be longer than any that is in use.</summary>
    private static SnmpText Oid(ReadOnlySpan<byte> bytes, SnmpTransaction message)
    {
        Span<byte> text = stackalloc byte[OidText];
        int length = 0;
        ulong number = 0;
        bool isFirst = true;
        foreach (byte one in bytes)
        {
            number = (number << 7) | (uint)(one & 0x7f);
            if ((one & 0x80) != 0) continue;
            if (length > OidText - 48) break;
            if (isFirst)
            {
                ulong root = Math.Min(number / 40, 2);
                text[length++] = (byte)('0' + root);
                number -= 40 * root;
                isFirst = false;
            }

            text[length++] = (byte)'.';
            number.TryFormat(text[length..], out int written, default, System.Globalization.CultureInfo.InvariantCulture);
            length += written;
            number = 0;
        }

        return message.Keep(text[..length]);
    }
}
