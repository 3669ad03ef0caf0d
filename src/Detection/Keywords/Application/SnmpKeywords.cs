using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;
using Sensor.Protocols.Snmp;

namespace Sensor.Detection.Keywords.Application;

/// <summary>Numbers of SNMP messages (user guide, "SNMP Keywords").</summary>
internal static class SnmpKeywords
{
    private delegate bool MessageQuestion(SnmpTransaction message);

    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("snmp.version", ValueUse.Required, "the version of the message: snmp.version:<3;", (rule, value) =>
        {
            NumberRange range = NumberRange.Parse("snmp.version", value, uint.MaxValue);
            Ask(rule, message => message.Version != 0 && range.Contains((ulong)message.Version));
        }),
        new("snmp.pdu_type", ValueUse.Required, "the kind of the message: snmp.pdu_type:1;", (rule, value) =>
        {
            NumberRange range = NumberRange.Parse("snmp.pdu_type", value, uint.MaxValue);
            Ask(rule, message => message.PduType >= 0 && range.Contains((ulong)message.PduType));
        }),
    ];

    private static void Ask(RuleBuilder rule, MessageQuestion question) =>
        rule.Ask("snmp", SnmpProtocol.Complete, SnmpProtocol.Complete, (transaction, direction) => transaction is SnmpTransaction message && message.Travel == direction && question(message));
}
