using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;
using Sensor.Protocols.Fields;
using Sensor.Protocols.Http2;

namespace Sensor.Detection.Keywords.Application;

/// <summary>Frames of HTTP/2 (user guide, "HTTP/2 keywords"). Each asks the side the rule looks at.</summary>
internal static class Http2Keywords
{
    private static readonly string[] FrameTypes = ["DATA", "HEADERS", "PRIORITY", "RSTSTREAM", "SETTINGS", "PUSHPROMISE", "PING", "GOAWAY", "WINDOWUPDATE", "CONTINUATION"];

    private static readonly string[] ErrorCodes =
    [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM",
        "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED",
    ];

    private static readonly string[] Settings =
    [
        "SETTINGS_HEADER_TABLE_SIZE", "SETTINGS_ENABLE_PUSH", "SETTINGS_MAX_CONCURRENT_STREAMS", "SETTINGS_INITIAL_WINDOW_SIZE", "SETTINGS_MAX_FRAME_SIZE", "SETTINGS_MAX_HEADER_LIST_SIZE",
    ];

    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("http2.frametype", ValueUse.Required, "a frame's type: http2.frametype:GOAWAY;", (rule, value) =>
        {
            uint bit = 1u << (int)Math.Min(NumberOf("http2.frametype", value, FrameTypes, byte.MaxValue), 31);
            rule.Ask("http2", 0, 0, (transaction, direction) => (((Http2Transaction)transaction).Frames(direction) & bit) != 0, untilComplete: true);
        }),
        new("http2.errorcode", ValueUse.Required, "code of RST_STREAM or GOAWAY: http2.errorcode:PROTOCOL_ERROR;", (rule, value) =>
        {
            ulong code = NumberOf("http2.errorcode", value, ErrorCodes, uint.MaxValue);
            Ask(rule, Http2Field.RequestError, number => (ulong)number == code);
        }),
        Number("http2.priority", Http2Field.RequestPriority, byte.MaxValue, "priority of a stream: http2.priority:>100;"),
        Number("http2.window", Http2Field.RequestWindow, uint.MaxValue, "increment of a window: http2.window:<42;"),
        Number("http2.size_update", Http2Field.RequestSizeUpdate, uint.MaxValue, "new size of the header table: http2.size_update:1234;"),
        new("http2.settings", ValueUse.Required, "a setting: http2.settings:SETTINGS_MAX_HEADER_LIST_SIZE>1024;", ParseSettings),
    ];

    private static Keyword Number(string name, Http2Field field, ulong most, string help) => new(name, ValueUse.Required, help, (rule, value) =>
    {
        NumberRange range = NumberRange.Parse(name, value, most);
        Ask(rule, field, number => range.Contains((ulong)number));
    });

    private static void ParseSettings(RuleBuilder rule, string value)
    {
        string text = value.Trim();
        int end = text.IndexOfAny(['<', '>', '=', '!', ' ']);
        string name = end < 0 ? text : text[..end];
        int id = Array.FindIndex(Settings, one => one.Equals(name, StringComparison.OrdinalIgnoreCase)) + 1;
        if (id == 0) throw new RuleException($"cannot read http2.settings \"{value}\": write one of {string.Join(", ", Settings)} and a comparison");
        NumberRange? range = end < 0 ? null : NumberRange.Parse("http2.settings", text[end..], uint.MaxValue);
        Ask(rule, Http2Field.RequestSetting, number => number >> 32 == id && (range is not { } wanted || wanted.Contains((uint)number)));
    }

    private static ulong NumberOf(string keyword, string value, string[] words, ulong most)
    {
        string text = value.Trim();
        int at = Array.FindIndex(words, one => one.Equals(text, StringComparison.OrdinalIgnoreCase));
        return at >= 0 ? (ulong)at : RuleNumber.Parse(keyword, text, 0, most);
    }

    private static void Ask(RuleBuilder rule, Http2Field field, Func<long, bool> holds) => rule.Ask("http2", 0, 0, (transaction, direction) =>
    {
        int kind = (int)field + (direction == Direction.ToServer ? 0 : 1);
        foreach (ref readonly Field one in ((Http2Transaction)transaction).Fields)
        {
            if (one.Kind == kind && holds(one.Number)) return true;
        }

        return false;
    }, untilComplete: true);
}
