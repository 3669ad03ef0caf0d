using Sensor.Decode.Network.Fragments;

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
}
