namespace Sensor.Protocols.Mqtt;

/// <summary>What can be wrong with an MQTT conversation; rules name them <c>app-layer-event:mqtt.…</c>.</summary>
public enum MqttEvent : byte
{
    /// <summary>CONNACK without CONNECT.</summary>
    MissingConnect,
    /// <summary>An acknowledgement of a PUBLISH that was not seen.</summary>
    MissingPublish,
    MissingSubscribe,
    MissingUnsubscribe,
    /// <summary>A second CONNECT on one connection.</summary>
    DoubleConnect,
    /// <summary>A message before the connection was accepted.</summary>
    UnintroducedMessage,
    /// <summary>Quality of service 3.</summary>
    InvalidQosLevel,
    MissingMessageId,
    /// <summary>Type 0, which no version defines.</summary>
    UnassignedMessageType,
    TooManyTransactions,
    /// <summary>A length does not fit into its message; the side is read no further.</summary>
    MalformedTraffic,
    /// <summary>The message holds more than <see cref="MqttLimits"/> keeps.</summary>
    MessageTooComplex,
}

public static class MqttEvents
{
    /// <summary>Names in rules, at the index of the event's number.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "missing_connect",
        "missing_publish",
        "missing_subscribe",
        "missing_unsubscribe",
        "double_connect",
        "unintroduced_message",
        "invalid_qos_level",
        "missing_msg_id",
        "unassigned_msg_type",
        "too_many_transactions",
        "malformed_traffic",
        "message_too_complex",
    ];
}

public static class MqttLimits
{
    /// <summary>Bytes of a message that is read whole; longer ones are told by their length only (<c>max-msg-length: 1mb</c>).</summary>
    public const int Message = 1024 * 1024;

    /// <summary>The most that <c>max-msg-length</c> may ask for: a block of the slab, and room for a header.</summary>
    public const int LongestMessage = 8 * 1024 * 1024;

    /// <summary>Bytes of one exchange that are kept.</summary>
    public const int TransactionBytes = 2 * LongestMessage;

    /// <summary>Topics, properties and other fields of one exchange.</summary>
    public const int Fields = 4096;

    /// <summary>Bytes of one worker.</summary>
    public const long WorkerBytes = 128L * 1024 * 1024;

    /// <summary>Bytes of one text in an event record (<c>string-log-limit: 1kb</c>).</summary>
    public const int LoggedText = 1024;
}
