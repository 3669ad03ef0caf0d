using Sensor.Decode;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>
/// Follows TCP connections and puts their bytes in order. One per worker.
/// - A session is opened by a SYN; by a SYN/ACK or by data only when the options allow it.
/// - A packet that the receiving host would not take (window, acknowledgment, timestamp, checksum) changes nothing:
///   otherwise whoever can forge one packet could blind the sensor. It raises the event that says so.
/// - Bytes become readable when the other side acknowledges them, so that what is inspected is what was received.
/// </summary>
/// <remarks>Opening and handshake, segments, resets and checks each have a file of their own.</remarks>
public sealed partial class StreamTracker
{
    /// <summary>Sessions that may have competing SYNs at once; the flood of them is itself an event.</summary>
    private const int MaximumContested = 4096;

    private readonly StreamMemory _memory;
    private readonly ObjectSlab<TcpSession> _sessions;
    private readonly ObjectSlab<HandshakeCandidates> _candidates;

    public StreamTracker(StreamOptions options)
    {
        Options = options;
        _memory = new StreamMemory(options);
        _sessions = new ObjectSlab<TcpSession>(() => new TcpSession { ToServer = new StreamHalf(), ToClient = new StreamHalf() }, options.InitialSessions, options.MaximumSessions);
        _candidates = new ObjectSlab<HandshakeCandidates>(() => new HandshakeCandidates(options.MaximumSynQueued, options.MaximumSynAckQueued), Math.Min(options.InitialSessions / 64, MaximumContested), MaximumContested);
    }

    public StreamOptions Options { get; }

    public StreamCounters Counters => _memory.Counters;

    /// <summary>Sessions open now.</summary>
    public int Sessions => _sessions.InUse;

    /// <summary>Bytes of stream data lent out now, as blocks.</summary>
    public long BytesInUse => _memory.Bytes.InUse;

    /// <summary>Brings the session of a TCP packet up to date. <paramref name="events"/> are this packet's own.</summary>
    public StreamVerdict Track(Flow flow, ref PacketView packet, Direction direction, out EventSet events)
    {
        events = default;
        if (Options.ChecksumValidation && (packet.Flags & (PacketFlags.BadTransportChecksum | PacketFlags.BadNetworkChecksum)) != 0)
        {
            Counters.InvalidChecksum++;
            return StreamVerdict.None;
        }

        var step = new Step { Flow = flow, Direction = direction };
        if (packet.Acknowledgment != 0 && !packet.IsAck()) step.Raise(StreamEvent.BrokenAck);

        if (flow.Transport is TcpSession session && session.State != TcpState.None) Continue(session, ref packet, ref step);
        else Open(ref packet, ref step);

        events = step.Events;
        if (flow.Transport is TcpSession tracked)
        {
            Remember(tracked, in step);
            if (Options.Bypass && tracked.ToServer.DepthReached && tracked.ToClient.DepthReached) flow.State = FlowState.Bypassed;
        }

        return step.Verdict;
    }

    /// <summary>
    /// The flow ends without a closing handshake: everything received so far becomes readable (unacknowledged bytes
    /// too), so that a last request is still inspected.
    /// </summary>
    public StreamVerdict Flush(Flow flow)
    {
        if (flow.Transport is not TcpSession session || session.State == TcpState.None) return StreamVerdict.None;

        // Nobody answered the SYN: what it carried was inspected as a packet and is not part of a conversation.
        if (session is { State: TcpState.SynSent, FastOpen: false }) return StreamVerdict.Ended;
        StreamVerdict verdict = StreamVerdict.Ended;
        EventSet unused = default;
        if (session.ToServer.Advance(ref unused, final: true)) verdict |= StreamVerdict.NewToServer;
        if (session.ToClient.Advance(ref unused, final: true)) verdict |= StreamVerdict.NewToClient;
        return verdict;
    }

    /// <summary>Lets go bytes that all readers have passed.</summary>
    public void Trim(TcpSession session)
    {
        session.ToServer.Trim();
        session.ToClient.Trim();
    }

    /// <summary>
    /// Client and server change places, in the flow and in its session: the content showed that a midstream pickup had
    /// guessed wrong. The caller turns its own direction round as well.
    /// </summary>
    public void SwapDirections(Flow flow)
    {
        flow.SwapDirections();
        if (flow.Transport is not TcpSession session) return;
        (session.ToServer, session.ToClient) = (session.ToClient, session.ToServer);
        session.AsynchronousSide = session.AsynchronousSide.Opposite();
        if (session.ToServer.FinSeen || session.ToClient.FinSeen) session.ServerFinFirst = !session.ServerFinFirst;
    }

    /// <summary>Returns the session's memory; called when the flow ends.</summary>
    public void Release(Flow flow)
    {
        if (flow.Transport is TcpSession session)
        {
            DropCandidates(session);
            session.Reset();
            _sessions.Return(session);
        }

        flow.Transport = null;
    }

    private void Continue(TcpSession session, ref PacketView packet, ref Step step)
    {
        if (session.Asynchronous && step.Direction != session.AsynchronousSide) EndAsynchronous(session);
        if (packet.IsRst())
        {
            TrackReset(session, ref packet, ref step);
            return;
        }

        if (packet.IsSyn() && packet.IsFin())
        {
            step.Raise(StreamEvent.FinSyn);
            return;
        }

        switch (session.State)
        {
            case TcpState.SynSent: TrackSynSent(session, ref packet, ref step); break;
            case TcpState.SynRecv: TrackSynRecv(session, ref packet, ref step); break;
            case TcpState.Closed when session.WasReset || !session.WasEstablished: TrackAfterReset(session, ref packet, ref step); break;
            default: TrackConnected(session, ref packet, ref step); break;
        }
    }

    private static void Remember(TcpSession session, in Step step)
    {
        for (int number = step.Events.Next(1); number >= 0; number = number < 255 ? step.Events.Next(number + 1) : -1) session.Events.Add(number);
    }

    /// <summary>A session for the flow, its halves ready; null when all are in use (counted).</summary>
    private TcpSession? TakeSession(Flow flow)
    {
        if (flow.Transport is TcpSession known)
        {
            DropCandidates(known);
            known.Reset();
        }
        else if (_sessions.TryTake(out TcpSession? fresh))
        {
            known = fresh;
        }
        else
        {
            Counters.SessionsRefused++;
            return null;
        }

        known.ToServer.Prepare(_memory, Options.HostPolicyOf(flow.Server));
        known.ToClient.Prepare(_memory, Options.HostPolicyOf(flow.Client));
        flow.Transport = known;
        Counters.Sessions++;
        return known;
    }

    private static void SetState(TcpSession session, TcpState state, ref Step step)
    {
        if (session.State == state) return;
        session.State = state;
        if (state == TcpState.Established) session.WasEstablished = true;
        if (state == TcpState.Closed) step.Verdict |= StreamVerdict.Ended;
        if (step.Flow.State == FlowState.Bypassed) return;
        step.Flow.State = state switch
        {
            TcpState.SynSent or TcpState.SynRecv => FlowState.New,
            TcpState.LastAck or TcpState.TimeWait or TcpState.Closed => FlowState.Closed,
            _ => FlowState.Established,
        };
    }

    private void DropCandidates(TcpSession session)
    {
        if (session.Candidates is null) return;
        session.Candidates.Clear();
        _candidates.Return(session.Candidates);
        session.Candidates = null;
    }

    /// <summary>What is being decided about one packet.</summary>
    private struct Step
    {
        public required Flow Flow;
        public required Direction Direction;
        public EventSet Events;
        public StreamVerdict Verdict;

        public void Raise(StreamEvent happened)
        {
            if (happened != StreamEvent.None) Events.Add((int)happened);
        }

        public void NewBytes(Direction direction) => Verdict |= direction == Direction.ToServer ? StreamVerdict.NewToServer : StreamVerdict.NewToClient;
    }
}

internal static class PacketFlagsOfTcp
{
    public static bool IsSyn(this ref PacketView packet) => (packet.TcpFlags & TcpFlags.Syn) != 0;

    public static bool IsAck(this ref PacketView packet) => (packet.TcpFlags & TcpFlags.Ack) != 0;

    public static bool IsFin(this ref PacketView packet) => (packet.TcpFlags & TcpFlags.Fin) != 0;

    public static bool IsRst(this ref PacketView packet) => (packet.TcpFlags & TcpFlags.Rst) != 0;
}
