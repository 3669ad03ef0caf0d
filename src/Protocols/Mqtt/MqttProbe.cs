using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Protocols.Mqtt;

/// <summary>Tells by content whether a direction begins with an MQTT message: a CONNECT, or, where the beginning was missed, another one whose lengths agree.</summary>
internal static class MqttProbe
{
    /// <summary>Type, four bytes of length, the protocol's name with its length, version and flags.</summary>
    public const int Depth = 32;

    /// <summary>Longest topic that is taken for one without a CONNECT before it.</summary>
    private const int PlausibleTopic = 512;

    public static ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction)
    {
        if (start.IsEmpty) return ParseStatus.NeedMore;
        int flags = start[0] & 0x0f;
        bool toServer = direction == Direction.ToServer;
        bool fits = (MqttType)(start[0] >> 4) switch
        {
            MqttType.Connect or MqttType.PingReq => toServer && flags == 0,
            MqttType.Subscribe or MqttType.Unsubscribe => toServer && flags == 2,
            MqttType.ConnAck or MqttType.SubAck or MqttType.UnsubAck or MqttType.PingResp => !toServer && flags == 0,
            MqttType.Publish => (flags & 6) != 6,
            _ => false,
        };
        if (!fits) return ParseStatus.Malformed;
        ParseStatus status = MqttLength.TryRead(start[1..], out int length, out int taken);
        if (status != ParseStatus.Done) return status;
        return Body((MqttType)(start[0] >> 4), start[(1 + taken)..], length);
    }

    private static ParseStatus Body(MqttType type, ReadOnlySpan<byte> body, int length) => type switch
    {
        MqttType.Connect => Connect(body, length),
        MqttType.ConnAck => ConnAck(body, length),
        MqttType.PingReq or MqttType.PingResp => length == 0 ? Nothing(body) : ParseStatus.Malformed,
        MqttType.Publish => Topic(body, length, 0),
        MqttType.Subscribe or MqttType.Unsubscribe => Topic(body, length, 2),
        _ => ParseStatus.Malformed, // two-byte identifiers are no proof
    };

    private static ParseStatus Connect(ReadOnlySpan<byte> body, int length)
    {
        if (length < 10) return ParseStatus.Malformed;
        ReadOnlySpan<byte> known = "\0\u0004MQTT"u8, old = "\0\u0006MQIsdp"u8;
        if (body.StartsWith(known) || body.StartsWith(old)) return ParseStatus.Done;
        return known.StartsWith(body) || old.StartsWith(body) ? ParseStatus.NeedMore : ParseStatus.Malformed;
    }

    /// <summary>Flags, of which one is defined, a return code that is, and for version 5 the length of properties that fills the message.</summary>
    private static ParseStatus ConnAck(ReadOnlySpan<byte> body, int length)
    {
        if (length is < 2 or > 1024) return ParseStatus.Malformed;
        if (body.Length >= 1 && body[0] > 1) return ParseStatus.Malformed;
        if (body.Length < 2) return ParseStatus.NeedMore;
        if (length == 2) return body[1] <= 5 ? ParseStatus.Done : ParseStatus.Malformed;
        ParseStatus status = MqttLength.TryRead(body[2..], out int properties, out int taken);
        return status != ParseStatus.Done ? status : 2 + taken + properties == length ? ParseStatus.Done : ParseStatus.Malformed;
    }

    /// <summary>A lonely ping is two bytes, which is little: nothing but another message may follow it.</summary>
    private static ParseStatus Nothing(ReadOnlySpan<byte> rest) => rest.IsEmpty ? ParseStatus.NeedMore : rest[0] is 0xc0 or 0xd0 or 0xe0 or 0x30 or 0x32 ? ParseStatus.Done : ParseStatus.Malformed;

    private static ParseStatus Topic(ReadOnlySpan<byte> body, int length, int before)
    {
        if (length < before + 3) return ParseStatus.Malformed;
        if (body.Length < before + 2) return ParseStatus.NeedMore;
        int topic = BinaryPrimitives.ReadUInt16BigEndian(body[before..]);
        if (topic is 0 or > PlausibleTopic || topic > length - before - 2) return ParseStatus.Malformed;
        ReadOnlySpan<byte> text = body[(before + 2)..];
        text = text[..Math.Min(topic, text.Length)];
        if (text.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7e) >= 0) return ParseStatus.Malformed;
        return text.Length >= Math.Min(topic, 4) ? ParseStatus.Done : ParseStatus.NeedMore;
    }
}

/// <summary>Variable byte integers (MQTT 5 section 1.5.5): seven bits a byte, the lowest first, at most four bytes.</summary>
internal static class MqttLength
{
    public const int MostBytes = 4;

    public static ParseStatus TryRead(ReadOnlySpan<byte> bytes, out int value, out int taken)
    {
        value = 0;
        for (taken = 0; taken < MostBytes; taken++)
        {
            if (taken == bytes.Length) return ParseStatus.NeedMore;
            value |= (bytes[taken] & 0x7f) << (7 * taken);
            if (bytes[taken] >= 0x80) continue;
            taken++;
            return ParseStatus.Done;
        }

        return ParseStatus.Malformed;
    }
}
