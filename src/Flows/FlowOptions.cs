using System.Globalization;

namespace Sensor.Flows;

/// <summary>Limits and timeouts of the flow table. Defaults are Suricata's where it has the same notion (suricata.yaml, flow and flow-timeouts).</summary>
public sealed record FlowOptions
{
    /// <summary>Flows one worker may hold. When full, the oldest of the least valuable kind makes room (see <see cref="FlowTable"/>).</summary>
    public int MaximumFlows { get; init; } = 262_144;

    /// <summary>Flows made at start, 350 bytes each; more are made as they are needed (suricata.yaml: flow.prealloc: 10000).</summary>
    public int InitialFlows { get; init; }

    public TimeSpan TcpNew { get; init; } = TimeSpan.FromSeconds(60);
    public TimeSpan TcpEstablished { get; init; } = TimeSpan.FromSeconds(600);
    public TimeSpan TcpClosed { get; init; } = TimeSpan.FromSeconds(60);
    public TimeSpan UdpNew { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan UdpEstablished { get; init; } = TimeSpan.FromSeconds(300);
    public TimeSpan IcmpNew { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan IcmpEstablished { get; init; } = TimeSpan.FromSeconds(300);
    public TimeSpan DefaultNew { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan DefaultEstablished { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Idle time of flows nothing more is inspected of (flow-timeouts.*.bypassed: 100).</summary>
    public TimeSpan Bypassed { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>VLAN identifiers tell flows apart (suricata.yaml: vlan.use-for-tracking).</summary>
    public bool UseVlanForTracking { get; init; } = true;

    /// <summary>The same addresses inside and outside a tunnel are different flows (decoder.recursion-level.use-for-tracking).</summary>
    public bool UseTunnelDepthForTracking { get; init; } = true;

    /// <summary>Key of the flow hash and start of the flow ids; null draws one at random, a number makes a run repeatable.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Which worker the table belongs to (0 to 255): keeps flow ids of different workers apart.</summary>
    public int Worker { get; init; }

    /// <summary>
    /// The options that Suricata's dotted keys describe (<c>flow-timeouts.tcp.new</c> in seconds,
    /// <c>vlan.use-for-tracking</c>...). Keys of other rooms are passed over; a value that cannot be read keeps the default.
    /// </summary>
    public static FlowOptions FromSettings(IReadOnlyDictionary<string, string> settings)
    {
        FlowOptions defaults = new();
        return defaults with
        {
            TcpNew = Seconds(settings, "flow-timeouts.tcp.new", defaults.TcpNew),
            TcpEstablished = Seconds(settings, "flow-timeouts.tcp.established", defaults.TcpEstablished),
            TcpClosed = Seconds(settings, "flow-timeouts.tcp.closed", defaults.TcpClosed),
            UdpNew = Seconds(settings, "flow-timeouts.udp.new", defaults.UdpNew),
            UdpEstablished = Seconds(settings, "flow-timeouts.udp.established", defaults.UdpEstablished),
            IcmpNew = Seconds(settings, "flow-timeouts.icmp.new", defaults.IcmpNew),
            IcmpEstablished = Seconds(settings, "flow-timeouts.icmp.established", defaults.IcmpEstablished),
            DefaultNew = Seconds(settings, "flow-timeouts.default.new", defaults.DefaultNew),
            DefaultEstablished = Seconds(settings, "flow-timeouts.default.established", defaults.DefaultEstablished),
            Bypassed = Seconds(settings, "flow-timeouts.default.bypassed", defaults.Bypassed),
            UseVlanForTracking = Flag(settings, "vlan.use-for-tracking", defaults.UseVlanForTracking),
            UseTunnelDepthForTracking = Flag(settings, "decoder.recursion-level.use-for-tracking", defaults.UseTunnelDepthForTracking),
        };
    }

    private static TimeSpan Seconds(IReadOnlyDictionary<string, string> settings, string key, TimeSpan otherwise) =>
        settings.TryGetValue(key, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            ? TimeSpan.FromSeconds(seconds)
            : otherwise;

    private static bool Flag(IReadOnlyDictionary<string, string> settings, string key, bool otherwise) =>
        !settings.TryGetValue(key, out string? text) ? otherwise
        : text.ToUpperInvariant() is "TRUE" or "YES" or "ON" or "1" || (text.ToUpperInvariant() is not ("FALSE" or "NO" or "OFF" or "0") && otherwise);
}
