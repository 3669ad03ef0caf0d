using Sensor.Decode;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Inspect;

/// <summary>Something a rule asks about a packet, its flow or its session. Immutable and shared by all workers.</summary>
public abstract class PacketTest
{
    public abstract bool Matches(InspectContext context, scoped ref PacketView packet);

    /// <summary>Cheap tests run first (0: a compare of a header field; 100: a search).</summary>
    public virtual int Cost => 10;
}

/// <summary>A test that only packets with certain TCP flags pass; lets rules be sorted by them.</summary>
public interface IAsksTcpFlags
{
    bool Admits(TcpFlags flags);
}

/// <summary>A test that only packets of certain IP protocols pass; keeps its rules out of other groups.</summary>
public interface IAsksIpProtocol
{
    bool Admits(byte protocol);
}

/// <summary>What a rule does once everything in it has matched (set a flowbit, count...).</summary>
public abstract class MatchEffect
{
    public abstract void Apply(InspectContext context);
}

/// <summary>What one step of a rule says about a transaction.</summary>
public enum StepResult : byte
{
    Match,
    /// <summary>Not with what is known so far.</summary>
    NotYet,
    /// <summary>Not with this transaction, whatever comes.</summary>
    Never,
}

/// <summary>Something a rule asks about a transaction, from a certain progress of one side on. Immutable and shared.</summary>
public abstract class TransactionStep
{
    /// <summary>The side it belongs to.</summary>
    public required Direction Side { get; init; }

    /// <summary>Progress of that side from which it can be answered.</summary>
    public required int Progress { get; init; }

    /// <summary>The answer may change while progress stays the same (growing bodies, events).</summary>
    public virtual bool Watches => false;

    public abstract StepResult Evaluate(InspectContext context, Transaction transaction, scoped ref PacketView packet);
}
