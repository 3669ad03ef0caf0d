using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Protocols;

namespace Sensor.Detection.Compile;

/// <summary>What the protocol word of a rule means.</summary>
internal sealed record ProtocolWord
{
    public TransportMask Transports { get; init; } = TransportMask.Any;

    public byte IpVersion { get; init; }

    /// <summary>An application protocol: numbers of those in the catalog that satisfy the word, bit by bit; 0 when none does (yet).</summary>
    public bool IsApplication { get; init; }

    public ulong Protocols { get; init; }

    /// <summary><c>tcp-pkt</c>, <c>tcp-stream</c>.</summary>
    public bool ForcesPacket { get; init; }

    public bool ForcesStream { get; init; }

    /// <summary><c>pkthdr</c>: packets that need not be decodable.</summary>
    public bool IsPacketHeader { get; init; }

    /// <summary>The word itself without its hook.</summary>
    public required string Name { get; init; }

    /// <summary>After a colon: the state at which the rule is tried (<c>client_hello_done</c>), empty without.</summary>
    public string Hook { get; init; } = "";
}

/// <summary>Protocol words of rule headers (user guide, "Rules Format", Protocol).</summary>
internal static class ProtocolWords
{
    private static readonly Dictionary<string, ProtocolWord> Fixed = new[]
    {
        new ProtocolWord { Name = "ip" },
        new ProtocolWord { Name = "ipv4", IpVersion = 4 },
        new ProtocolWord { Name = "ip4", IpVersion = 4 },
        new ProtocolWord { Name = "ipv6", IpVersion = 6 },
        new ProtocolWord { Name = "ip6", IpVersion = 6 },
        new ProtocolWord { Name = "tcp", Transports = TransportMask.Tcp },
        new ProtocolWord { Name = "tcp-pkt", Transports = TransportMask.Tcp, ForcesPacket = true },
        new ProtocolWord { Name = "tcp-stream", Transports = TransportMask.Tcp, ForcesStream = true },
        new ProtocolWord { Name = "udp", Transports = TransportMask.Udp },
        new ProtocolWord { Name = "sctp", Transports = TransportMask.Sctp },
        new ProtocolWord { Name = "icmp", Transports = TransportMask.Icmp | TransportMask.Icmpv6 },
        new ProtocolWord { Name = "icmpv4", Transports = TransportMask.Icmp },
        new ProtocolWord { Name = "icmpv6", Transports = TransportMask.Icmpv6 },
        new ProtocolWord { Name = "pkthdr", IsPacketHeader = true },
    }.ToDictionary(word => word.Name);

    /// <summary>Words of the language whose protocols need not be in the catalog: their rules load and wait for it.</summary>
    private static readonly string[] Applications =
    [
        "http", "http1", "http2", "doh2", "dns", "mdns", "tls", "ssl", "ssh", "smb", "smb2", "dcerpc", "smtp", "ftp", "ftp-data", "pop3", "imap", "msn", "jabber",
        "krb5", "ldap", "rdp", "rfb", "snmp", "dhcp", "tftp", "ike", "ikev1", "ikev2", "ntp", "mqtt", "sip", "nfs", "nfs2", "nfs3", "nfs4", "telnet", "pgsql", "mysql",
        "modbus", "dnp3", "enip", "websocket", "bittorrent-dht", "quic", "irc", "template", "failed", "unknown", "vxlan",
    ];

    // A word that stands for a family, or for what the catalog calls differently.
    private static readonly Dictionary<string, string[]> Families = new()
    {
        ["http"] = ["http", "http1", "http2", "doh2"],
        ["http1"] = ["http", "http1"],
        ["http2"] = ["http2", "doh2"],
        ["dns"] = ["dns", "doh2"],
        ["ssl"] = ["tls"],
        ["smb2"] = ["smb"],
        ["dcerpc"] = ["dcerpc", "smb"],
        ["ikev1"] = ["ike"],
        ["ikev2"] = ["ike"],
        ["nfs2"] = ["nfs"],
        ["nfs3"] = ["nfs"],
        ["nfs4"] = ["nfs"],
    };

    public static ProtocolWord Parse(string text, IReadOnlyList<IAppProtocol> protocols)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? text : text[..colon];
        string hook = colon < 0 ? "" : text[(colon + 1)..];
        if (Fixed.TryGetValue(name, out ProtocolWord? word)) return word with { Hook = hook };
        ulong numbers = Numbers(name, protocols);
        if (numbers == 0 && !Applications.Contains(name))
        {
            IEnumerable<string> known = Fixed.Keys.Concat(Applications).Concat(protocols.Select(protocol => protocol.Name));
            throw new RuleException($"unknown protocol \"{name}\"{DidYouMean.Hint(name, known)}");
        }

        return new ProtocolWord
        {
            Name = name,
            Hook = hook,
            IsApplication = true,
            Protocols = numbers,
            Transports = numbers == 0 ? TransportMask.Tcp | TransportMask.Udp : TransportsOf(numbers, protocols),
        };
    }

    /// <summary>The catalog's protocols that satisfy a word, bit by number; 0 when there are none.</summary>
    public static ulong Numbers(string name, IReadOnlyList<IAppProtocol> protocols)
    {
        string[] names = Families.GetValueOrDefault(name, [name]);
        ulong numbers = 0;
        for (int number = 0; number < protocols.Count; number++)
        {
            if (names.Contains(protocols[number].Name)) numbers |= 1UL << number;
        }

        return numbers;
    }

    /// <summary>Is it a word for an application protocol, present or not?</summary>
    public static bool IsApplication(string name, IReadOnlyList<IAppProtocol> protocols) =>
        Applications.Contains(name) || Numbers(name, protocols) != 0;

    public static TransportMask TransportsOf(ulong numbers, IReadOnlyList<IAppProtocol> protocols)
    {
        Transports all = Transports.None;
        for (int number = 0; number < protocols.Count; number++)
        {
            if ((numbers & (1UL << number)) != 0) all |= protocols[number].Transports;
        }

        TransportMask mask = TransportMask.None;
        if ((all & Transports.Tcp) != 0) mask |= TransportMask.Tcp;
        if ((all & Transports.Udp) != 0) mask |= TransportMask.Udp;
        return mask;
    }
}
