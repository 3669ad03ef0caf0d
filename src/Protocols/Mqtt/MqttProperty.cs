using System.Buffers.Binary;
using System.Text.Json;
using Sensor.Primitives;
using Sensor.Protocols.Fields;

namespace Sensor.Protocols.Mqtt;

/// <summary>Bits of CONNECT's flags (MQTT 5 section 3.1.2.3).</summary>
public static class MqttConnectFlags
{
    public const int CleanSession = 2, Will = 4, WillRetain = 0x20, Password = 0x40, Username = 0x80;
}

/// <summary>Properties of version 5 (section 2.2.2.2): identifier, then a value whose shape the identifier tells.</summary>
internal static class MqttProperty
{
    private enum Shape : byte { None, Byte, TwoBytes, FourBytes, Varint, Text, Pair }

    private static readonly (byte Id, Shape Shape, byte[] Name)[] s_known =
    [
        (1, Shape.Byte, "payload_format_indicator"u8.ToArray()),
        (2, Shape.FourBytes, "message_expiry_interval"u8.ToArray()),
        (3, Shape.Text, "content_type"u8.ToArray()),
        (8, Shape.Text, "response_topic"u8.ToArray()),
        (9, Shape.Text, "correlation_data"u8.ToArray()),
        (11, Shape.Varint, "subscription_identifier"u8.ToArray()),
        (17, Shape.FourBytes, "session_expiry_interval"u8.ToArray()),
        (18, Shape.Text, "assigned_client_identifier"u8.ToArray()),
        (19, Shape.TwoBytes, "server_keep_alive"u8.ToArray()),
        (21, Shape.Text, "authentication_method"u8.ToArray()),
        (22, Shape.Text, "authentication_data"u8.ToArray()),
        (23, Shape.Byte, "request_problem_information"u8.ToArray()),
        (24, Shape.FourBytes, "will_delay_interval"u8.ToArray()),
        (25, Shape.Byte, "request_response_information"u8.ToArray()),
        (26, Shape.Text, "response_information"u8.ToArray()),
        (28, Shape.Text, "server_reference"u8.ToArray()),
        (31, Shape.Text, "reason_string"u8.ToArray()),
        (33, Shape.TwoBytes, "receive_maximum"u8.ToArray()),
        (34, Shape.TwoBytes, "topic_alias_maximum"u8.ToArray()),
        (35, Shape.TwoBytes, "topic_alias"u8.ToArray()),
        (36, Shape.Byte, "maximum_qos"u8.ToArray()),
        (37, Shape.Byte, "retain_available"u8.ToArray()),
        (38, Shape.Pair, []),
        (39, Shape.FourBytes, "maximum_packet_size"u8.ToArray()),
        (40, Shape.Byte, "wildcard_subscription_available"u8.ToArray()),
        (41, Shape.Byte, "subscription_identifier_available"u8.ToArray()),
        (42, Shape.Byte, "shared_subscription_available"u8.ToArray()),
    ];

    public static bool TryRead(ref ByteCursor cursor, MqttTransaction one, MqttField kind)
    {
        if (!cursor.TryReadByte(out byte id)) return false;
        ReadOnlySpan<byte> value;
        switch (ShapeOf(id))
        {
            case Shape.Byte: return cursor.TryReadBytes(1, out value) && Add(one, kind, id, value);
            case Shape.TwoBytes: return cursor.TryReadBytes(2, out value) && Add(one, kind, id, value);
            case Shape.FourBytes: return cursor.TryReadBytes(4, out value) && Add(one, kind, id, value);
            case Shape.Text: return cursor.TryReadVector16(out value) && Add(one, kind, id, value);
            case Shape.Pair:
                if (!cursor.TryReadVector16(out ReadOnlySpan<byte> key) || !cursor.TryReadVector16(out value)) return false;
                Add(one, kind, id, key);
                return Add(one, kind == MqttField.WillProperty ? MqttField.WillPropertyValue : MqttField.PropertyValue, id, value);
            case Shape.Varint:
                if (MqttLength.TryRead(cursor.Rest, out int number, out int taken) != ParseStatus.Done) return false;
                cursor.TrySkip(taken);
                Span<byte> bytes = stackalloc byte[4];
                BinaryPrimitives.WriteInt32BigEndian(bytes, number);
                return Add(one, kind, id, bytes);
            default: return false;
        }
    }

    /// <summary>Writes one property, and for a user property the value that follows it.</summary>
    public static void Write(Utf8JsonWriter writer, MqttTransaction one, in Field property, in Field next)
    {
        ReadOnlySpan<byte> bytes = one.Text(property);
        foreach ((byte id, Shape shape, byte[] name) in s_known)
        {
            if (id != property.Number) continue;
            if (shape == Shape.Text) RecordText.Write(writer, name, bytes);
            else if (shape != Shape.Pair) writer.WriteNumber(name, Number(bytes));
            else if (System.Text.Unicode.Utf8.IsValid(bytes) && next.Kind is (ushort)MqttField.PropertyValue or (ushort)MqttField.WillPropertyValue) RecordText.Write(writer, bytes, one.Text(next));
            return;
        }
    }

    private static uint Number(ReadOnlySpan<byte> bytes)
    {
        uint number = 0;
        foreach (byte one in bytes) number = (number << 8) | one;
        return number;
    }

    /// <summary>What does not fit any more is left out, which the transaction says; the message goes on.</summary>
    private static bool Add(MqttTransaction one, MqttField kind, byte id, ReadOnlySpan<byte> value)
    {
        one.Add(kind, value, id);
        return true;
    }

    private static Shape ShapeOf(byte id)
    {
        foreach ((byte known, Shape shape, _) in s_known)
        {
            if (known == id) return shape;
        }

        return Shape.None;
    }
}
