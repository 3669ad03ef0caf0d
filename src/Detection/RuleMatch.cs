using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection;

/// <summary>
/// A rule that matched, as handed to the event writer at once, while flow, packet and transaction are still at hand.
/// </summary>
public ref struct RuleMatch
{
    /// <summary>The rule, or the pseudo rule of a blacklist hit.</summary>
    public required Rule Rule;

    /// <summary>Direction of the side that matched (which packet direction the alert is reported for).</summary>
    public required Direction Direction;

    /// <summary>The transaction it matched on, null for packet and stream matches.</summary>
    public Transaction? Transaction;

    public IAppProtocol? Protocol;

    public Verdict Verdict;

    /// <summary>Matched on reassembled stream data rather than on this packet alone.</summary>
    public bool OnStream;

    /// <summary>The blacklist entry when the hit came from a list.</summary>
    public ReputationEntry? Listed;
}
