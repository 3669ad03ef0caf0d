using System.Text.Json;
using Sensor.Primitives;

namespace Sensor.Alerts.Eve;

/// <summary>Names of link types in EVE's <c>packet_info.linktype_name</c>.</summary>
internal static class LinkTypeNames
{
    private static readonly (int Type, JsonEncodedText Name)[] Table =
    [
        (0, Text("NULL")), (1, Text("EN10MB")), (9, Text("PPP")), (12, Text("RAW")), (14, Text("RAW")), (101, Text("RAW")), (104, Text("C_HDLC")),
        (108, Text("LOOP")), (113, Text("LINUX_SLL")), (228, Text("IPv4")), (229, Text("IPv6")), (276, Text("LINUX_SLL2")),
    ];

    private static readonly JsonEncodedText Unknown = Text("UNKNOWN");

    public static JsonEncodedText Name(LinkType link)
    {
        foreach ((int type, JsonEncodedText name) in Table)
        {
            if (type == (int)link) return name;
        }

        return Unknown;
    }

    private static JsonEncodedText Text(string text) => JsonEncodedText.Encode(text);
}
