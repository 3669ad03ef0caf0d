using System.Text.Json;
using Sensor.Decode;
using Sensor.Protocols;
using Sensor.Streams;

namespace Sensor.Alerts.Eve;

/// <summary>Event names as anomaly records write them, at the index of the event's number.</summary>
internal static class EventNames
{
    public static readonly JsonEncodedText Unknown = JsonEncodedText.Encode("unknown");

    /// <summary>Rules say <c>decode-event:ipv4.trunc_pkt</c>, records <c>decoder.ipv4.trunc_pkt</c>.</summary>
    public static readonly JsonEncodedText[] Decode = Build(number => "decoder." + DecodeEventNames.Name((DecodeEvent)number));

    public static readonly JsonEncodedText[] Stream = Build(number => "stream." + StreamEventNames.Name((StreamEvent)number));

    /// <summary>Events of protocol detection are upper case in records, lower case in rules.</summary>
    public static readonly JsonEncodedText[] Detection =
        Build(number => number < AppLayerEventNames.All.Count ? AppLayerEventNames.All[number].ToUpperInvariant() : "UNKNOWN");

    /// <summary>The same goes for HTTP, alone among the protocols.</summary>
    private static readonly string[] UpperCaseProtocols = ["http"];

    public static JsonEncodedText[] Of(IAppProtocol protocol)
    {
        bool upper = UpperCaseProtocols.Contains(protocol.Name);
        return [.. protocol.Events.Select(name => JsonEncodedText.Encode(upper ? name.ToUpperInvariant() : name))];
    }

    private static JsonEncodedText[] Build(Func<int, string> name) => [.. Enumerable.Range(0, 256).Select(number => JsonEncodedText.Encode(name(number)))];
}
