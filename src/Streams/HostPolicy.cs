using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>
/// How the receiving host's TCP decides when a segment overlaps another one that it has not read yet
/// (suricata.yaml: host-os-policy; Novak and Sturges, "Target-Based TCP Stream Reassembly").
/// </summary>
public enum HostPolicy : byte
{
    Bsd, BsdRight, OldLinux, Linux, OldSolaris, Solaris, Hpux10, Hpux11, Irix, MacOs, Windows, Vista, Windows2003, First, Last,
}

/// <summary>Addresses whose hosts follow a policy.</summary>
public readonly record struct HostPolicyRange(IpAddress Network, int PrefixLength, HostPolicy Policy)
{
    public bool Contains(IpAddress address) => address.Prefix(PrefixLength) == Network;
}

public static class HostPolicies
{
    private static readonly (string Name, HostPolicy Policy)[] Names =
    [
        ("bsd", HostPolicy.Bsd), ("bsd-right", HostPolicy.BsdRight), ("old-linux", HostPolicy.OldLinux), ("linux", HostPolicy.Linux),
        ("old-solaris", HostPolicy.OldSolaris), ("solaris", HostPolicy.Solaris), ("hpux10", HostPolicy.Hpux10),
        ("hpux11", HostPolicy.Hpux11), ("irix", HostPolicy.Irix), ("macos", HostPolicy.MacOs), ("windows", HostPolicy.Windows),
        ("vista", HostPolicy.Vista), ("windows2k3", HostPolicy.Windows2003), ("first", HostPolicy.First), ("last", HostPolicy.Last),
    ];

    public static bool TryParse(string name, out HostPolicy policy)
    {
        foreach ((string known, HostPolicy value) in Names)
        {
            if (!known.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            policy = value;
            return true;
        }

        policy = HostPolicy.Bsd;
        return false;
    }

    /// <summary>
    /// True when the host takes the bytes of the later segment where the two overlap. Starts and ends are those of the
    /// whole segments as they were sent, not of the overlap.
    /// </summary>
    public static bool LaterWins(this HostPolicy policy, long laterStart, long laterEnd, long earlierStart, long earlierEnd) => policy switch
    {
        HostPolicy.First => false,
        HostPolicy.Last => true,
        HostPolicy.BsdRight => laterStart <= earlierStart,
        HostPolicy.OldLinux => laterStart < earlierStart || (laterStart == earlierStart && laterEnd >= earlierEnd),
        HostPolicy.Linux => laterStart < earlierStart || (laterStart == earlierStart && laterEnd > earlierEnd),
        HostPolicy.Vista or HostPolicy.Windows2003 => laterStart < earlierStart && laterEnd >= earlierEnd,
        HostPolicy.Solaris or HostPolicy.OldSolaris or HostPolicy.Hpux11 =>
            laterEnd >= earlierEnd && !(earlierStart < laterStart && earlierEnd >= laterEnd),
        _ => laterStart < earlierStart,
    };
}
