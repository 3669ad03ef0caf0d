using Sensor.Decode;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Streams;

namespace Sensor.Detection;

/// <summary>Where matches go, at once and in order; implemented by Alerts.</summary>
public interface IMatchSink
{
    void Report(scoped in RuleMatch match, Flow? flow, scoped ref PacketView packet);
}

/// <summary>Runs the rules of one worker. Holds the worker's scratch; the rule set itself is immutable and shared.</summary>
public sealed class DetectionEngine(RuleSet rules, IReputation? reputation)
{
    public RuleSet Rules { get; private set; } = rules;

    public IReputation? Reputation { get; private set; } = reputation;

    /// <summary>Takes a new rule set or blacklist between two batches; flows keep their state.</summary>
    public void Swap(RuleSet rules, IReputation? reputation)
    {
        Rules = rules;
        Reputation = reputation;
    }

    /// <summary>
    /// Inspects a packet, the stream data and the transactions that it made readable.
    /// </summary>
    /// <param name="flow">Null for packets without a flow.</param>
    /// <param name="streamEvents">This packet's stream events.</param>
    public Verdict Inspect(Flow? flow, scoped ref PacketView packet, Direction direction, StreamVerdict stream, scoped in EventSet streamEvents, IMatchSink sink)
    {
        _ = (flow, direction, stream, sink);
        return Verdict.Pass;
    }

    /// <summary>A flow ends: inspect what its last bytes completed. <paramref name="last"/> stands in for a packet (no payload).</summary>
    public void InspectEnd(Flow flow, scoped ref PacketView last, IMatchSink sink) => _ = (flow, sink);

    /// <summary>Returns what Detection keeps on the flow.</summary>
    public void Release(Flow flow) => flow.Detection = null;
}
