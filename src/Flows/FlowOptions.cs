namespace Sensor.Flows;

/// <summary>Limits and timeouts of the flow table. Defaults are Suricata's where it has the same notion (suricata.yaml, flow and flow-timeouts).</summary>
public sealed record FlowOptions
{
    /// <summary>Flows one worker may hold.</summary>
    public int MaximumFlows { get; init; } = 262_144;

    public TimeSpan TcpNew { get; init; } = TimeSpan.FromSeconds(60);
    public TimeSpan TcpEstablished { get; init; } = TimeSpan.FromSeconds(600);
    public TimeSpan TcpClosed { get; init; } = TimeSpan.FromSeconds(60);
    public TimeSpan UdpNew { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan UdpEstablished { get; init; } = TimeSpan.FromSeconds(300);
    public TimeSpan IcmpNew { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan IcmpEstablished { get; init; } = TimeSpan.FromSeconds(300);
    public TimeSpan DefaultNew { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan DefaultEstablished { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>VLAN identifiers tell flows apart (suricata.yaml: vlan.use-for-tracking).</summary>
    public bool UseVlanForTracking { get; init; } = true;
}
