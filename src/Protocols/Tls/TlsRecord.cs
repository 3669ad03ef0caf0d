using System.Globalization;
using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Tls;

/// <summary>What an event record says about a TLS connection (user guide, "Event type: TLS").</summary>
internal static class TlsRecord
{
    public static bool Write(Utf8JsonWriter writer, TlsTransaction connection, Flow flow)
    {
        if (connection.Version == 0 && connection.States == TlsStates.None) return false;
        writer.WriteStartObject("tls"u8);
        Certificate(writer, connection, connection.Certificates(Direction.ToClient));
        if (connection.IsResumed) writer.WriteBoolean("session_resumed"u8, true);
        if (connection.ServerName.Length > 0) RecordText.Write(writer, "sni"u8, connection.Bytes(connection.ServerName));
        writer.WriteString("version"u8, TlsVersion.Name(connection.Version));
        Fingerprint(writer, "ja3"u8, connection, connection.Ja3Hash, connection.Ja3Text);
        Fingerprint(writer, "ja3s"u8, connection, connection.Ja3ServerHash, connection.Ja3ServerText);
        if (connection.Ja4.Length > 0) writer.WriteString("ja4"u8, connection.Bytes(connection.Ja4));
        Texts(writer, "client_alpns"u8, connection, connection.ClientProtocols);
        Texts(writer, "server_alpns"u8, connection, connection.ServerProtocols);
        if (flow.Application is AppSession { Original: { } original }) writer.WriteString("from_proto"u8, original.Name);
        ref TlsCertificates client = ref connection.Certificates(Direction.ToServer);
        if (client.Fingerprint.Length > 0)
        {
            writer.WriteStartObject("client"u8);
            Certificate(writer, connection, client);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        return true;
    }

    private static void Certificate(Utf8JsonWriter writer, TlsTransaction connection, in TlsCertificates certificate)
    {
        Text(writer, "subject"u8, connection, certificate.Subject);
        Text(writer, "issuerdn"u8, connection, certificate.Issuer);
        Text(writer, "serial"u8, connection, certificate.Serial);
        Text(writer, "fingerprint"u8, connection, certificate.Fingerprint);
        if (certificate.HasValidity)
        {
            Time(writer, "notbefore"u8, certificate.NotBefore);
            Time(writer, "notafter"u8, certificate.NotAfter);
        }

        Texts(writer, "subjectaltname"u8, connection, certificate.AlternativeNames);
    }

    private static void Text(Utf8JsonWriter writer, ReadOnlySpan<byte> name, TlsTransaction connection, TlsText text)
    {
        if (text.Length > 0) RecordText.Write(writer, name, connection.Bytes(text));
    }

    private static void Texts(Utf8JsonWriter writer, ReadOnlySpan<byte> name, TlsTransaction connection, TlsTexts texts)
    {
        if (texts.Count == 0) return;
        writer.WriteStartArray(name);
        for (int i = 0; i < texts.Count; i++) RecordText.WriteValue(writer, connection.Bytes(texts, i));
        writer.WriteEndArray();
    }

    private static void Fingerprint(Utf8JsonWriter writer, ReadOnlySpan<byte> name, TlsTransaction connection, TlsText hash, TlsText text)
    {
        if (hash.Length == 0) return;
        writer.WriteStartObject(name);
        writer.WriteString("hash"u8, connection.Bytes(hash));
        writer.WriteString("string"u8, connection.Bytes(text));
        writer.WriteEndObject();
    }

    private static void Time(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long seconds)
    {
        Span<byte> text = stackalloc byte[32];
        DateTime.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond).TryFormat(text, out int written, "s", CultureInfo.InvariantCulture);
        writer.WriteString(name, text[..written]);
    }
}
