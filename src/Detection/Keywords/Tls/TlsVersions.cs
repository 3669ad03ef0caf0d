using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;
using Sensor.Protocols.Tls;

namespace Sensor.Detection.Keywords.Tls;

/// <summary><c>tls.version</c>, <c>ssl_version</c> and <c>ssl_state</c> (user guide, "SSL/TLS Keywords").</summary>
internal static class TlsVersions
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("tls.version", ValueUse.Required, "the version of the connection: tls.version:1.0;", ParseVersion),
        new("ssl_version", ValueUse.Required, "versions of the connection: ssl_version:sslv3,tls1.0; or ssl_version:!tls1.2;", ParseVersions),
        new("ssl_state", ValueUse.Required, "messages that were seen: ssl_state:client_hello|server_hello;", ParseStates),
    ];

    private static int VersionOf(string word) => word switch
    {
        "sslv2" => TlsVersion.Ssl2,
        "sslv3" => TlsVersion.Ssl3,
        "tls1.0" => TlsVersion.Tls10,
        "tls1.1" => TlsVersion.Tls11,
        "tls1.2" => TlsVersion.Tls12,
        "tls1.3" => TlsVersion.Tls13,
        _ => throw new RuleException($"cannot read ssl_version: \"{word}\" is unknown; write sslv2, sslv3, tls1.0, tls1.1, tls1.2 or tls1.3"),
    };

    private static TlsStates StateOf(string word) => word switch
    {
        "client_hello" => TlsStates.ClientHello,
        "server_hello" => TlsStates.ServerHello,
        "client_keyx" => TlsStates.ClientKeyExchange,
        "server_keyx" => TlsStates.ServerKeyExchange,
        "unknown" => TlsStates.Unknown,
        _ => throw new RuleException($"cannot read ssl_state: \"{word}\" is unknown; write client_hello, server_hello, client_keyx, server_keyx or unknown"),
    };

    private static void ParseVersion(RuleBuilder rule, string value)
    {
        string text = QuotedValue.Parse(value).Text.Trim();
        int version = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? (int)RuleNumber.Parse("tls.version", text, 0, ushort.MaxValue)
            : text is "1.0" or "1.1" or "1.2" or "1.3" ? VersionOf("tls" + text)
            : throw new RuleException($"cannot read tls.version \"{value}\": write 1.0, 1.1, 1.2, 1.3 or a number such as 0x7f12");
        rule.Ask("tls", TlsProgress.ClientHello, TlsProgress.ServerHello, (transaction, direction) => ((TlsTransaction)transaction).VersionOf(direction) == version);
    }

    private static void ParseVersions(RuleBuilder rule, string value)
    {
        string[] words = QuotedValue.Parse(value).Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        bool negated = value.Contains('!', StringComparison.Ordinal);
        int[] versions = [.. words.Select(word => VersionOf(word.TrimStart('!', ' ').ToLowerInvariant()))];
        rule.Ask("tls", TlsProgress.ClientHello, TlsProgress.ServerHello, (transaction, direction) =>
            versions.AsSpan().Contains(((TlsTransaction)transaction).VersionOf(direction)) != negated);
    }

    private static void ParseStates(RuleBuilder rule, string value)
    {
        TlsStates wanted = TlsStates.None, unwanted = TlsStates.None;
        foreach (string word in value.Split(['|', ','], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.StartsWith('!')) unwanted |= StateOf(word[1..].Trim());
            else wanted |= StateOf(word);
        }

        rule.Ask("tls", TlsProgress.ClientInProgress, TlsProgress.ServerInProgress, (transaction, _) =>
        {
            TlsStates states = ((TlsTransaction)transaction).States;
            return (wanted == TlsStates.None || (states & wanted) != 0) && (states & unwanted) == 0;
        }, untilComplete: true);
    }
}
