using System.Globalization;
using System.Text.Json;

namespace Sensor.Protocols.Krb5;

/// <summary>What an event record says about a message (user guide, "Event type: KRB5").</summary>
internal static class Krb5Record
{
    public static bool Write(Utf8JsonWriter writer, Krb5Transaction message)
    {
        if (message.MessageType == 0) return false;
        writer.WriteStartObject("krb5"u8);
        writer.WriteString("msg_type"u8, Krb5Type.Name(message.MessageType));
        if (message.MessageType == Krb5Type.Error)
        {
            if (message.FailedRequest != 0) writer.WriteString("failed_request"u8, Krb5Type.Name(message.FailedRequest));
            else writer.WriteString("failed_request"u8, "UNKNOWN"u8);
            if (message.ErrorCode is { } code) Named(writer, "error_code"u8, Krb5Errors.Name(code), code);
        }

        Text(writer, "cname"u8, message, message.ClientName);
        Text(writer, "realm"u8, message, message.Realm);
        Text(writer, "sname"u8, message, message.ServiceName);
        if (message.Encryption is { } encryption) Named(writer, "encryption"u8, Krb5Encryption.Name(encryption), encryption);
        else writer.WriteString("encryption"u8, "<none>"u8);
        writer.WriteBoolean("weak_encryption"u8, message.Encryption is { } kind && Krb5Encryption.IsWeak(kind));
        if (message.TicketEncryption is { } ticket)
        {
            Named(writer, "ticket_encryption"u8, Krb5Encryption.Name(ticket), ticket);
            writer.WriteBoolean("ticket_weak_encryption"u8, Krb5Encryption.IsWeak(ticket));
        }

        writer.WriteEndObject();
        return true;
    }

    private static void Text(Utf8JsonWriter writer, ReadOnlySpan<byte> name, Krb5Transaction message, Krb5Text text)
    {
        if (text.Length < 0) writer.WriteString(name, "<empty>"u8);
        else RecordText.Write(writer, name, message.Bytes(text));
    }

    private static void Named(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? known, int number)
    {
        if (known is not null)
        {
            writer.WriteString(name, known);
            return;
        }

        Span<byte> text = stackalloc byte[16];
        number.TryFormat(text, out int written, default, CultureInfo.InvariantCulture);
        writer.WriteString(name, text[..written]);
    }
}
