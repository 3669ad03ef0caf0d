using Sensor.Primitives;

namespace Sensor.Alerts;

/// <summary>
/// Alerts that tell one story about one device. Sent again, with the same <see cref="Id"/> and a higher
/// <see cref="Revision"/>, whenever the story goes on; the receiver keeps the highest revision.
/// </summary>
public sealed record IncidentRecord
{
    /// <summary>Unique on this box and growing with time.</summary>
    public long Id { get; init; }

    public int Revision { get; init; }

    /// <summary>False once nothing more was added for the incident window.</summary>
    public bool IsOpen { get; init; }

    public IpAddress Device { get; init; }
    public PacketTime FirstAlert { get; init; }
    public PacketTime LastAlert { get; init; }

    /// <summary>The highest severity among its alerts.</summary>
    public Severity Severity { get; init; } = Severity.Info;

    /// <summary>Steps of the kill chain seen so far, in the chain's order.</summary>
    public IReadOnlyList<string> Stages { get; init; } = [];

    public IReadOnlyList<ThreatClass> Classes { get; init; } = [];
    public long AlertCount { get; init; }

    /// <summary>The first members (bounded; <see cref="AlertCount"/> counts all).</summary>
    public IReadOnlyList<long> AlertIds { get; init; } = [];

    public IReadOnlyList<long> FlowIds { get; init; } = [];
    public IReadOnlyList<IpAddress> Remotes { get; init; } = [];
    public LocalizedText Summary { get; init; } = LocalizedText.Empty;
    public LocalizedText WhatToDo { get; init; } = LocalizedText.Empty;
}
