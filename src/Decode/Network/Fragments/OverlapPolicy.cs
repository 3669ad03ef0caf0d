using Sensor.Primitives;

namespace Sensor.Decode.Network.Fragments;

/// <summary>
/// Who wins where two fragments cover the same bytes. Hosts differ (J. Novak, "Target-Based Fragmentation Reassembly",
/// 2005), and an attacker who knows the target's way can show the sensor other bytes; so the box imitates the target.
/// </summary>
public enum OverlapPolicy : byte
{
    /// <summary>The older fragment, unless the newer begins before it.</summary>
    Bsd,
    /// <summary>The newer fragment, unless it begins before the older.</summary>
    BsdRight,
    /// <summary>The older fragment only when it begins before the newer.</summary>
    Linux,
    /// <summary>The older fragment, unless the newer reaches beyond it on both sides.</summary>
    Windows,
    /// <summary>As Windows, but reaching its end is enough on the right side.</summary>
    Solaris,
    /// <summary>Always the older fragment.</summary>
    First,
    /// <summary>Always the newer fragment.</summary>
    Last,
}

/// <summary>The policy of the hosts inside a prefix.</summary>
/// <param name="Network">First address of the prefix.</param>
/// <param name="PrefixLength">0 to 128; an IPv4 prefix counts from 96, as everywhere in this project.</param>
public readonly record struct HostPolicy(IpAddress Network, int PrefixLength, OverlapPolicy Policy)
{
    public bool Covers(IpAddress address) => address.Prefix(PrefixLength) == Network.Prefix(PrefixLength);
}

public static class OverlapPolicies
{
    // The operating systems of Suricata's host-os-policy (user guide, "Host-os-policy") and how each treats overlaps.
    private static readonly (string Name, OverlapPolicy Policy)[] Table =
    [
        ("bsd", OverlapPolicy.Bsd), ("bsd-right", OverlapPolicy.BsdRight), ("old-linux", OverlapPolicy.Linux), ("linux", OverlapPolicy.Linux),
        ("old-solaris", OverlapPolicy.Solaris), ("solaris", OverlapPolicy.Solaris), ("hpux10", OverlapPolicy.Solaris), ("hpux11", OverlapPolicy.Solaris),
        ("irix", OverlapPolicy.Bsd), ("macos", OverlapPolicy.First), ("windows", OverlapPolicy.Windows), ("vista", OverlapPolicy.Windows),
        ("windows2k3", OverlapPolicy.Windows), ("first", OverlapPolicy.First), ("last", OverlapPolicy.Last),
    ];

    /// <summary>Finds a policy by the name of an operating system as host-os-policy spells it.</summary>
    public static bool TryFind(string name, out OverlapPolicy policy)
    {
        foreach ((string candidate, OverlapPolicy found) in Table)
        {
            if (!candidate.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            policy = found;
            return true;
        }

        policy = default;
        return false;
    }

    /// <summary>Decides for one overlap between fragments given by their first byte and the byte after their last.</summary>
    public static bool NewerWins(OverlapPolicy policy, int olderStart, int olderEnd, int newerStart, int newerEnd) => policy switch
    {
        OverlapPolicy.Bsd => newerStart < olderStart,
        OverlapPolicy.BsdRight => newerStart >= olderStart,
        OverlapPolicy.Linux => newerStart <= olderStart,
        OverlapPolicy.Windows => newerStart < olderStart && newerEnd > olderEnd,
        OverlapPolicy.Solaris => newerStart < olderStart && newerEnd >= olderEnd,
        OverlapPolicy.Last => true,
        _ => false,
    };
}
