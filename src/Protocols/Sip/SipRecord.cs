using System.Text.Json;
using Sensor.Protocols.Fields;

namespace Sensor.Protocols.Sip;

/// <summary>What an event record says about a message (user guide, "Event type: SIP").</summary>
internal static class SipRecord
{
    public static bool Write(Utf8JsonWriter writer, SipTransaction one)
    {
        if (!one.Has((int)SipField.Version)) return false;
        writer.WriteStartObject("sip"u8);
        Text(writer, one, "method"u8, SipField.Method);
        Text(writer, one, "uri"u8, SipField.Uri);
        Text(writer, one, "version"u8, SipField.Version);
        Text(writer, one, "request_line"u8, SipField.RequestLine);
        Text(writer, one, "code"u8, SipField.Code);
        Text(writer, one, "reason"u8, SipField.Reason);
        Text(writer, one, "response_line"u8, SipField.ResponseLine);
        if (one.Has((int)SipField.Session)) Session(writer, one);
        writer.WriteEndObject();
        return true;
    }

    private static void Session(Utf8JsonWriter writer, SipTransaction one)
    {
        writer.WriteStartObject("sdp"u8);
        writer.WriteNumber("version"u8, one.NumberOf((int)SipField.Session));
        Text(writer, one, "origin"u8, SipField.Origin);
        Text(writer, one, "session_name"u8, SipField.SessionName);
        Text(writer, one, "session_info"u8, SipField.SessionInfo);
        Text(writer, one, "uri"u8, SipField.SessionUri);
        Text(writer, one, "email"u8, SipField.Email);
        Text(writer, one, "phone_number"u8, SipField.Phone);
        Text(writer, one, "connection_data"u8, SipField.Connection);
        Texts(writer, one, "bandwidths"u8, SipField.Bandwidth, one.Fields);
        Times(writer, one);
        Text(writer, one, "timezone"u8, SipField.Timezone);
        Text(writer, one, "encryption_key"u8, SipField.EncryptionKey);
        Texts(writer, one, "attributes"u8, SipField.Attribute, one.Fields);
        Media(writer, one);
        writer.WriteEndObject();
    }

    private static void Times(Utf8JsonWriter writer, SipTransaction one)
    {
        bool begun = false, open = false, repeats = false;
        foreach (ref readonly Field field in one.Fields)
        {
            if (field.Kind == (ushort)SipField.Time)
            {
                if (!begun) writer.WriteStartArray("time_descriptions"u8);
                if (open) writer.WriteEndObject();
                (begun, open, repeats) = (true, true, false);
                writer.WriteStartObject();
                RecordText.Write(writer, "time"u8, one.Text(field));
            }
            else if (field.Kind == (ushort)SipField.RepeatTime && open && !repeats)
            {
                repeats = true;
                RecordText.Write(writer, "repeat_time"u8, one.Text(field));
            }
        }

        if (!begun) return;
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void Media(Utf8JsonWriter writer, SipTransaction one)
    {
        ReadOnlySpan<Field> fields = one.Fields;
        bool begun = false;
        for (int at = 0; at < fields.Length; at++)
        {
            if (fields[at].Kind != (ushort)SipField.Media) continue;
            int end = at + 1;
            while (end < fields.Length && fields[end].Kind != (ushort)SipField.Media) end++;
            if (!begun) writer.WriteStartArray("media_descriptions"u8);
            begun = true;
            ReadOnlySpan<Field> own = fields[at..end];
            writer.WriteStartObject();
            First(writer, one, "media"u8, SipField.Media, own);
            First(writer, one, "media_info"u8, SipField.MediaInfo, own);
            Texts(writer, one, "bandwidths"u8, SipField.MediaBandwidth, own);
            First(writer, one, "connection_data"u8, SipField.MediaConnection, own);
            First(writer, one, "encryption_key"u8, SipField.MediaKey, own);
            Texts(writer, one, "attributes"u8, SipField.MediaAttribute, own);
            writer.WriteEndObject();
        }

        if (begun) writer.WriteEndArray();
    }

    private static void Text(Utf8JsonWriter writer, SipTransaction one, ReadOnlySpan<byte> name, SipField kind)
    {
        if (one.TryFind((int)kind, 0, out Field field)) RecordText.Write(writer, name, one.Text(field));
    }

    private static void First(Utf8JsonWriter writer, SipTransaction one, ReadOnlySpan<byte> name, SipField kind, ReadOnlySpan<Field> fields)
    {
        foreach (ref readonly Field field in fields)
        {
            if (field.Kind != (ushort)kind) continue;
            RecordText.Write(writer, name, one.Text(field));
            return;
        }
    }

    private static void Texts(Utf8JsonWriter writer, SipTransaction one, ReadOnlySpan<byte> name, SipField kind, ReadOnlySpan<Field> fields)
    {
        bool begun = false;
        foreach (ref readonly Field field in fields)
        {
            if (field.Kind != (ushort)kind) continue;
            if (!begun) writer.WriteStartArray(name);
            begun = true;
            RecordText.WriteValue(writer, one.Text(field));
        }

        if (begun) writer.WriteEndArray();
    }
}
