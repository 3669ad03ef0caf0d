using Sensor.Protocols.Tls;

namespace Sensor.Protocols.Krb5;

/// <summary>Reads one message (RFC 4120 section 5.4, 5.5.1, 5.9.1). Goes inside to a fixed depth; nothing recurses.</summary>
internal static class Krb5Reader
{
    private const byte Context = 0xa0, Application = 0x60, Ticket = 0x61;

    /// <summary>The kind of a message by its first byte, 0 for none.</summary>
    public static int TypeOf(byte tag) => (tag & 0xe0) == Application && Krb5Type.IsKnown(tag & 0x1f) ? tag & 0x1f : 0;

    /// <summary>False when it cannot be read; what was read before stays.</summary>
    public static bool Read(ReadOnlySpan<byte> bytes, Krb5Transaction message)
    {
        var outer = new DerReader(bytes);
        if (outer.Read(out byte tag, out ReadOnlySpan<byte> content) != DerProblem.None) return false;
        message.MessageType = TypeOf(tag);
        if (message.MessageType == 0 || new DerReader(content).Read(DerTag.Sequence, out content) != DerProblem.None) return false;
        return message.MessageType switch
        {
            Krb5Type.AsRequest or Krb5Type.TgsRequest => ReadRequest(content, message),
            Krb5Type.AsReply or Krb5Type.TgsReply => ReadReply(content, message),
            Krb5Type.Error => ReadError(content, message),
            _ => true,
        };
    }

    /// <summary>KDC-REQ: the body is element 4.</summary>
    private static bool ReadRequest(ReadOnlySpan<byte> content, Krb5Transaction message)
    {
        var fields = new DerReader(content);
        while (fields.Read(out byte tag, out content) == DerProblem.None)
        {
            if (tag != Context + 4) continue;
            if (new DerReader(content).Read(DerTag.Sequence, out content) != DerProblem.None) return false;
            return ReadFields(content, message, realm: 2, clientName: 1, serviceName: 3);
        }

        return false;
    }

    private static bool ReadReply(ReadOnlySpan<byte> content, Krb5Transaction message)
    {
        if (!ReadFields(content, message, realm: 3, clientName: 4, serviceName: -1)) return false;
        var fields = new DerReader(content);
        while (fields.Read(out byte tag, out content) == DerProblem.None)
        {
            if (tag == Context + 6) message.Encryption = EncryptionOf(content);
            if (tag != Context + 5) continue;
            if (new DerReader(content).Read(Ticket, out content) != DerProblem.None || new DerReader(content).Read(DerTag.Sequence, out content) != DerProblem.None) return false;
            if (!ReadTicket(content, message)) return false;
        }

        if (message.Encryption is { } kind && Krb5Encryption.IsWeak(kind)) message.Events.Add((int)Krb5Event.WeakEncryption);
        return true;
    }

    private static bool ReadTicket(ReadOnlySpan<byte> content, Krb5Transaction message)
    {
        if (!ReadFields(content, message, realm: -1, clientName: -1, serviceName: 2)) return false;
        var fields = new DerReader(content);
        while (fields.Read(out byte tag, out content) == DerProblem.None)
        {
            if (tag == Context + 3) message.TicketEncryption = EncryptionOf(content);
        }

        return true;
    }

    private static bool ReadError(ReadOnlySpan<byte> content, Krb5Transaction message)
    {
        var fields = new DerReader(content);
        while (fields.Read(out byte tag, out ReadOnlySpan<byte> value) == DerProblem.None)
        {
            if (tag == Context + 6) message.ErrorCode = Number(value);
        }

        return ReadFields(content, message, realm: -1, clientName: -1, serviceName: 10) && message.ErrorCode is not null;
    }

    /// <summary>Reads names by the numbers of their elements; -1 for those that are not here.</summary>
    private static bool ReadFields(ReadOnlySpan<byte> content, Krb5Transaction message, int realm, int clientName, int serviceName)
    {
        var fields = new DerReader(content);
        while (!fields.IsEmpty)
        {
            if (fields.Read(out byte tag, out ReadOnlySpan<byte> value) != DerProblem.None) return false;
            int number = tag - Context;
            if (number == realm && new DerReader(value).Read(out _, out ReadOnlySpan<byte> text) == DerProblem.None) message.Realm = Text(text, message);
            else if (number == clientName) message.ClientName = Name(value, message);
            else if (number == serviceName) message.ServiceName = Name(value, message);
        }

        return true;
    }

    /// <summary>PrincipalName: its parts are element 1.</summary>
    private static Krb5Text Name(ReadOnlySpan<byte> value, Krb5Transaction message)
    {
        int start = message.TextLength;
        if (new DerReader(value).Read(DerTag.Sequence, out value) != DerProblem.None) return Krb5Text.Missing;
        var fields = new DerReader(value);
        while (fields.Read(out byte tag, out value) == DerProblem.None)
        {
            if (tag != Context + 1 || new DerReader(value).Read(DerTag.Sequence, out value) != DerProblem.None) continue;
            var parts = new DerReader(value);
            for (int count = 0; count < Krb5Limits.Parts && parts.Read(out _, out ReadOnlySpan<byte> part) == DerProblem.None; count++)
            {
                if (count > 0) message.Keep("/"u8);
                message.Keep(part);
            }
        }

        return new Krb5Text(start, message.TextLength - start);
    }

    private static Krb5Text Text(ReadOnlySpan<byte> text, Krb5Transaction message)
    {
        int start = message.TextLength;
        return message.Keep(text) ? new Krb5Text(start, text.Length) : Krb5Text.Missing;
    }

    /// <summary>EncryptedData: its kind is element 0.</summary>
    private static int? EncryptionOf(ReadOnlySpan<byte> value)
    {
        if (new DerReader(value).Read(DerTag.Sequence, out value) != DerProblem.None) return null;
        return new DerReader(value).Read(Context, out value) == DerProblem.None ? Number(value) : null;
    }

    private static int? Number(ReadOnlySpan<byte> value)
    {
        if (new DerReader(value).Read(DerTag.Integer, out value) != DerProblem.None || value.Length is 0 or > 4) return null;
        int number = (sbyte)value[0];
        foreach (byte one in value[1..]) number = (number << 8) | one;
        return number;
    }
}
