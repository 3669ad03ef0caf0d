using System.Text.Json;
using Sensor.Primitives;
using Sensor.Protocols.Tls;

namespace Sensor.Protocols.Quic;

/// <summary>What an event record says about a hello (user guide, "Event type: QUIC").</summary>
internal static class QuicRecord
{
    private const int RandomLength = 32;
    private const byte ClientHello = 1;

    public static bool Write(Utf8JsonWriter writer, QuicTransaction one)
    {
        writer.WriteStartObject("quic"u8);
        Version(writer, (uint)one.NumberOf((int)QuicField.Version));
        if (!one.ServerName.IsEmpty) RecordText.Write(writer, "sni"u8, one.ServerName);
        if (one.Has((int)QuicField.UserAgent)) RecordText.Write(writer, "ua"u8, one.TextOf((int)QuicField.UserAgent));
        if (one.Has((int)QuicField.CyuText))
        {
            writer.WriteStartArray("cyu"u8);
            Fingerprint(writer, one.TextOf((int)QuicField.CyuHash), one.TextOf((int)QuicField.CyuText));
            writer.WriteEndArray();
        }

        TlsTransaction hello = one.Hello;
        Ja3(writer, "ja3"u8, hello, hello.Ja3Hash, hello.Ja3Text);
        Ja3(writer, "ja3s"u8, hello, hello.Ja3ServerHash, hello.Ja3ServerText);
        if (hello.Ja4.Length > 0) writer.WriteString("ja4"u8, hello.Bytes(hello.Ja4));
        if (one.TryFind((int)QuicField.Hello, 0, out Fields.Field body)) Extensions(writer, one.Text(body), body.Number == ClientHello);
        writer.WriteEndObject();
        return true;
    }

    private static void Version(Utf8JsonWriter writer, uint version)
    {
        Span<byte> text = stackalloc byte[8];
        int length;
        if (QuicVersion.IsGoogle(version))
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(text, version);
            length = 4;
        }
        else
        {
            System.Buffers.Text.Utf8Formatter.TryFormat(version, text, out length, new System.Buffers.StandardFormat('x'));
        }

        writer.WriteString("version"u8, text[..length]);
    }

    private static void Ja3(Utf8JsonWriter writer, ReadOnlySpan<byte> name, TlsTransaction hello, TlsText hash, TlsText text)
    {
        if (hash.Length == 0) return;
        writer.WritePropertyName(name);
        Fingerprint(writer, hello.Bytes(hash), hello.Bytes(text));
    }

    private static void Fingerprint(Utf8JsonWriter writer, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> text)
    {
        writer.WriteStartObject();
        writer.WriteString("hash"u8, hash);
        RecordText.Write(writer, "string"u8, text);
        writer.WriteEndObject();
    }

    /// <summary>Every extension with its number, its name where it has one, and the values of those that name something.</summary>
    private static void Extensions(Utf8JsonWriter writer, ReadOnlySpan<byte> hello, bool fromClient)
    {
        var cursor = new ByteCursor(hello);
        if (!cursor.TrySkip(2 + RandomLength) || !cursor.TryReadVector8(out _)) return;
        if (fromClient ? !cursor.TryReadVector16(out _) || !cursor.TryReadVector8(out _) : !cursor.TrySkip(3)) return;
        if (!cursor.TryReadVector16(out ReadOnlySpan<byte> list) || list.IsEmpty) return;
        writer.WriteStartArray("extensions"u8);
        var extensions = new ByteCursor(list);
        while (extensions.TryReadUInt16(out ushort type) && extensions.TryReadVector16(out ReadOnlySpan<byte> data))
        {
            writer.WriteStartObject();
            ReadOnlySpan<byte> name = TlsExtensionNames.Of(type);
            if (!name.IsEmpty) writer.WriteString("name"u8, name);
            writer.WriteNumber("type"u8, type);
            Values(writer, type, data);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Values(Utf8JsonWriter writer, ushort type, ReadOnlySpan<byte> data)
    {
        if (type is not (ExtensionType.ServerName or ExtensionType.ApplicationProtocols)) return;
        var cursor = new ByteCursor(data);
        if (!cursor.TryReadVector16(out ReadOnlySpan<byte> list)) return;
        var items = new ByteCursor(list);
        bool begun = false;
        while (items.Remaining > 0)
        {
            ReadOnlySpan<byte> item;
            if (type == ExtensionType.ServerName ? !items.TrySkip(1) || !items.TryReadVector16(out item) : !items.TryReadVector8(out item)) break;
            if (!begun) writer.WriteStartArray("values"u8);
            begun = true;
            RecordText.WriteValue(writer, item);
        }

        if (begun) writer.WriteEndArray();
    }
}
