using Sensor.Primitives;

namespace Sensor.Protocols.Mqtt;

/// <summary>Reads the body of a message into fields (MQTT 5 section 3, MQTT 3.1.1 section 3). False when a length does not fit.</summary>
internal static class MqttReader
{
    private const int Version5 = 5;

    /// <summary>The id by which messages and their acknowledgements find each other; -1 for none.</summary>
    public static bool TryMessageId(MqttType type, int qos, ReadOnlySpan<byte> body, out int id)
    {
        id = -1;
        var cursor = new ByteCursor(body);
        switch (type)
        {
            case MqttType.Publish when qos == 0: return true;
            case MqttType.Publish when !cursor.TryReadVector16(out _): return false;
            case MqttType.Publish or MqttType.PubAck or MqttType.PubRec or MqttType.PubRel or MqttType.PubComp:
            case MqttType.Subscribe or MqttType.SubAck or MqttType.Unsubscribe or MqttType.UnsubAck:
                if (!cursor.TryReadUInt16(out ushort number)) return false;
                id = number;
                return true;
            default: return true;
        }
    }

    public static bool Read(MqttType type, int id, ReadOnlySpan<byte> body, MqttTransaction one)
    {
        var cursor = new ByteCursor(body);
        bool is5 = one.ProtocolVersion == Version5;
        return type switch
        {
            MqttType.Connect => Connect(ref cursor, one),
            MqttType.ConnAck => ConnAck(ref cursor, one, is5),
            MqttType.Publish => Publish(ref cursor, id, one, is5),
            MqttType.PubAck or MqttType.PubRec or MqttType.PubRel or MqttType.PubComp => Acknowledgement(ref cursor, one, is5),
            MqttType.Subscribe => Subscribe(ref cursor, one, is5),
            MqttType.SubAck => Granted(ref cursor, one, is5, MqttField.GrantedQos),
            MqttType.Unsubscribe => Unsubscribe(ref cursor, one, is5),
            MqttType.UnsubAck => Granted(ref cursor, one, is5, MqttField.UnsubscribeReason),
            MqttType.Disconnect when body.Length < 2 => Reason(0, one, is5), // without properties the reference engine takes the reason as 0
            MqttType.Disconnect or MqttType.Auth => Reason(ref cursor, one, is5),
            _ => true,
        };
    }

    private static bool Connect(ref ByteCursor cursor, MqttTransaction one)
    {
        if (!cursor.TryReadVector16(out ReadOnlySpan<byte> name) || !cursor.TryReadByte(out byte version) || !cursor.TryReadByte(out byte flags) || !cursor.TrySkip(2)) return false;
        one.ProtocolVersion = version;
        one.Add(MqttField.ProtocolString, name);
        one.Add(MqttField.ProtocolVersion, version);
        one.Add(MqttField.ConnectFlags, flags);
        bool is5 = version == Version5;
        if (is5 && !Properties(ref cursor, one, MqttField.Property)) return false;
        if (!cursor.TryReadVector16(out ReadOnlySpan<byte> client)) return false;
        one.Add(MqttField.ClientId, client);
        if ((flags & MqttConnectFlags.Will) != 0)
        {
            if (is5 && !Properties(ref cursor, one, MqttField.WillProperty)) return false;
            if (!cursor.TryReadVector16(out ReadOnlySpan<byte> topic) || !cursor.TryReadVector16(out ReadOnlySpan<byte> message)) return false;
            one.Add(MqttField.WillTopic, topic);
            one.Add(MqttField.WillMessage, message);
        }

        return Optional(ref cursor, one, flags & MqttConnectFlags.Username, MqttField.Username)
            && Optional(ref cursor, one, flags & MqttConnectFlags.Password, MqttField.Password);
    }

    private static bool Optional(ref ByteCursor cursor, MqttTransaction one, int flag, MqttField kind)
    {
        if (flag == 0) return true;
        if (!cursor.TryReadVector16(out ReadOnlySpan<byte> text)) return false;
        one.Add(kind, text);
        return true;
    }

    private static bool ConnAck(ref ByteCursor cursor, MqttTransaction one, bool is5)
    {
        if (!cursor.TryReadByte(out byte flags) || !cursor.TryReadByte(out byte code)) return false;
        one.Add(MqttField.SessionPresent, flags & 1);
        one.Add(MqttField.ReturnCode, code);
        return !is5 || Properties(ref cursor, one, MqttField.Property);
    }

    private static bool Publish(ref ByteCursor cursor, int id, MqttTransaction one, bool is5)
    {
        if (!cursor.TryReadVector16(out ReadOnlySpan<byte> topic)) return false;
        one.Add(MqttField.PublishTopic, topic);
        if (id >= 0)
        {
            cursor.TrySkip(2);
            one.Add(MqttField.MessageId, id);
        }

        if (is5 && !Properties(ref cursor, one, MqttField.Property)) return false;
        one.Add(MqttField.PublishMessage, cursor.Rest);
        return true;
    }

    /// <summary>Version 5 may leave the reason out (0, success), and the properties.</summary>
    private static bool Acknowledgement(ref ByteCursor cursor, MqttTransaction one, bool is5) => MessageId(ref cursor, one) && Reason(ref cursor, one, is5);

    private static bool Reason(ref ByteCursor cursor, MqttTransaction one, bool is5)
    {
        if (!is5) return true;
        one.Add(MqttField.ReasonCode, cursor.TryReadByte(out byte reason) ? reason : 0);
        return cursor.Remaining == 0 || Properties(ref cursor, one, MqttField.Property);
    }

    private static bool Reason(byte reason, MqttTransaction one, bool is5)
    {
        if (is5) one.Add(MqttField.ReasonCode, reason);
        return true;
    }

    private static bool Subscribe(ref ByteCursor cursor, MqttTransaction one, bool is5)
    {
        if (!MessageId(ref cursor, one) || (is5 && !Properties(ref cursor, one, MqttField.Property))) return false;
        while (cursor.Remaining > 0)
        {
            if (!cursor.TryReadVector16(out ReadOnlySpan<byte> topic) || !cursor.TryReadByte(out byte options)) return false;
            one.Add(MqttField.SubscribeTopic, topic, options & 3);
        }

        return true;
    }

    private static bool Unsubscribe(ref ByteCursor cursor, MqttTransaction one, bool is5)
    {
        if (!MessageId(ref cursor, one) || (is5 && !Properties(ref cursor, one, MqttField.Property))) return false;
        while (cursor.Remaining > 0)
        {
            if (!cursor.TryReadVector16(out ReadOnlySpan<byte> topic)) return false;
            one.Add(MqttField.UnsubscribeTopic, topic);
        }

        return true;
    }

    private static bool Granted(ref ByteCursor cursor, MqttTransaction one, bool is5, MqttField kind)
    {
        if (!MessageId(ref cursor, one) || (is5 && !Properties(ref cursor, one, MqttField.Property))) return false;
        if (kind == MqttField.UnsubscribeReason && !is5) return true;
        while (cursor.TryReadByte(out byte code)) one.Add(kind, code);
        return true;
    }

    private static bool MessageId(ref ByteCursor cursor, MqttTransaction one)
    {
        if (!cursor.TryReadUInt16(out ushort id)) return false;
        one.Add(MqttField.MessageId, id);
        return true;
    }

    private static bool Properties(ref ByteCursor cursor, MqttTransaction one, MqttField kind)
    {
        if (MqttLength.TryRead(cursor.Rest, out int length, out int taken) != ParseStatus.Done) return false;
        cursor.TrySkip(taken);
        if (!cursor.TryReadBytes(length, out ReadOnlySpan<byte> bytes)) return false;
        var inner = new ByteCursor(bytes);
        while (inner.Remaining > 0)
        {
            if (!MqttProperty.TryRead(ref inner, one, kind)) return false;
        }

        return true;
    }
}
