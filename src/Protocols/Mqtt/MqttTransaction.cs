using Sensor.Primitives;
using Sensor.Protocols.Fields;

namespace Sensor.Protocols.Mqtt;

/// <summary>Types of messages (MQTT 5 section 2.1.2).</summary>
public enum MqttType : byte
{
    Unassigned, Connect, ConnAck, Publish, PubAck, PubRec, PubRel, PubComp, Subscribe, SubAck, Unsubscribe, UnsubAck, PingReq, PingResp, Disconnect, Auth,
}

/// <summary>What fields of a transaction are. Those after a <see cref="Message"/> belong to it, up to the next one.</summary>
public enum MqttField : ushort
{
    /// <summary>A message begins; the number is its first byte: type and flags.</summary>
    Message,
    MessageId,
    /// <summary>Reason code of version 5, or a return code before.</summary>
    ReasonCode,
    ReturnCode,
    SessionPresent,
    ProtocolString,
    ProtocolVersion,
    ConnectFlags,
    ClientId,
    WillTopic,
    WillMessage,
    Username,
    Password,
    PublishTopic,
    PublishMessage,
    /// <summary>The number is the quality of service asked for.</summary>
    SubscribeTopic,
    UnsubscribeTopic,
    GrantedQos,
    UnsubscribeReason,
    /// <summary>The number is the property's identifier; integers are in the bytes as on the wire.</summary>
    Property,
    /// <summary>The value of the user property before.</summary>
    PropertyValue,
    WillProperty,
    WillPropertyValue,
    /// <summary>Bytes of a message longer than the limit.</summary>
    SkippedLength,
}

/// <summary>A message with what answers it (PUBLISH with PUBREC, PUBREL, PUBCOMP; SUBSCRIBE with SUBACK...).</summary>
public sealed class MqttTransaction(ByteSlab slab) : FieldTransaction(slab, MqttLimits.TransactionBytes, MqttLimits.Fields)
{
    /// <summary>No acknowledgement is awaited.</summary>
    public const int AwaitsNothing = -1;

    /// <summary>CONNACK is awaited.</summary>
    public const int AwaitsConnAck = 0x10000;

    /// <summary>Message id of the acknowledgement that completes it.</summary>
    public int Awaits = AwaitsNothing;

    /// <summary>The type that began it.</summary>
    public MqttType Kind;

    /// <summary>The version the connection speaks: 3, 4 (3.1.1) or 5; 0 when it was not seen.</summary>
    public int ProtocolVersion;

    public override void Reset()
    {
        base.Reset();
        Awaits = AwaitsNothing;
        Kind = MqttType.Unassigned;
        ProtocolVersion = 0;
    }

    internal bool Add(MqttField kind, ReadOnlySpan<byte> bytes, long number = 0) => Add((int)kind, bytes, number);

    internal bool Add(MqttField kind, long number) => Add((int)kind, number);
}
