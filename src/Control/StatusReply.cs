using Sensor.Primitives;

namespace Sensor.Control;

/// <summary>How the sensor is, as <c>sensorctl status --json</c> prints it.</summary>
public sealed record StatusReply
{
    public required string SensorId { get; init; }
    public required string Version { get; init; }
    /// <summary>When the daemon started (UTC).</summary>
    public required DateTimeOffset StartedAt { get; init; }
    /// <summary>True when there is nothing in <see cref="Ailments"/>.</summary>
    public bool Healthy => Ailments.Count == 0;
    public required IReadOnlyList<Ailment> Ailments { get; init; }
    public required CaptureStatus Capture { get; init; }
    public required LossLedger Ledger { get; init; }
    public required EngineStatus Engine { get; init; }
    public required RulesStatus Rules { get; init; }
    public required AlertsStatus Alerts { get; init; }
    public required UplinkStatus Uplink { get; init; }
}

/// <summary>Something wrong with the box, named so that it can be looked up, with what to do.</summary>
public sealed record Ailment(string Name, string Message, string Remedy);

public sealed record CaptureStatus(string Source, string State, DateTimeOffset? LastPacketAt);

public sealed record EngineStatus(int Workers, long Packets, long Bytes, int ActiveFlows, long MemoryBytes, double CpuSeconds);

public sealed record RulesStatus(int Loaded, int Failed, int ListEntries, string Version, DateTimeOffset LoadedAt);

public sealed record AlertsStatus(long Raised, long EventsDropped, long Stored);

/// <param name="LastSequence">Number of the newest durable alert of this spool; the portal has all up to it once <paramref name="Waiting"/> is 0.</param>
public sealed record UplinkStatus(string Portal, string State, long Waiting, long LastSequence, DateTimeOffset? OldestWaiting, DateTimeOffset? LastAcknowledged);

/// <summary>An alert as lists show it.</summary>
public sealed record AlertSummary
{
    public required long Id { get; init; }
    public required DateTimeOffset Time { get; init; }
    public required string Severity { get; init; }
    public required string ThreatClass { get; init; }
    public required long Sid { get; init; }
    public required string Signature { get; init; }
    public required string Source { get; init; }
    public required string Destination { get; init; }
    public string? Site { get; init; }
    public required string WhatHappened { get; init; }
    public required string WhatToDo { get; init; }
}

public sealed record AlertsReply(IReadOnlyList<AlertSummary> Alerts);

public sealed record IncidentSummary
{
    public required string Id { get; init; }
    public required DateTimeOffset First { get; init; }
    public required DateTimeOffset Last { get; init; }
    public required string Severity { get; init; }
    public required string Device { get; init; }
    public required string Stage { get; init; }
    public required int Alerts { get; init; }
    public required string Summary { get; init; }
}

public sealed record IncidentsReply(IReadOnlyList<IncidentSummary> Incidents);

/// <summary>Outcome of a reload: what runs now, and each rule that was refused.</summary>
public sealed record ReloadReply(bool Swapped, int Loaded, int Failed, int ListEntries, string Message, IReadOnlyList<RuleFailure> Failures);

public sealed record RuleFailure(string File, int Line, long Sid, string Keyword, string Reason);
