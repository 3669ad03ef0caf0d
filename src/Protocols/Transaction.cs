using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>
/// One exchange of an application protocol (an HTTP request with its response, a DNS query with its answer, a TLS
/// handshake). Pooled: a parser takes it from its own slab and gets it back when every room to the right is done.
/// </summary>
public abstract class Transaction
{
    /// <summary>Position within the flow, from 0 (EVE's <c>tx_id</c>).</summary>
    public long Id;

    /// <summary>How far the request and the response side have come; meanings are the protocol's own, they only grow.</summary>
    public int RequestProgress, ResponseProgress;

    /// <summary>What was wrong with it; numbers are the protocol's own event enum.</summary>
    public EventSet Events;

    /// <summary>Time of the packet that opened it, and of the packet that last changed it.</summary>
    public PacketTime Started, LastChanged;

    /// <summary>Set by Detection: which rules were tried at which progress. Stays with the pooled object; Detection knows a stale one by flow and transaction.</summary>
    public object? Detection;

    /// <summary>Set by Files: the files it carries.</summary>
    public object? Files;

    /// <summary>Set by Reputation: which look-ups were made, so that each is made once.</summary>
    public uint LookedUp;

    /// <summary>Detection has finished with this side.</summary>
    public bool RequestInspected, ResponseInspected;

    /// <summary>Of <see cref="Events"/>, those whose anomaly record was written.</summary>
    public EventSet ReportedEvents;

    /// <summary>Its event record was written.</summary>
    public bool Logged;

    /// <summary>An alert was raised on it.</summary>
    public bool Alerted;

    /// <summary>Which way its only message travelled; null where both sides have a part in it.</summary>
    public virtual Direction? OneWay => null;

    public int Progress(Direction direction) => direction == Direction.ToServer ? RequestProgress : ResponseProgress;

    /// <summary>Makes it ready for its next use; must not allocate. Overrides call the base.</summary>
    public virtual void Reset()
    {
        Id = 0;
        RequestProgress = ResponseProgress = 0;
        Events.Clear();
        ReportedEvents.Clear();
        LookedUp = 0;
        Files = null;
        RequestInspected = ResponseInspected = Logged = Alerted = false;
    }
}
