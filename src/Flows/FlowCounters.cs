namespace Sensor.Flows;

/// <summary>What one flow table has done; every number only grows, except <see cref="Active"/>.</summary>
public sealed class FlowCounters
{
    public long Added;
    /// <summary>Ended because idle too long.</summary>
    public long TimedOut;
    /// <summary>Ended to make room: the table stood at <see cref="FlowOptions.MaximumFlows"/>.</summary>
    public long Evicted;
    /// <summary>Ended by a new connection on the same addresses and ports.</summary>
    public long Reused;
    /// <summary>Ended by <see cref="FlowTable.EndAll"/>.</summary>
    public long EndedAtOnce;
    /// <summary>Packets that belong to no flow: not IP, lone fragments, unreadable headers.</summary>
    public long PacketsWithoutFlow;
    /// <summary>Flows opened by a SYN/ACK, so its sender became the server.</summary>
    public long TurnedRound;
    /// <summary>Flows held now, and the most ever held.</summary>
    public long Active, MostActive;
}
