using System.Globalization;
using Sensor.Decode.Network.Fragments;
using Sensor.Primitives;

namespace Sensor.Decode;

/// <summary>What the decoder looks for and how much it may spend on it.</summary>
public sealed record DecodeOptions
{
    /// <summary>Most headers walked for one frame, tunnels included. Suricata's default (decoder.max-layers: 16).</summary>
    public int MaximumLayers { get; init; } = 16;

    /// <summary>Verify IPv4, TCP, UDP, ICMP and ICMPv6 checksums; wrong ones set flags, and wrong fragments are not assembled.</summary>
    public bool ValidateChecksums { get; init; }

    /// <summary>UDP destination ports that carry VXLAN (RFC 7348); empty switches it off.</summary>
    public IReadOnlyList<ushort> VxlanPorts { get; init; } = [4789];

    /// <summary>UDP destination ports that carry Geneve (RFC 8926); empty switches it off.</summary>
    public IReadOnlyList<ushort> GenevePorts { get; init; } = [6081];

    /// <summary>UDP ports, on either side, that may carry Teredo (RFC 4380); empty switches it off.</summary>
    public IReadOnlyList<ushort> TeredoPorts { get; init; } = [3544];

    /// <summary>Idle time before an unfinished datagram is let go, by packet time. Suricata's default (defrag.timeout: 60).</summary>
    public TimeSpan FragmentTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most unfinished datagrams at once; the least recently used goes first. Suricata's default is 65535 for the whole engine.</summary>
    public int MaximumDatagrams { get; init; } = 65535;

    /// <summary>Most bytes kept for unfinished datagrams; the least recently used go first. Suricata's default (defrag.memcap: 32mb).</summary>
    public long FragmentMemory { get; init; } = 32 * 1024 * 1024;

    /// <summary>Who wins where fragments overlap, for destinations that <see cref="HostPolicies"/> does not name.</summary>
    public OverlapPolicy DefaultPolicy { get; init; } = OverlapPolicy.Bsd;

    /// <summary>Overlap policy by destination (Suricata's host-os-policy); the longest prefix wins.</summary>
    public IReadOnlyList<HostPolicy> HostPolicies { get; init; } = [];

    /// <summary>
    /// The options that Suricata's dotted keys describe (<c>decoder.vxlan.enabled</c>, <c>decoder.vxlan.ports</c>,
    /// <c>host-os-policy.linux.0</c>...). Keys of other rooms are passed over; a value that cannot be read keeps the default.
    /// </summary>
    public static DecodeOptions FromSettings(IReadOnlyDictionary<string, string> settings)
    {
        DecodeOptions defaults = new();
        return defaults with
        {
            MaximumLayers = Number(settings, "decoder.max-layers", defaults.MaximumLayers),
            VxlanPorts = Ports(settings, "decoder.vxlan", defaults.VxlanPorts),
            GenevePorts = Ports(settings, "decoder.geneve", defaults.GenevePorts),
            TeredoPorts = Ports(settings, "decoder.teredo", defaults.TeredoPorts),
            FragmentTimeout = TimeSpan.FromSeconds(Number(settings, "defrag.timeout", (int)defaults.FragmentTimeout.TotalSeconds)),
            HostPolicies = Policies(settings),
        };
    }

    private static int Number(IReadOnlyDictionary<string, string> settings, string key, int otherwise) =>
        settings.TryGetValue(key, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 ? value : otherwise;

    /// <summary>Ports may be written as numbers or as the variable the rules use for them, which then keeps its default.</summary>
    private static IReadOnlyList<ushort> Ports(IReadOnlyDictionary<string, string> settings, string section, IReadOnlyList<ushort> otherwise)
    {
        if (settings.TryGetValue(section + ".enabled", out string? enabled) && enabled.ToLowerInvariant() is "no" or "false" or "off" or "0") return [];
        if (!settings.TryGetValue(section + ".ports", out string? text)) return otherwise;
        var ports = new List<ushort>();
        foreach (string part in text.Split(['[', ']', ',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!ushort.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)) return otherwise;
            ports.Add(port);
        }

        return ports;
    }

    /// <summary><c>host-os-policy.NAME.N: address[/prefix]</c>.</summary>
    private static HostPolicy[] Policies(IReadOnlyDictionary<string, string> settings)
    {
        const string prefix = "host-os-policy.";
        var policies = new List<HostPolicy>();
        foreach ((string key, string value) in settings)
        {
            if (!key.StartsWith(prefix, StringComparison.Ordinal)) continue;
            string[] parts = value.Trim().Split('/');
            if (!OverlapPolicies.TryFind(key[prefix.Length..].Split('.')[0], out OverlapPolicy policy) || !IpAddress.TryParse(parts[0], out IpAddress address)) continue;
            int length = parts.Length > 1 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : address.IsIpv4 ? 32 : 128;
            policies.Add(new HostPolicy(address, address.IsIpv4 ? length + 96 : length, policy));
        }

        return [.. policies];
    }
}
