using Sensor.Primitives;

namespace Sensor.Correlation;

/// <summary>What the tracker needs to know of an alert.</summary>
/// <param name="Device">The address on the customer's side.</param>
/// <param name="DeviceActed">The device began the conversation; false when somebody approached it from outside.</param>
public readonly record struct CorrelationInput(
    long AlertId, long FlowId, PacketTime Time, IpAddress Device, IpAddress Remote, bool DeviceActed, ThreatClass Class, Severity Severity);

/// <summary>An incident as it stands at one revision; immutable.</summary>
public sealed record Incident
{
    public required long Id { get; init; }
    public required int Revision { get; init; }
    public required bool IsOpen { get; init; }
    public required IpAddress Device { get; init; }
    public required PacketTime FirstAlert { get; init; }
    public required PacketTime LastAlert { get; init; }
    public required Severity Severity { get; init; }

    /// <summary>In the chain's order.</summary>
    public required IReadOnlyList<KillChainStage> Stages { get; init; }

    public required IReadOnlyList<ThreatClass> Classes { get; init; }

    /// <summary>The class with the gravest alert, of equals the one furthest along the chain: its advice comes first.</summary>
    public required ThreatClass GravestClass { get; init; }

    public required long AlertCount { get; init; }
    public required IReadOnlyList<long> AlertIds { get; init; }
    public required IReadOnlyList<long> FlowIds { get; init; }
    public required IReadOnlyList<IpAddress> Remotes { get; init; }
}

public sealed record IncidentOptions
{
    /// <summary>An incident that hears nothing for so long is closed; a later alert opens another. Intruders pause over lunch, not over days.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Incidents open at once; beyond it the one that was quiet longest is closed. A box has about 1000 devices.</summary>
    public int MaximumOpen { get; init; } = 2048;

    /// <summary>Alerts, flows and other sides an incident names; all alerts are counted.</summary>
    public int MaximumMembers { get; init; } = 32;

    /// <summary>An alert below this joins an open incident but opens none.</summary>
    public Severity OpensFrom { get; init; } = Severity.Medium;
}
