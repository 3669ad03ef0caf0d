using Sensor.Detection.Compile;
using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;
using Sensor.Protocols.Dns;

namespace Sensor.Detection.Keywords.Dns;

/// <summary>Numbers of DNS messages (user guide, "DNS Keywords").</summary>
internal static class DnsKeywords
{
    public static IReadOnlyList<Keyword> Keywords =>
    [
        new("dns.opcode", ValueUse.Required, "the message's opcode: dns.opcode:4; or dns.opcode:!0;", (rule, value) =>
        {
            NumberRange range = NumberRange.Parse("dns.opcode", value, 15);
            rule.Ask("dns", DnsProtocol.Complete, DnsProtocol.Complete, (transaction, direction) =>
                transaction is DnsTransaction message && message.Travel == direction && range.Contains((ulong)message.Opcode));
        }),
        new("dns.rcode", ValueUse.Required, "the answer's code: dns.rcode:3; or dns.rcode:NXDOMAIN;", (rule, value) =>
        {
            NumberRange range = NumberRange.Parse("dns.rcode", Numbered(value, ResponseCodes), 23);
            rule.Ask("dns", DnsProtocol.Complete, DnsProtocol.Complete, (transaction, direction) =>
                transaction is DnsTransaction { IsResponse: true } message && message.Travel == direction && range.Contains((ulong)message.ResponseCode));
        }),
        new("dns.rrtype", ValueUse.Required, "a record's type: dns.rrtype:16; or dns.rrtype:TXT;", (rule, value) =>
        {
            NumberRange range = NumberRange.Parse("dns.rrtype", Numbered(value, Types), ushort.MaxValue);
            rule.Ask("dns", DnsProtocol.Complete, DnsProtocol.Complete, (transaction, direction) => HasType((DnsTransaction)transaction, direction, range));
        }),
    ];

    private static readonly Dictionary<string, int> ResponseCodes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["NOERROR"] = 0,
        ["FORMERR"] = 1,
        ["SERVFAIL"] = 2,
        ["NXDOMAIN"] = 3,
        ["NOTIMP"] = 4,
        ["REFUSED"] = 5,
        ["YXDOMAIN"] = 6,
        ["YXRRSET"] = 7,
        ["NXRRSET"] = 8,
        ["NOTAUTH"] = 9,
        ["NOTZONE"] = 10,
    };

    // IANA, "Resource Record (RR) TYPEs"; those that rules name.
    private static readonly Dictionary<string, int> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["A"] = 1,
        ["NS"] = 2,
        ["CNAME"] = 5,
        ["SOA"] = 6,
        ["NULL"] = 10,
        ["PTR"] = 12,
        ["HINFO"] = 13,
        ["MX"] = 15,
        ["TXT"] = 16,
        ["RP"] = 17,
        ["KEY"] = 25,
        ["AAAA"] = 28,
        ["LOC"] = 29,
        ["SRV"] = 33,
        ["NAPTR"] = 35,
        ["CERT"] = 37,
        ["DNAME"] = 39,
        ["OPT"] = 41,
        ["DS"] = 43,
        ["SSHFP"] = 44,
        ["RRSIG"] = 46,
        ["NSEC"] = 47,
        ["DNSKEY"] = 48,
        ["NSEC3"] = 50,
        ["TLSA"] = 52,
        ["SVCB"] = 64,
        ["HTTPS"] = 65,
        ["SPF"] = 99,
        ["TKEY"] = 249,
        ["TSIG"] = 250,
        ["IXFR"] = 251,
        ["AXFR"] = 252,
        ["ANY"] = 255,
        ["URI"] = 256,
        ["CAA"] = 257,
    };

    private static bool HasType(DnsTransaction message, Direction direction, NumberRange range)
    {
        if (message.Travel != direction) return false;
        foreach (ref readonly DnsEntry entry in message.In(message.IsResponse ? DnsSection.Answers : DnsSection.Queries))
        {
            if (range.Contains(entry.Type)) return true;
        }

        return false;
    }

    /// <summary>A word as its number, with whatever stands before it.</summary>
    private static string Numbered(string value, Dictionary<string, int> words)
    {
        string text = value.Trim();
        string word = text.TrimStart('!', '=', ' ');
        return words.TryGetValue(word, out int number) ? text[..^word.Length] + number : text;
    }
}
