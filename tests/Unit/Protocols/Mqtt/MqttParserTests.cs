using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Mqtt;

namespace Sensor.Tests.Protocols.Mqtt;

public sealed class MqttParserTests
{
    private const byte Tcp = 6;

    private static readonly MqttProtocol s_mqtt = new();

    private static byte[] Text(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. System.Text.Encoding.Latin1.GetBytes(text)];

    private static byte[] Message(int first, params byte[][] parts)
    {
        byte[] body = [.. parts.SelectMany(part => part)];
        List<byte> length = [];
        int rest = body.Length;
        do
        {
            length.Add((byte)((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0)));
            rest >>= 7;
        }
        while (rest > 0);

        return [(byte)first, .. length, .. body];
    }

    private static byte[] Connect(byte version = 5) => version == 5
        ? Message(0x10, Text("MQTT"), [5, 0xc6, 0, 60], [3, 33, 0, 20], Text("thing"), [0], Text("last/will"), Text("gone"), Text("user"), Text("pass"))
        : Message(0x10, Text(version == 3 ? "MQIsdp" : "MQTT"), [version, 0xc2, 0, 60], Text("thing"), Text("user"), Text("pass"));

    private static byte[] ConnAck(byte version = 5) => version == 5 ? Message(0x20, [0, 0, 3, 34, 0, 10]) : Message(0x20, [0, 0]);

    private static byte[] Publish(string topic, string message, int id = -1) =>
        id < 0 ? Message(0x30, Text(topic), System.Text.Encoding.Latin1.GetBytes(message)) : Message(0x32, Text(topic), [(byte)(id >> 8), (byte)id], System.Text.Encoding.Latin1.GetBytes(message));

    private static ProtocolTranscript Whole() => new ProtocolTranscript(s_mqtt)
        .Client(Connect()).Server(ConnAck())
        .Client(Message(0x82, [0, 1, 0], Text("a/#"), [1], Text("b"), [2])).Server(Message(0x90, [0, 1, 0, 1, 2]))
        .Client(Message(0xa2, [0, 2, 0], Text("a/#"))).Server(Message(0xb0, [0, 2, 0, 17]))
        .Client(Message(0x34, Text("t"), [0, 3, 0], "hello"u8.ToArray())).Server(Message(0x50, [0, 3])).Client(Message(0x62, [0, 3])).Server(Message(0x70, [0, 3, 0x10]))
        .Client(0xc0, 0).Server(0xd0, 0)
        .Client(0xe0, 0);

    [Fact]
    public void Conversation_of_version_5_is_the_same_at_every_split()
    {
        string result = Whole().AssertSameAtEverySplit();
        Assert.Contains("mqtt.connect.clientid ToServer [0] @0: thing", result, StringComparison.Ordinal);
        Assert.Contains("mqtt.connect.willtopic ToServer [0] @0: last/will", result, StringComparison.Ordinal);
        Assert.Contains("mqtt.connect.willmessage ToServer [0] @0: gone", result, StringComparison.Ordinal);
        Assert.Contains("mqtt.subscribe.topic ToServer [1] @0: b", result, StringComparison.Ordinal);
        Assert.Contains("mqtt.publish.message ToServer [0] @0: hello", result, StringComparison.Ordinal);
        Assert.Contains(""""connack":{"qos":0,"retain":false,"dup":false,"session_present":false,"return_code":0,"properties":{"topic_alias_maximum":10}}"""", result, StringComparison.Ordinal);
        Assert.Contains(""""topics":[{"topic":"a/#","qos":1},{"topic":"b","qos":2}]"""", result, StringComparison.Ordinal);
        Assert.Contains(""""unsuback":{"qos":0,"retain":false,"dup":false,"message_id":2,"reason_codes":[17]}"""", result, StringComparison.Ordinal);
        Assert.Contains(""""pubcomp":{"qos":0,"retain":false,"dup":false,"message_id":3,"reason_code":16}"""", result, StringComparison.Ordinal);
        Assert.Contains("transaction 6: request 1, response 1", result, StringComparison.Ordinal);
        Assert.DoesNotContain("transaction 7", result, StringComparison.Ordinal);
        Assert.DoesNotContain("events", result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "MQIsdp")]
    [InlineData(4, "MQTT")]
    public void Older_versions_have_no_properties(byte version, string name)
    {
        string result = new ProtocolTranscript(s_mqtt).Client(Connect(version)).Server(ConnAck(version)).Client(Publish("x", "y", 7)).Server(Message(0x40, [0, 7])).AssertSameAtEverySplit();
        Assert.Contains("mqtt.connect.protocol_string ToServer [0] @0: " + name, result, StringComparison.Ordinal);
        Assert.Contains("mqtt.publish.message ToServer [0] @0: y", result, StringComparison.Ordinal);
        Assert.Contains(""""puback":{"qos":0,"retain":false,"dup":false,"message_id":7}"""", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Message_longer_than_the_limit_is_told_by_its_length()
    {
        var options = new ProtocolOptions { Settings = new Dictionary<string, string> { ["app-layer.protocols.mqtt.max-msg-length"] = "50" } };
        string result = new ProtocolTranscript(s_mqtt, options).Client(Connect(4)).Server(ConnAck(4)).Client([.. Publish("long", new string('x', 200)), .. Publish("short", "y")]).AssertSameAtEverySplit();
        Assert.Contains(""""truncated":true,"skipped_length":209"""", result, StringComparison.Ordinal);
        Assert.Contains("mqtt.publish.topic ToServer [0] @0: short", result, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_out_of_order_is_told()
    {
        string result = new ProtocolTranscript(s_mqtt)
            .Client(Publish("early", "x")).Server(ConnAck(4)).Client(Message(0x36, Text("t"), [0, 1])).Server(Message(0x40, [0, 9])).Server(Message(0x90, [0, 9])).Server(Message(0xb0, [0, 9]))
            .Client(Connect(4)).Client(Connect(4)).Client(0, 0).AssertSameAtEverySplit();
        foreach (string name in new[] { "unintroduced_message", "missing_connect", "invalid_qos_level", "missing_publish", "missing_subscribe", "missing_unsubscribe", "double_connect", "unassigned_msg_type" })
            Assert.Contains("events: mqtt." + name, result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x10, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0x30, 3, 0, 9, 65 })]
    [InlineData(new byte[] { 0x82, 5, 0, 1, 0, 9, 65 })]
    public void Lengths_that_do_not_fit_are_told_and_end_the_side(byte[] bytes)
    {
        string result = new ProtocolTranscript(s_mqtt).Client(bytes).AssertSameAtEverySplit();
        Assert.Contains("events: mqtt.malformed_traffic", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Probe_takes_messages_by_their_side_and_leaves_other_bytes()
    {
        Assert.Equal(ParseStatus.Done, s_mqtt.Probe(Connect(), Direction.ToServer));
        Assert.Equal(ParseStatus.Malformed, s_mqtt.Probe(Connect(), Direction.ToClient));
        Assert.Equal(ParseStatus.Done, s_mqtt.Probe(ConnAck(4), Direction.ToClient));
        Assert.Equal(ParseStatus.Done, s_mqtt.Probe(Publish("topic/x", "y"), Direction.ToServer));
        Assert.Equal(ParseStatus.NeedMore, s_mqtt.Probe([0x10, 0x20], Direction.ToServer));
        foreach (string other in new[] { "GET / HTTP/1.1\r\n\r\n", "SSH-2.0-x\r\n", "220 mail ESMTP\r\n", "0000000000", "12345678", "EHLO x\r\n" })
            Assert.Equal(ParseStatus.Malformed, s_mqtt.Probe(System.Text.Encoding.Latin1.GetBytes(other), Direction.ToServer));
    }

    [Fact]
    public void Bytes_are_taken_as_they_come() =>
        ParserTrials.TakesEverything(s_mqtt, Direction.ToServer, [.. Connect(4), .. Enumerable.Range(0, 50).SelectMany(i => Publish("t", new string('x', 3 * i)))]);

    [Fact]
    public void Unanswered_messages_stay_below_their_limit() =>
        ParserTrials.StaysFlat(s_mqtt, Tcp, Direction.ToServer, i => Publish("t", "never acknowledged", i & 0xffff));

    [Fact]
    public void Hostile_bytes_never_throw() =>
        ParserTrials.NeverThrows(s_mqtt, Tcp, [Connect(), ConnAck(), Publish("t", "m", 1), Message(0x82, [0, 1, 0], Text("a"), [1]), Message(0xb0, [0, 2, 0, 17])]);

    [Fact]
    public void Conversation_allocates_nothing() => Whole().AssertAllocatesNothing();
}
