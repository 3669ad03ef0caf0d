using System.Text.Json;
using Sensor.Primitives;
using Sensor.Protocols.Mime;

namespace Sensor.Protocols.Smtp;

/// <summary>The <c>smtp</c> and <c>email</c> objects of event records (user guide, "EVE JSON format", event type SMTP, extended).</summary>
internal static class SmtpRecord
{
    public static bool Write(Utf8JsonWriter writer, SmtpTransaction mail)
    {
        writer.WriteStartObject("smtp"u8);
        Text(writer, "helo"u8, mail.Addresses[mail.Hello]);
        Text(writer, "mail_from"u8, mail.Addresses[mail.Sender]);
        Texts(writer, "rcpt_to"u8, mail.Recipients);
        writer.WriteEndObject();
        if (mail.Email.Status != MimeStatus.None) Email(writer, mail.Email);
        return true;
    }

    private static void Email(Utf8JsonWriter writer, EmailFields email)
    {
        writer.WriteStartObject("email"u8);
        writer.WriteString("status"u8, email.Status switch { MimeStatus.Header => "HEADER_STARTED"u8, MimeStatus.Body => "BODY_STARTED"u8, _ => "PARSE_DONE"u8 });
        Text(writer, "from"u8, email.Text[email.From]);
        Addresses(writer, "to"u8, email.Text[email.To]);
        Addresses(writer, "cc"u8, email.Text[email.Cc]);
        Text(writer, "date"u8, email.Text[email.Date]);
        Text(writer, "subject"u8, email.Text[email.Subject]);
        Text(writer, "message_id"u8, email.Text[email.MessageId]);
        Text(writer, "x_mailer"u8, email.Text[email.XMailer]);
        Texts(writer, "received"u8, email.Received);
        Texts(writer, "attachment"u8, email.Attachments);
        NewestFirst(writer, "url"u8, email.Urls);
        if (email.HasExecutableUrl) writer.WriteBoolean("has_exe_url"u8, true);
        if (email.HasIpv4Url) writer.WriteBoolean("has_ipv4_url"u8, true);
        if (email.HasIpv6Url) writer.WriteBoolean("has_ipv6_url"u8, true);
        Text(writer, "body_md5"u8, email.Text[email.BodyMd5]);
        writer.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty) RecordText.Write(writer, name, value);
    }

    private static void Texts(Utf8JsonWriter writer, ReadOnlySpan<byte> name, TextList all)
    {
        if (all.Count == 0) return;
        writer.WriteStartArray(name);
        for (int i = 0; i < all.Count; i++) RecordText.WriteValue(writer, all[i]);
        writer.WriteEndArray();
    }

    /// <summary>Links stand in the reference engine's records from the last to the first.</summary>
    private static void NewestFirst(Utf8JsonWriter writer, ReadOnlySpan<byte> name, TextList all)
    {
        if (all.Count == 0) return;
        writer.WriteStartArray(name);
        for (int i = all.Count - 1; i >= 0; i--) RecordText.WriteValue(writer, all[i]);
        writer.WriteEndArray();
    }

    /// <summary>Addresses are divided by commas that are not inside quotes.</summary>
    private static void Addresses(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return;
        writer.WriteStartArray(name);
        int start = 0;
        bool quoted = false;
        for (int at = 0; at <= value.Length; at++)
        {
            if (at < value.Length && value[at] == '"') quoted = !quoted;
            if (at < value.Length && (value[at] != ',' || quoted)) continue;
            ReadOnlySpan<byte> one = value[start..at].Trim(" \t\r\n"u8);
            if (!one.IsEmpty) RecordText.WriteValue(writer, one);
            start = at + 1;
        }

        writer.WriteEndArray();
    }
}
