using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;
using Sensor.Protocols.Fields;
using Sensor.Protocols.Mqtt;

namespace Sensor.Detection.Keywords.Application;

/// <summary>Numbers and flags of MQTT messages (user guide, "MQTT Keywords"). A question holds when one message of the exchange satisfies it.</summary>
internal static class MqttKeywords
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("mqtt.protocol_version", ValueUse.Required, "the connection's version, 3, 4 or 5: mqtt.protocol_version:5;", (rule, value) =>
        {
            NumberRange range = NumberRange.Parse("mqtt.protocol_version", value, byte.MaxValue);
            Ask(rule, one => range.Contains((ulong)one.ProtocolVersion));
        }),
        new("mqtt.type", ValueUse.Required, "a message's type: mqtt.type:PUBLISH;", ParseType),
        new("mqtt.flags", ValueUse.Required, "a message's flags: mqtt.flags:retain,!dup;", ParseFlags),
        new("mqtt.qos", ValueUse.Required, "a message's quality of service, 0 to 2: mqtt.qos:1;", (rule, value) =>
        {
            ulong qos = RuleNumber.Parse("mqtt.qos", value, 0, 2);
            AskMessage(rule, first => (ulong)((first >> 1) & 3) == qos);
        }),
        new("mqtt.reason_code", ValueUse.Required, "a reason or return code: mqtt.reason_code:!0;", ParseReason) { Aliases = ["mqtt.connack.return_code"] },
        new("mqtt.connack.session_present", ValueUse.Required, "whether the server had a session: mqtt.connack.session_present:yes;", ParseSession),
        new("mqtt.connect.flags", ValueUse.Required, "what CONNECT brings: mqtt.connect.flags:username,!will;", ParseConnectFlags),
    ];

    private static readonly Dictionary<string, int> MessageFlags = new(StringComparer.OrdinalIgnoreCase) { ["retain"] = 1, ["dup"] = 8 };

    private static readonly Dictionary<string, int> ConnectFlags = new(StringComparer.OrdinalIgnoreCase)
    {
        ["username"] = MqttConnectFlags.Username,
        ["password"] = MqttConnectFlags.Password,
        ["will"] = MqttConnectFlags.Will,
        ["will_retain"] = MqttConnectFlags.WillRetain,
        ["clean_session"] = MqttConnectFlags.CleanSession,
    };

    private static void ParseType(RuleBuilder rule, string value)
    {
        string word = value.Trim();
        bool negated = word.StartsWith('!');
        if (!Enum.TryParse(word.TrimStart('!', ' '), ignoreCase: true, out MqttType type) || !Enum.IsDefined(type))
            throw new RuleException($"cannot read mqtt.type \"{value}\": write CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH or UNASSIGNED");
        AskMessage(rule, first => (MqttType)(first >> 4) == type != negated);
    }

    private static void ParseFlags(RuleBuilder rule, string value)
    {
        (int set, int clear) = Bits("mqtt.flags", value, MessageFlags);
        AskMessage(rule, first => (first & set) == set && (first & clear) == 0);
    }

    private static void ParseConnectFlags(RuleBuilder rule, string value)
    {
        (int set, int clear) = Bits("mqtt.connect.flags", value, ConnectFlags);
        AskField(rule, MqttField.ConnectFlags, flags => (flags & set) == set && (flags & clear) == 0);
    }

    private static void ParseReason(RuleBuilder rule, string value)
    {
        NumberRange range = NumberRange.Parse("mqtt.reason_code", value, byte.MaxValue);
        Ask(rule, one =>
        {
            foreach (ref readonly Field field in one.Fields)
            {
                if ((MqttField)field.Kind is MqttField.ReasonCode or MqttField.ReturnCode or MqttField.GrantedQos or MqttField.UnsubscribeReason && range.Contains((ulong)field.Number)) return true;
            }

            return false;
        });
    }

    private static void ParseSession(RuleBuilder rule, string value)
    {
        bool wanted = value.Trim().ToLowerInvariant() switch
        {
            "yes" or "true" => true,
            "no" or "false" => false,
            _ => throw new RuleException($"cannot read mqtt.connack.session_present \"{value}\": write yes or no"),
        };
        AskField(rule, MqttField.SessionPresent, present => present != 0 == wanted);
    }

    private static (int Set, int Clear) Bits(string keyword, string value, Dictionary<string, int> words)
    {
        int set = 0, clear = 0;
        foreach (string part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string word = part.TrimStart('!', ' ');
            if (!words.TryGetValue(word, out int bit)) throw new RuleException($"cannot read {keyword} \"{value}\": \"{word}\" is unknown; write {string.Join(", ", words.Keys)}, each with ! before it for its absence");
            if (part.StartsWith('!')) clear |= bit;
            else set |= bit;
        }

        return (set, clear);
    }

    private static void AskMessage(RuleBuilder rule, Func<int, bool> holds) => AskField(rule, MqttField.Message, first => holds((int)first));

    private static void AskField(RuleBuilder rule, MqttField kind, Func<long, bool> holds) => Ask(rule, one =>
    {
        foreach (ref readonly Field field in one.Fields)
        {
            if (field.Kind == (ushort)kind && holds(field.Number)) return true;
        }

        return false;
    });

    private static void Ask(RuleBuilder rule, Func<MqttTransaction, bool> holds) =>
        rule.Ask("mqtt", MqttProtocol.Complete, MqttProtocol.Complete, (transaction, _) => transaction is MqttTransaction one && holds(one));
}
