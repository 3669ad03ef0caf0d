using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols.Fields;

namespace Sensor.Protocols.Mqtt;

/// <summary>MQTT 3.1, 3.1.1 and 5 (OASIS standards): messages of things, brokers and their subscribers.</summary>
public sealed class MqttProtocol : FieldProtocol
{
    public override string Name => "mqtt";

    public override Transports Transports => Transports.Tcp;

    public override IReadOnlyList<int> UsualPorts { get; } = [1883];

    public override int ProbeDepth => MqttProbe.Depth;

    public override IReadOnlyList<string> Events => MqttEvents.Names;

    public override IReadOnlyList<BufferDefinition> Buffers { get; } =
    [
        One("mqtt.connect.clientid", MqttField.ClientId),
        One("mqtt.connect.username", MqttField.Username),
        One("mqtt.connect.password", MqttField.Password),
        One("mqtt.connect.protocol_string", MqttField.ProtocolString),
        One("mqtt.connect.willtopic", MqttField.WillTopic),
        One("mqtt.connect.willmessage", MqttField.WillMessage),
        One("mqtt.publish.topic", MqttField.PublishTopic),
        One("mqtt.publish.message", MqttField.PublishMessage),
        Several("mqtt.subscribe.topic", MqttField.SubscribeTopic),
        Several("mqtt.unsubscribe.topic", MqttField.UnsubscribeTopic),
    ];

    public override ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => MqttProbe.Probe(start, direction);

    public override Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var pool = new TransactionPool<MqttTransaction>(slab => new MqttTransaction(slab), mostBytes: MqttLimits.WorkerBytes);
        int longest = (int)Math.Clamp(options.Number("app-layer.protocols.mqtt.max-msg-length", MqttLimits.Message), 0, MqttLimits.LongestMessage);
        int mostOpen = ProtocolSettings.MaximumTransactions(options, Name);
        return () => new MqttParser(pool, longest, mostOpen);
    }

    public override bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) => MqttRecord.Write(writer, (MqttTransaction)transaction);

    private static BufferDefinition One(string name, MqttField kind) => FieldBuffers.One(name, null, (int)kind, Complete);

    private static BufferDefinition Several(string name, MqttField kind) => FieldBuffers.Several(name, null, (int)kind, Complete);
}
