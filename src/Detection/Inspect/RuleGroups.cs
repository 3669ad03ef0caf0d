using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Inspect;

/// <summary>Rules that a packet of one transport and direction may match. Immutable.</summary>
internal sealed class PacketGroup
{
    /// <summary>Patterns of all rules with plain contents: for payloads that are not in a stream.</summary>
    public PatternSet? Payloads { get; init; }

    /// <summary>Patterns of those rules only that look at a packet even when its payload is in the stream.</summary>
    public PatternSet? PacketPayloads { get; init; }

    /// <summary>Patterns looked for in streams.</summary>
    public PatternSet? Streams { get; init; }

    /// <summary>Rules without a pattern that are tried on every packet; of TCP, by the packet's flags, which most of them ask for.</summary>
    public int[] EveryPacket { get; init; } = [];

    /// <summary>256 lists in a group of TCP, none in others.</summary>
    public int[][] EveryPacketByFlags { get; init; } = [];

    /// <summary>Rules without a usable pattern (pcre only) that are tried on every packet with payload; those for payloads outside streams.</summary>
    public int[] EveryPayload { get; init; } = [];

    public int[] EveryPacketPayload { get; init; } = [];

    /// <summary>Rules without a usable pattern that are tried on every piece of stream.</summary>
    public int[] EveryStream { get; init; } = [];

    /// <summary>Rules tried once per flow and direction.</summary>
    public AddressRules IpOnly { get; init; } = AddressRules.None;

    /// <summary>Rules tried once per direction when its protocol is known.</summary>
    public int[] ProtocolDetection { get; init; } = [];
}

/// <summary>One prefilter over a buffer of transactions.</summary>
internal sealed class BufferPrefilter
{
    public required BufferDefinition Buffer { get; init; }

    /// <summary>Side whose buffer it reads and whose progress counts.</summary>
    public required Direction Side { get; init; }

    public required int Progress { get; init; }

    public IReadOnlyList<Transform> Transforms { get; init; } = [];

    public required PatternSet Patterns { get; init; }

    /// <summary>Place of its buffer in <see cref="TransactionGroup.Growing"/>, -1 for buffers that do not grow.</summary>
    public int Growing { get; init; } = -1;
}

/// <summary>A buffer that grows while the transaction runs, with the progress from which it can be read.</summary>
internal readonly record struct GrowingBuffer(BufferDefinition Buffer, int Progress);

/// <summary>Rules that a transaction of one protocol and direction may match. Immutable.</summary>
internal sealed class TransactionGroup
{
    /// <summary>By progress.</summary>
    public BufferPrefilter[] Prefilters { get; init; } = [];

    /// <summary>Buffers of the direction that grow, whether or not a prefilter reads them.</summary>
    public GrowingBuffer[] Growing { get; init; } = [];

    /// <summary>Rules without a usable pattern, with the progress from which they are worth trying; by progress.</summary>
    public (int Progress, int Signature)[] WithoutPattern { get; init; } = [];

    /// <summary>Rules by the number of the event they wait for.</summary>
    public int[][] ByEvent { get; init; } = [];

    /// <summary>Progress at which the side is complete.</summary>
    public required int Complete { get; init; }

    public bool IsEmpty => Prefilters.Length == 0 && WithoutPattern.Length == 0 && ByEvent.Length == 0;
}

/// <summary>All groups of a rule set.</summary>
internal sealed class RuleGroups
{
    public const int Transports = 6;

    /// <summary>By transport (<see cref="TransportOf"/>) and direction.</summary>
    public PacketGroup[] Packets { get; init; } = [.. Enumerable.Range(0, Transports * 2).Select(_ => new PacketGroup())];

    /// <summary>By protocol number and direction.</summary>
    public TransactionGroup[] Transactions { get; init; } = [];

    /// <summary>Rules by the decode event, and the stream event, they wait for.</summary>
    public int[][] ByDecodeEvent { get; init; } = [];

    public int[][] ByStreamEvent { get; init; } = [];

    /// <summary>Rules by the event of protocol detection they wait for.</summary>
    public int[][] BySessionEvent { get; init; } = [];

    public PatternSet[] Sets { get; init; } = [];

    public PacketGroup Packet(int transport, Direction direction) => Packets[(transport * 2) + (int)direction];

    public TransactionGroup Transaction(int protocol, Direction direction) => Transactions[(protocol * 2) + (int)direction];

    /// <summary>The bit number of the transport in <see cref="TransportMask"/>.</summary>
    public static int TransportOf(byte ipProtocol) => ipProtocol switch { 6 => 0, 17 => 1, 1 => 2, 58 => 3, 132 => 4, _ => 5 };
}
