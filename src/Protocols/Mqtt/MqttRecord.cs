using System.Buffers.Text;
using System.Text.Json;
using Sensor.Protocols.Fields;

namespace Sensor.Protocols.Mqtt;

/// <summary>What an event record says about an exchange: one object per message, named by its type (user guide, "Event type: MQTT").</summary>
internal static class MqttRecord
{
    private static readonly byte[][] s_names =
    [
        [], "connect"u8.ToArray(), "connack"u8.ToArray(), "publish"u8.ToArray(), "puback"u8.ToArray(), "pubrec"u8.ToArray(), "pubrel"u8.ToArray(), "pubcomp"u8.ToArray(),
        "subscribe"u8.ToArray(), "suback"u8.ToArray(), "unsubscribe"u8.ToArray(), "unsuback"u8.ToArray(), "pingreq"u8.ToArray(), "pingresp"u8.ToArray(), "disconnect"u8.ToArray(), [],
    ];

    public static bool Write(Utf8JsonWriter writer, MqttTransaction one)
    {
        ReadOnlySpan<Field> fields = one.Fields;
        uint written = 0;
        for (int at = 0; at < fields.Length; at++)
        {
            if (fields[at].Kind != (ushort)MqttField.Message) continue;
            int end = at + 1;
            while (end < fields.Length && fields[end].Kind != (ushort)MqttField.Message) end++;
            int type = (int)fields[at].Number >> 4;
            if (s_names[type].Length == 0 || (written & (1u << type)) != 0) continue; // a repeated message (dup) is told once
            if (written == 0) writer.WriteStartObject("mqtt"u8);
            written |= 1u << type;
            writer.WriteStartObject(s_names[type]);
            Message(writer, one, (int)fields[at].Number, fields[(at + 1)..end]);
            writer.WriteEndObject();
        }

        if (written == 0) return false;
        writer.WriteEndObject();
        return true;
    }

    private static void Message(Utf8JsonWriter writer, MqttTransaction one, int first, ReadOnlySpan<Field> fields)
    {
        writer.WriteNumber("qos"u8, (first >> 1) & 3);
        writer.WriteBoolean("retain"u8, (first & 1) != 0);
        writer.WriteBoolean("dup"u8, (first & 8) != 0);
        for (int at = 0; at < fields.Length; at++) Simple(writer, one, fields[at]);
        Will(writer, one, fields);
        Properties(writer, one, fields, MqttField.Property);
        Topics(writer, one, fields, MqttField.SubscribeTopic);
        Topics(writer, one, fields, MqttField.UnsubscribeTopic);
        Codes(writer, fields, MqttField.GrantedQos, "qos_granted"u8);
        Codes(writer, fields, MqttField.UnsubscribeReason, "reason_codes"u8);
    }

    private static void Simple(Utf8JsonWriter writer, MqttTransaction one, in Field field)
    {
        switch ((MqttField)field.Kind)
        {
            case MqttField.MessageId: writer.WriteNumber("message_id"u8, field.Number); break;
            case MqttField.ReasonCode: writer.WriteNumber("reason_code"u8, field.Number); break;
            case MqttField.ReturnCode: writer.WriteNumber("return_code"u8, field.Number); break;
            case MqttField.SessionPresent: writer.WriteBoolean("session_present"u8, field.Number != 0); break;
            case MqttField.ProtocolString: Text(writer, "protocol_string"u8, one.Text(field)); break;
            case MqttField.ProtocolVersion: writer.WriteNumber("protocol_version"u8, field.Number); break;
            case MqttField.ConnectFlags: Flags(writer, (int)field.Number); break;
            case MqttField.ClientId: Text(writer, "client_id"u8, one.Text(field)); break;
            case MqttField.Username: Text(writer, "username"u8, one.Text(field)); break;
            case MqttField.Password: Text(writer, "password"u8, one.Text(field)); break;
            case MqttField.PublishTopic: Text(writer, "topic"u8, one.Text(field)); break;
            case MqttField.PublishMessage: Text(writer, "message"u8, one.Text(field)); break;
            case MqttField.SkippedLength:
                writer.WriteBoolean("truncated"u8, true);
                writer.WriteNumber("skipped_length"u8, field.Number);
                break;
        }
    }

    private static void Flags(Utf8JsonWriter writer, int flags)
    {
        writer.WriteStartObject("flags"u8);
        writer.WriteBoolean("username"u8, (flags & MqttConnectFlags.Username) != 0);
        writer.WriteBoolean("password"u8, (flags & MqttConnectFlags.Password) != 0);
        writer.WriteBoolean("will_retain"u8, (flags & MqttConnectFlags.WillRetain) != 0);
        writer.WriteBoolean("will"u8, (flags & MqttConnectFlags.Will) != 0);
        writer.WriteBoolean("clean_session"u8, (flags & MqttConnectFlags.CleanSession) != 0);
        writer.WriteEndObject();
    }

    private static void Will(Utf8JsonWriter writer, MqttTransaction one, ReadOnlySpan<Field> fields)
    {
        bool begun = false;
        foreach (ref readonly Field field in fields)
        {
            if (field.Kind is not ((ushort)MqttField.WillTopic or (ushort)MqttField.WillMessage)) continue;
            if (!begun) writer.WriteStartObject("will"u8);
            begun = true;
            Text(writer, field.Kind == (ushort)MqttField.WillTopic ? "topic"u8 : "message"u8, one.Text(field));
        }

        if (!begun) return;
        Properties(writer, one, fields, MqttField.WillProperty);
        writer.WriteEndObject();
    }

    private static void Properties(Utf8JsonWriter writer, MqttTransaction one, ReadOnlySpan<Field> fields, MqttField kind)
    {
        bool begun = false;
        for (int at = 0; at < fields.Length; at++)
        {
            if (fields[at].Kind != (ushort)kind) continue;
            if (!begun) writer.WriteStartObject("properties"u8);
            begun = true;
            MqttProperty.Write(writer, one, fields[at], at + 1 < fields.Length ? fields[at + 1] : default);
        }

        if (begun) writer.WriteEndObject();
    }

    private static void Topics(Utf8JsonWriter writer, MqttTransaction one, ReadOnlySpan<Field> fields, MqttField kind)
    {
        bool begun = false;
        foreach (ref readonly Field field in fields)
        {
            if (field.Kind != (ushort)kind) continue;
            if (!begun) writer.WriteStartArray("topics"u8);
            begun = true;
            if (kind == MqttField.UnsubscribeTopic)
            {
                RecordText.WriteValue(writer, one.Text(field));
                continue;
            }

            writer.WriteStartObject();
            Text(writer, "topic"u8, one.Text(field));
            writer.WriteNumber("qos"u8, field.Number);
            writer.WriteEndObject();
        }

        if (begun) writer.WriteEndArray();
    }

    private static void Codes(Utf8JsonWriter writer, ReadOnlySpan<Field> fields, MqttField kind, ReadOnlySpan<byte> name)
    {
        bool begun = false;
        foreach (ref readonly Field field in fields)
        {
            if (field.Kind != (ushort)kind) continue;
            if (!begun) writer.WriteStartArray(name);
            begun = true;
            writer.WriteNumberValue(field.Number);
        }

        if (begun) writer.WriteEndArray();
    }

    /// <summary>Long texts are cut, and the record says by how much.</summary>
    private static void Text(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        if (text.Length <= MqttLimits.LoggedText)
        {
            RecordText.Write(writer, name, text);
            return;
        }

        Span<byte> cut = stackalloc byte[MqttLimits.LoggedText + 64];
        text[..MqttLimits.LoggedText].CopyTo(cut);
        int length = MqttLimits.LoggedText;
        "[truncated "u8.CopyTo(cut[length..]);
        length += "[truncated "u8.Length;
        Utf8Formatter.TryFormat(text.Length - MqttLimits.LoggedText, cut[length..], out int digits);
        length += digits;
        " additional bytes]"u8.CopyTo(cut[length..]);
        length += " additional bytes]"u8.Length;
        RecordText.Write(writer, name, cut[..length]);
    }
}
