using Sensor.Primitives;

namespace Sensor.Flows;

public enum FlowState : byte
{
    /// <summary>Packets in one direction only.</summary>
    New,
    /// <summary>Both sides have spoken (TCP: handshake complete or midstream accepted).</summary>
    Established,
    /// <summary>TCP closed by FIN or RST.</summary>
    Closed,
    /// <summary>A rule or a limit says that nothing more of it is inspected; packets are still counted.</summary>
    Bypassed,
}

/// <summary>Why a flow was let go; names as EVE's <c>flow.reason</c> writes them.</summary>
public enum FlowEndReason : byte { Unknown, Timeout, Forced, Shutdown, TcpReuse }

/// <summary>What one side has sent.</summary>
public struct FlowSide
{
    public long Packets;
    public long Bytes;
    /// <summary>Smallest and largest TTL seen, 0 before the first packet.</summary>
    public byte TtlMin, TtlMax;
    /// <summary>OR of all TCP flags sent.</summary>
    public byte TcpFlags;
    /// <summary>MAC address of the side's frames as last seen, in the lower 48 bits.</summary>
    public ulong Ethernet;
}

/// <summary>
/// One conversation. Lent out by <see cref="FlowTable"/> and used again after it ends: never keep a reference past a batch.
/// Rooms to the right keep what they know of a flow in the slots at the end, each in its own.
/// </summary>
public sealed class Flow
{
    /// <summary>Index in the table's slab; fits per-flow side tables.</summary>
    public required int Slot { get; init; }

    /// <summary>EVE's <c>flow_id</c>: unique per engine run, positive, below 2^53 so that JSON readers keep it exact.</summary>
    public long Id;

    /// <summary>Who spoke first (or the client, once a midstream pickup has been turned round).</summary>
    public IpAddress Client, Server;
    public ushort ClientPort, ServerPort;
    public byte IpProtocol;
    public byte IpVersion;
    /// <summary>ICMP type and code of the first packet.</summary>
    public byte IcmpType, IcmpCode;
    /// <summary>Type and code of the first answer from the other side.</summary>
    public byte IcmpResponseType, IcmpResponseCode;
    public ushort Vlan0, Vlan1, Vlan2;
    public byte VlanCount;
    public byte TunnelDepth;

    public PacketTime FirstSeen, LastSeen;
    /// <summary>Number of the frame that opened it.</summary>
    public ulong FirstPacketNumber;
    public FlowSide ToServer, ToClient;
    public FlowState State;
    public FlowEndReason EndReason;
    /// <summary>A rule has alerted on it (EVE's <c>flow.alerted</c>).</summary>
    public bool Alerted;
    /// <summary>Verdict drop or reject was reached; further packets share it.</summary>
    public bool Dropped;
    /// <summary>A <c>pass</c> rule matched on the flow.</summary>
    public bool Passed;
    /// <summary>Payload inspection of packets is off (nopayload), everything is off (nopacket).</summary>
    public bool NoPayloadInspection, NoInspection;
    /// <summary>TCP payload was seen, or this flow was picked up in the middle.</summary>
    public bool Midstream;
    /// <summary>Packets in the "elephant"/bypassed part.</summary>
    public bool Bypassed;

    /// <summary>ESP: the security parameters index, else 0.</summary>
    public uint Spi;

    /// <summary>Sequence number of the SYN that opened it (meaningful when <see cref="OpenedBySyn"/>).</summary>
    public uint InitialSequence;
    public bool OpenedBySyn;

    /// <summary>What was decided because its beginning was not seen (EVE's <c>flow.exception_policy</c>, target stream_midstream).</summary>
    public ExceptionPolicy MidstreamPolicy;

    /// <summary>Set by Streams for TCP: the session.</summary>
    public object? Transport;
    /// <summary>Set by Protocols: the application session.</summary>
    public object? Application;
    /// <summary>Set by Files.</summary>
    public object? Files;
    /// <summary>Set by Detection: bits, counters, per-flow rule state.</summary>
    public object? Detection;
    /// <summary>Set by Alerts.</summary>
    public object? Records;

    /// <summary>Which way a packet with this source travels.</summary>
    public Direction DirectionOf(IpAddress source, ushort sourcePort) =>
        source == Client && (sourcePort == ClientPort || Client != Server) ? Direction.ToServer : Direction.ToClient;

    public ref FlowSide Side(Direction direction)
    {
        if (direction == Direction.ToServer) return ref ToServer;
        return ref ToClient;
    }

    /// <summary>Client and server change places: content showed that the guess of the first packet was wrong.</summary>
    public void SwapDirections()
    {
        (Client, Server) = (Server, Client);
        (ClientPort, ServerPort) = (ServerPort, ClientPort);
        (ToServer, ToClient) = (ToClient, ToServer);
        (IcmpType, IcmpResponseType) = (IcmpResponseType, IcmpType);
        (IcmpCode, IcmpResponseCode) = (IcmpResponseCode, IcmpCode);
    }

    // What follows is the table's own: the key's second half, chain and age list.
    internal ulong KeyContext;
    internal uint KeyDiscriminator;
    internal uint Hash;
    internal int NextInChain, Older, Newer;
    internal byte AgeList;
    internal PacketTime Touched;
    internal bool TimeWentBack;

    /// <summary>Makes a slot ready for its next flow. Everything but <see cref="Slot"/> and the links.</summary>
    internal void Clear()
    {
        Id = 0;
        Client = Server = default;
        ClientPort = ServerPort = 0;
        IpProtocol = IpVersion = IcmpType = IcmpCode = IcmpResponseType = IcmpResponseCode = 0;
        Vlan0 = Vlan1 = Vlan2 = 0;
        VlanCount = TunnelDepth = 0;
        FirstSeen = LastSeen = Touched = default;
        TimeWentBack = false;
        FirstPacketNumber = 0;
        ToServer = ToClient = default;
        State = FlowState.New;
        EndReason = FlowEndReason.Unknown;
        Alerted = Dropped = Passed = NoPayloadInspection = NoInspection = Midstream = Bypassed = OpenedBySyn = false;
        Spi = InitialSequence = 0;
        MidstreamPolicy = ExceptionPolicy.None;
        Transport = Application = Files = Detection = Records = null;
    }
}
