namespace Sensor.Detection.Keywords.Buffers;

/// <summary>
/// The older way to name a buffer: a modifier after the content (<c>content:"/x"; http_uri;</c>). The same rule as
/// <c>http.uri; content:"/x";</c>.
/// </summary>
internal static class LegacyModifier
{
    private static readonly (string Modifier, string Buffer)[] Modifiers =
    [
        ("http_uri", "http.uri"),
        ("http_raw_uri", "http.uri.raw"),
        ("http_method", "http.method"),
        ("http_header", "http.header"),
        ("http_raw_header", "http.header.raw"),
        ("http_cookie", "http.cookie"),
        ("http_client_body", "http.request_body"),
        ("http_server_body", "http.response_body"),
        ("http_stat_code", "http.stat_code"),
        ("http_stat_msg", "http.stat_msg"),
        ("http_user_agent", "http.user_agent"),
        ("http_host", "http.host"),
        ("http_raw_host", "http.host.raw"),
    ];

    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        .. Modifiers.Select(entry => new Keyword(entry.Modifier, ValueUse.None, $"the content before it is looked for in {entry.Buffer}: content:\"...\"; {entry.Modifier};",
            (rule, _) => rule.MoveLastContent(entry.Modifier, entry.Buffer))),
    ];
}
