using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Header;

/// <summary><c>ip_proto</c>: the protocol number of the IP header (user guide, "Header Keywords").</summary>
internal static class IpProtocolKeyword
{
    // Names of the IANA registry that rules use.
    private static readonly Dictionary<string, byte> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["icmp"] = 1,
        ["igmp"] = 2,
        ["ggp"] = 3,
        ["ipv4"] = 4,
        ["ipip"] = 4,
        ["st"] = 5,
        ["tcp"] = 6,
        ["egp"] = 8,
        ["igrp"] = 9,
        ["pup"] = 12,
        ["udp"] = 17,
        ["hmp"] = 20,
        ["xns-idp"] = 22,
        ["rdp"] = 27,
        ["iso-tp4"] = 29,
        ["dccp"] = 33,
        ["ipv6"] = 41,
        ["ipv6-route"] = 43,
        ["ipv6-frag"] = 44,
        ["idrp"] = 45,
        ["rsvp"] = 46,
        ["gre"] = 47,
        ["esp"] = 50,
        ["ah"] = 51,
        ["skip"] = 57,
        ["ipv6-icmp"] = 58,
        ["icmp6"] = 58,
        ["ipv6-nonxt"] = 59,
        ["ipv6-opts"] = 60,
        ["eigrp"] = 88,
        ["ospf"] = 89,
        ["ax.25"] = 93,
        ["etherip"] = 97,
        ["encap"] = 98,
        ["pim"] = 103,
        ["ipcomp"] = 108,
        ["vrrp"] = 112,
        ["l2tp"] = 115,
        ["isis"] = 124,
        ["sctp"] = 132,
        ["fc"] = 133,
        ["mobility-header"] = 135,
        ["udplite"] = 136,
        ["mpls-in-ip"] = 137,
        ["hip"] = 139,
    };

    public static Keyword Keyword { get; } = new("ip_proto", ValueUse.Required, "protocol number of the IP header: ip_proto:47; or ip_proto:!gre;", Parse);

    private static void Parse(RuleBuilder rule, string value)
    {
        string text = QuotedValue.Parse(value).Text.Trim();
        string name = text.TrimStart('!', '<', '>', '=', ' ');
        if (Names.TryGetValue(name, out byte number)) text = text[..^name.Length] + number;
        rule.Tests.Add(new Test(NumberRange.Parse("ip_proto", value.TrimStart().StartsWith('!') && !text.StartsWith('!') ? "!" + text : text, byte.MaxValue)));
        rule.AsksDecodeEventsOnly = false;
    }

    private sealed class Test(NumberRange range) : PacketTest, IAsksIpProtocol
    {
        public bool Admits(byte protocol) => range.Contains(protocol);

        public override int Cost => 0;

        public override bool Matches(InspectContext context, scoped ref PacketView packet) => packet.IpVersion != 0 && range.Contains(packet.IpProtocol);
    }
}
