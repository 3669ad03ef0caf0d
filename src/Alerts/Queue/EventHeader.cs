using Sensor.Detection;
using Sensor.Primitives;

namespace Sensor.Alerts;

public enum EventKind : byte
{
    Alert,
    Flow,
    Transaction,
    File,
    Anomaly,
    Drop,
    Stats,
    Packet,
}

/// <summary>What goes first when the queue is full: the lowest rank. Above <see cref="Record"/> the order is that of <see cref="Severity"/>.</summary>
public enum EventRank : byte
{
    Record = 0,
    Info = 1,
    Low = 2,
    Medium = 3,
    High = 4,
}

/// <summary>What the event thread needs to know of an event without reading its JSON.</summary>
public struct EventHeader
{
    public EventKind Kind;
    public EventRank Rank;
    public Direction Direction;
    public Verdict Verdict;

    /// <summary>The verdict was carried out (a bridge dropped it), not only reached.</summary>
    public bool IsBlocked;
    public byte IpProtocol;
    public ushort SourcePort, DestinationPort;
    public ushort Vlan;
    public PacketTime Time;
    public ulong PacketNumber;
    public long FlowId;

    /// <summary>-1 where there is none.</summary>
    public long TransactionId;

    public IpAddress Source, Destination;

    /// <summary>MAC addresses in the lower 48 bits, 0 where unknown.</summary>
    public ulong SourceMac, DestinationMac;

    /// <summary>Alerts: the rule; null for other kinds.</summary>
    public Rule? Rule;

    /// <summary>Alerts from a blacklist: the entry.</summary>
    public ReputationEntry? Listed;

    /// <summary>Application protocol, null where unknown.</summary>
    public string? AppProtocol;

    /// <summary>Bytes of the record, and of the details behind it.</summary>
    public int JsonLength, DetailLength;

    /// <summary>Alerts: where in the JSON four bytes <c>null</c> wait for the sensor's own object; -1 for none.</summary>
    public int ContextAt;

    public readonly int TotalLength => JsonLength + DetailLength;
}
