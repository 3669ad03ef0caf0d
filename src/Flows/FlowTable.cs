using System.Numerics;
using System.Security.Cryptography;
using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Flows;

/// <summary>What the table tells the worker when a flow ends, before its slot is used again.</summary>
public interface IFlowEndHandler
{
    /// <summary>Called on the worker for every flow that ends; detach and return every slot's object here.</summary>
    void FlowEnded(Flow flow);
}

/// <summary>
/// Flows of one worker: found, added, timed out by packet time, bounded. No locks, no allocation once warm.
/// - A flow ends by being idle (Timeout), by a new connection in its place (TcpReuse), to make room (Forced) or with
///   the engine (Shutdown); each end is told once.
/// - When full, flows nobody answered go first, then bypassed, closed and established ones; oldest first. A flood of
///   SYNs or spoofed datagrams therefore displaces itself, not the conversations.
/// - Packet times may jump: a flow touched "in the future" is neither immortal nor ended at once.
/// </summary>
public sealed class FlowTable
{
    /// <summary>Flows looked at per call of <see cref="Expire"/>; more calls follow, so a burst is spread out.</summary>
    private const int ExpireWork = 128;

    private const int CounterBits = 45;

    private readonly IFlowEndHandler _endHandler;
    private readonly FlowSlab _slab;
    private readonly int[] _buckets;
    private readonly AgeLists _ages;
    private readonly ulong _key0, _key1, _idStart;
    private ulong _opened;
    private int _nextListToExpire;
    private Flow? _lastTouched;

    public FlowTable(FlowOptions options, IFlowEndHandler endHandler)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaximumFlows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Worker, 255);
        Options = options;
        _endHandler = endHandler;
        _slab = new FlowSlab(options.MaximumFlows, options.InitialFlows);
        _buckets = new int[BitOperations.RoundUpToPowerOf2((uint)options.MaximumFlows)];
        Array.Fill(_buckets, AgeLists.None);
        _ages = new AgeLists(options, _slab);

        ulong seed = options.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
        _key0 = Mix(seed + 1);
        _key1 = Mix(seed + 2);
        _idStart = Mix(seed + 3);
    }

    public FlowOptions Options { get; }

    public FlowCounters Counters { get; } = new();

    /// <summary>
    /// The flow of a packet, found or added, with its counters brought up to date; null for packets that have no
    /// flow (no IP, a lone fragment, an unreadable header). Never null because of fullness: the least valuable goes.
    /// </summary>
    public Flow? FindOrAdd(ref PacketView packet, out Direction direction)
    {
        RefileLastTouched();
        if (!HasFlow(ref packet))
        {
            Counters.PacketsWithoutFlow++;
            direction = Direction.ToServer;
            return null;
        }

        if (QuotedPacket.IsError(ref packet))
        {
            if (FindQuoted(ref packet, out direction) is not { } about)
            {
                Counters.PacketsWithoutFlow++;
                return null;
            }

            Touch(about, ref packet, direction);
            return about;
        }

        FlowKey key = FlowKey.Of(ref packet, Options);
        uint hash = key.Hash(_key0, _key1);
        Flow? flow = Find(ref key, hash, out direction);
        if (flow is not null && EndsBefore(flow, ref packet, direction)) flow = null;
        flow ??= Add(ref key, hash, ref packet, out direction);

        Touch(flow, ref packet, direction);
        return flow;
    }

    private void Touch(Flow flow, ref PacketView packet, Direction direction)
    {
        Count(flow, ref packet, direction);
        _ages.Renew(flow);
        _lastTouched = flow;
    }

    /// <summary>Lets go what has been idle too long at <paramref name="now"/>; a bounded amount of work per call.</summary>
    public void Expire(PacketTime now)
    {
        RefileLastTouched();
        int work = ExpireWork;
        for (int turn = 0; turn < AgeLists.Count && work > 0; turn++)
        {
            // Each call begins with another list, so that none starves behind a long one.
            int list = (_nextListToExpire + turn) % AgeLists.Count;
            ExpireList(list, now, ref work);
        }

        _nextListToExpire = (_nextListToExpire + 1) % AgeLists.Count;
    }

    /// <summary>Ends every flow (shutdown, or the end of a file), oldest first within each kind.</summary>
    public void EndAll(FlowEndReason reason)
    {
        _lastTouched = null;
        for (int list = 0; list < AgeLists.Count; list++)
        {
            while (_ages.Oldest(list) is not AgeLists.None and int slot)
            {
                Counters.EndedAtOnce++;
                End(_slab.At(slot), reason);
            }
        }
    }

    /// <summary>Ends one flow now.</summary>
    public void End(Flow flow, FlowEndReason reason)
    {
        if (ReferenceEquals(_lastTouched, flow)) _lastTouched = null;
        flow.EndReason = reason;
        _endHandler.FlowEnded(flow);
        Unlink(flow);
        _ages.Remove(flow);
        _slab.Return(flow);
        Counters.Active--;
    }

    private static bool HasFlow(ref PacketView packet)
    {
        if (packet.IpVersion == 0 || (packet.Flags & (PacketFlags.Fragment | PacketFlags.Invalid)) != 0) return false;
        return packet.IpProtocol switch
        {
            Protocol.Tcp or Protocol.Udp or Protocol.Icmp or Protocol.IcmpV6 or Protocol.Sctp => packet.HasTransport,
            // Other protocols have neither ports nor ends: each of their packets stands alone, as in the reference engine.
            Protocol.Esp or Protocol.Ipv4InIp or Protocol.Ipv6InIp => true,
            _ => false,
        };
    }

    /// <summary>
    /// The flow an ICMP error is about: the one of the packet it quotes (RFC 792), travelling the other way. An error
    /// never opens a flow.
    /// </summary>
    private Flow? FindQuoted(ref PacketView packet, out Direction direction)
    {
        direction = Direction.ToServer;
        if (!QuotedPacket.TryReadKey(ref packet, Options, out FlowKey key)) return null;
        Flow? flow = Find(ref key, key.Hash(_key0, _key1), out Direction quoted);
        if (flow is not null) direction = quoted.Opposite();
        return flow;
    }

    private Flow? Find(ref FlowKey key, uint hash, out Direction direction)
    {
        for (int slot = _buckets[hash & (uint)(_buckets.Length - 1)]; slot != AgeLists.None;)
        {
            Flow flow = _slab.At(slot);
            if (flow.Hash == hash && key.Matches(flow, out direction)) return flow;
            slot = flow.NextInChain;
        }

        direction = Direction.ToServer;
        return null;
    }

    /// <summary>Ends a found flow that this packet does not belong to any more: idle too long, or its ports used again.</summary>
    private bool EndsBefore(Flow flow, ref PacketView packet, Direction direction)
    {
        if (AgeLists.Idle(flow, packet.Time) > _ages.IdleLimit(flow.AgeList))
        {
            Counters.TimedOut++;
            End(flow, FlowEndReason.Timeout);
            return true;
        }

        if (!StartsAnew(flow, ref packet, direction)) return false;
        Counters.Reused++;
        End(flow, FlowEndReason.TcpReuse);
        return true;
    }

    /// <summary>A SYN on a closed connection opens a new one; the late twin of the old one's own SYN does not.</summary>
    private static bool StartsAnew(Flow flow, ref PacketView packet, Direction direction)
    {
        if (flow.State != FlowState.Closed || !packet.IsTcp) return false;
        if ((packet.TcpFlags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst | TcpFlags.Fin)) != TcpFlags.Syn) return false;
        return direction == Direction.ToClient || !flow.OpenedBySyn || flow.InitialSequence != packet.Sequence;
    }

    private Flow Add(ref FlowKey key, uint hash, ref PacketView packet, out Direction direction)
    {
        if (_slab.IsFull) EvictLeastValuable();
        Flow flow = _slab.Take();
        flow.Id = NextId();
        flow.Client = key.Source;
        flow.Server = key.Destination;
        flow.ClientPort = key.SourcePort;
        flow.ServerPort = key.DestinationPort;
        flow.KeyContext = key.Context;
        flow.KeyDiscriminator = key.Discriminator;
        flow.Hash = hash;
        Describe(flow, ref packet);

        direction = Direction.ToServer;
        if (packet.IsTcp && IsSynAck(packet.TcpFlags))
        {
            // The sender of a SYN/ACK is the server, whoever was heard first.
            flow.SwapDirections();
            direction = Direction.ToClient;
            Counters.TurnedRound++;
        }

        ref int bucket = ref _buckets[hash & (uint)(_buckets.Length - 1)];
        flow.NextInChain = bucket;
        bucket = flow.Slot;
        _ages.AddNewest(flow, AgeLists.ListOf(flow));
        Counters.Added++;
        if (++Counters.Active > Counters.MostActive) Counters.MostActive = Counters.Active;
        return flow;
    }

    private static void Describe(Flow flow, ref PacketView packet)
    {
        flow.IpProtocol = packet.IpProtocol;
        flow.IpVersion = packet.IpVersion;
        flow.IcmpType = packet.IcmpType;
        flow.IcmpCode = packet.IcmpCode;
        flow.Vlan0 = packet.Vlan0;
        flow.Vlan1 = packet.Vlan1;
        flow.Vlan2 = packet.Vlan2;
        flow.VlanCount = packet.VlanCount;
        flow.TunnelDepth = packet.TunnelDepth;
        flow.FirstSeen = packet.Time;
        flow.FirstPacketNumber = packet.Raw.Number;
        flow.Spi = FlowKey.SpiOf(ref packet);
        if (packet.IsTcp && (packet.TcpFlags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn)
        {
            flow.OpenedBySyn = true;
            flow.InitialSequence = packet.Sequence;
        }
    }

    private static bool IsSynAck(TcpFlags flags) => (flags & (TcpFlags.Syn | TcpFlags.Ack)) == (TcpFlags.Syn | TcpFlags.Ack);

    private static void Count(Flow flow, ref PacketView packet, Direction direction)
    {
        if (packet.Time > flow.LastSeen) flow.LastSeen = packet.Time;
        Touch(flow, packet.Time);

        ref FlowSide side = ref flow.Side(direction);
        if (side.Packets++ == 0)
        {
            side.TtlMin = side.TtlMax = packet.TimeToLive;
            if (direction == Direction.ToClient && packet.IpProtocol == flow.IpProtocol)
            {
                flow.IcmpResponseType = packet.IcmpType;
                flow.IcmpResponseCode = packet.IcmpCode;
            }
        }

        side.Bytes += packet.Raw.WireLength;
        side.TtlMin = Math.Min(side.TtlMin, packet.TimeToLive);
        side.TtlMax = Math.Max(side.TtlMax, packet.TimeToLive);
        side.TcpFlags |= (byte)packet.TcpFlags;
        if (packet.EthernetSource.Length == 6) side.Ethernet = Mac(packet.EthernetSource);
        ref FlowSide other = ref flow.Side(direction.Opposite());
        if (other.Packets == 0 && packet.EthernetDestination.Length == 6) other.Ethernet = Mac(packet.EthernetDestination);

        // TCP is established when Streams says so.
        if (flow.State == FlowState.New && flow.IpProtocol != Protocol.Tcp && flow.ToServer.Packets > 0 && flow.ToClient.Packets > 0)
        {
            flow.State = FlowState.Established;
        }
    }

    /// <summary>
    /// One packet out of the past (a damaged time stamp, packets in another order) does not make the flow look idle;
    /// the second in a row does count, for then the clock itself has gone back.
    /// </summary>
    private static void Touch(Flow flow, PacketTime time)
    {
        flow.TimeWentBack = time < flow.Touched && !flow.TimeWentBack;
        if (!flow.TimeWentBack) flow.Touched = time;
    }

    private static ulong Mac(ReadOnlySpan<byte> address) =>
        (ulong)System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(address) << 32
        | System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(address[2..]);

    /// <summary>Rooms to the right may have changed the last packet's flow (closed, bypassed): its age list follows here.</summary>
    private void RefileLastTouched()
    {
        if (_lastTouched is null) return;
        _ages.Renew(_lastTouched);
        _lastTouched = null;
    }

    private void ExpireList(int list, PacketTime now, ref int work)
    {
        long limit = _ages.IdleLimit(list);
        for (; work > 0 && _ages.Oldest(list) != AgeLists.None; work--)
        {
            Flow flow = _slab.At(_ages.Oldest(list));
            long idle = AgeLists.Idle(flow, now);
            if (idle > limit)
            {
                Counters.TimedOut++;
                End(flow, FlowEndReason.Timeout);
            }
            else if (idle < -limit)
            {
                // Touched far in the future: the clock was wrong then or is now. Its idle time starts over.
                flow.Touched = now;
                _ages.Renew(flow);
                if (_ages.Oldest(list) == flow.Slot) return;
            }
            else
            {
                return;
            }
        }
    }

    private void EvictLeastValuable()
    {
        for (int list = 0; list < AgeLists.Count; list++)
        {
            if (_ages.Oldest(list) == AgeLists.None) continue;
            Counters.Evicted++;
            End(_slab.At(_ages.Oldest(list)), FlowEndReason.Forced);
            return;
        }
    }

    private void Unlink(Flow flow)
    {
        ref int link = ref _buckets[flow.Hash & (uint)(_buckets.Length - 1)];
        while (link != flow.Slot) link = ref _slab.At(link).NextInChain;
        link = flow.NextInChain;
    }

    /// <summary>Worker in the upper 8 bits, below it a counter stirred by an odd factor: unique for 2^45 flows, never 0.</summary>
    private long NextId()
    {
        const ulong Mask = (1UL << CounterBits) - 1;
        ulong id;
        do id = ((ulong)(uint)Options.Worker << CounterBits) | (((_opened++ * 0x5851_F42D_4C95_7F2D) + _idStart) & Mask);
        while (id == 0);
        return (long)id;
    }

    /// <summary>SplitMix64's finaliser: spreads a small seed over all bits; the result is odd, so never 0.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E37_79B9_7F4A_7C15;
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return (value ^ (value >> 31)) | 1;
    }
}
