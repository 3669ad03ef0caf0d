using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;

namespace Sensor.Detection.Inspect;

/// <summary>Which transports a rule's protocol word lets through.</summary>
[Flags]
internal enum TransportMask : byte
{
    None = 0, Tcp = 1, Udp = 2, Icmp = 4, Icmpv6 = 8, Sctp = 16, Other = 32,
    Any = Tcp | Udp | Icmp | Icmpv6 | Sctp | Other,
}

/// <summary>Where a rule is inspected (user guide, "Rule Types and Categorization").</summary>
internal enum SignatureKind : byte
{
    /// <summary>Asks for decode events only; also tried on packets that could not be decoded.</summary>
    DecodeEvent,
    /// <summary>Asks for addresses and ports only; tried once per flow and direction.</summary>
    IpOnly,
    /// <summary>The same with a negated address: tried on every packet, its action reaches as far.</summary>
    LikeIpOnly,
    /// <summary>Asks which protocol was detected, once per direction.</summary>
    ProtocolDetection,
    Packet,
    /// <summary>Asks for an application protocol and nothing of its transactions: tried on every packet once the protocol is known.</summary>
    Application,
    Stream,
    PacketAndStream,
    Transaction,
}

/// <summary>A compiled rule. Immutable, shared by all workers; its index is its rank: lower ones are tried and reported first.</summary>
internal sealed class Signature
{
    public required Rule Rule { get; init; }

    public int Index { get; internal set; }

    public required SignatureKind Kind { get; init; }

    public required TransportMask Transports { get; init; }

    /// <summary>4, 6 or 0 for both.</summary>
    public byte IpVersion { get; init; }

    public required AddressSet Source { get; init; }

    public required AddressSet Destination { get; init; }

    public required PortSet SourcePorts { get; init; }

    public required PortSet DestinationPorts { get; init; }

    public bool Bidirectional { get; init; }

    public bool ToServer { get; init; } = true;

    public bool ToClient { get; init; } = true;

    /// <summary>The rule names an application protocol; <see cref="Protocols"/> says which, bit by number in the catalog.</summary>
    public bool NeedsProtocol { get; init; }

    public ulong Protocols { get; init; }

    /// <summary>Cheapest first.</summary>
    public PacketTest[] Tests { get; init; } = [];

    /// <summary>Contents over packet payload or stream; null without.</summary>
    public ContentChain? Payload { get; init; }

    public bool InspectsStream { get; init; }

    public bool InspectsPacket { get; init; }

    /// <summary>What it asks of transactions, by protocol number; null entries where the protocol does not apply.</summary>
    public TransactionPlan?[] RequestPlans { get; init; } = [];

    public TransactionPlan?[] ResponsePlans { get; init; } = [];

    /// <summary>Nothing but one event of the protocol is asked for.</summary>
    public bool AsksOneEventOnly { get; init; }

    public MatchEffect[] Effects { get; init; } = [];

    /// <summary>Matches but is not reported (<c>noalert</c>).</summary>
    public bool IsSilent { get; init; }

    /// <summary>A pass rule that is reported all the same.</summary>
    public bool AlsoAlerts { get; init; }

    /// <summary>Where a packet's payload did not go into the stream, a stream rule looks at the packet instead.</summary>
    public bool FallsBackToPacket { get; init; }

    public ThresholdRule? Threshold { get; init; }

    public ThresholdRule? DetectionFilter { get; init; }

    public TransactionPlan? Plan(int protocol, Direction direction)
    {
        TransactionPlan?[] plans = direction == Direction.ToServer ? RequestPlans : ResponsePlans;
        return (uint)protocol < (uint)plans.Length ? plans[protocol] : null;
    }

    /// <summary>Where its action reaches when it matches: the whole flow, or the packet (user guide, "Rule Types", action scope).</summary>
    public bool ReachesFlow(bool onStream) => Kind switch
    {
        SignatureKind.DecodeEvent or SignatureKind.Packet => false,
        SignatureKind.Stream or SignatureKind.PacketAndStream => onStream,
        _ => true,
    };

    public bool Allows(Direction direction) => direction == Direction.ToServer ? ToServer : ToClient;
}

/// <summary>The steps of a rule on the transactions of one protocol in one direction, by progress.</summary>
internal sealed class TransactionPlan
{
    /// <summary>Steps one rule may have; more are refused when the rule is loaded.</summary>
    public const int MaximumSteps = 64;

    public TransactionPlan(IEnumerable<TransactionStep> steps, Direction direction)
    {
        Steps = [.. steps.OrderBy(step => step.Side == direction ? 1 : 0).ThenBy(step => step.Progress)];
        Watches = Steps.Any(step => step.Watches);
        FirstProgress = Steps.Where(step => step.Side == direction).Select(step => step.Progress).DefaultIfEmpty(0).Min();
        AllSteps = Steps.Length == 64 ? ulong.MaxValue : (1UL << Steps.Length) - 1;
    }

    public TransactionStep[] Steps { get; }

    public ulong AllSteps { get; }

    public bool Watches { get; }

    /// <summary>Least progress at which a step can be answered.</summary>
    public int FirstProgress { get; }
}
