using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;
using Sensor.Protocols.Rfb;

namespace Sensor.Detection.Keywords.Application;

/// <summary>Numbers of the RFB handshake (user guide, "RFB Keywords"); the name of the screen is a buffer.</summary>
internal static class RfbKeywords
{
    private const int Security = 1, Authenticated = 2;

    public static IReadOnlyList<Keyword> Keywords =>
    [
        new("rfb.sectype", ValueUse.Required, "the security type: rfb.sectype:2; or rfb.sectype:>3;", (rule, value) =>
        {
            NumberRange range = NumberRange.Parse("rfb.sectype", value, uint.MaxValue);
            rule.Ask("rfb", Security, null, (transaction, _) => transaction is RfbTransaction { SecurityType: >= 0 } one && range.Contains((ulong)one.SecurityType));
        }),
        new("rfb.secresult", ValueUse.Required, "the result of the security handshake: rfb.secresult:ok; or rfb.secresult:!0;", (rule, value) =>
        {
            string text = value.Trim().ToLowerInvariant() switch { "ok" => "0", "fail" => "1", "toomany" => "2", "unknown" => ">2", var number => number };
            NumberRange range = NumberRange.Parse("rfb.secresult", text, uint.MaxValue);
            rule.Ask("rfb", null, Authenticated, (transaction, _) => transaction is RfbTransaction { SecurityResult: >= 0 } one && range.Contains((ulong)one.SecurityResult));
        }),
    ];
}
