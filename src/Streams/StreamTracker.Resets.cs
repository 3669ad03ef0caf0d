using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>RST: whether it counts, and what it means when the conversation goes on after it.</summary>
public sealed partial class StreamTracker
{
    private void TrackReset(TcpSession session, ref PacketView packet, ref Step step)
    {
        StreamHalf sender = session.Half(step.Direction), receiver = session.Half(step.Direction.Opposite());
        if (session.State == TcpState.SynSent && step.Direction == Direction.ToServer)
        {
            // A client answers a stray packet with an RST and goes on waiting for its SYN/ACK.
            step.Verdict |= StreamVerdict.Accepted;
            return;
        }

        if (!IsPossibleReset(session, sender, receiver, ref packet, ref step))
        {
            Counters.PacketsRejected++;
            return;
        }

        step.Verdict |= StreamVerdict.Accepted;
        if (packet.IsAck() && session.State != TcpState.SynSent) Acknowledge(receiver, receiver.OffsetOf(packet.Acknowledgment), step.Direction.Opposite(), ref step);
        if (sender.ResetOffset < 0) sender.ResetOffset = sender.Begun ? Math.Max(sender.Next, sender.OffsetOf(packet.Sequence)) : 0;
        SetState(session, TcpState.Closed, ref step);
    }

    private static bool IsPossibleReset(TcpSession session, StreamHalf sender, StreamHalf receiver, ref PacketView packet, ref Step step)
    {
        if (session.State == TcpState.SynSent)
        {
            if (HasForeignTimestamp(session, ref packet))
            {
                step.Raise(StreamEvent.InvalidTimestamp);
                return false;
            }

            // RFC 9293 section 3.10.7.3: a reset of a SYN must acknowledge it.
            long answered = receiver.OffsetOf(packet.Acknowledgment);
            if (packet.IsAck() && answered >= 0 && answered <= receiver.Next) return true;
            step.Raise(StreamEvent.ResetInvalidAck);
            return false;
        }

        // No look at the timestamp: RFC 7323 section 5.3 leaves resets out, and hosts do send them with value 0.
        if (packet.IsAck() && !session.Asynchronous && !IsPossibleAck(receiver, receiver.OffsetOf(packet.Acknowledgment)))
        {
            step.Raise(StreamEvent.ResetInvalidAck);
            return false;
        }

        long offset = sender.OffsetOf(packet.Sequence);
        return session.Asynchronous || (offset >= sender.Acked - 1 && offset <= Math.Max(sender.Next, sender.Edge));
    }

    /// <summary>
    /// After a reset the packets are still put in order, silently. When the other side acknowledges bytes sent after the
    /// reset, it never took the reset: somebody sent it to blind a sensor (or a censor sent it in vain). The session lives on.
    /// </summary>
    private void TrackAfterReset(TcpSession session, ref PacketView packet, ref Step step)
    {
        if (packet.IsSyn())
        {
            AfterUnfinishedHandshake(session, ref packet, ref step);
            return;
        }

        if (!session.ToClient.Begun)
        {
            Counters.PacketsRejected++;
            return;
        }

        StreamHalf receiver = session.Half(step.Direction.Opposite());
        long acknowledged = packet.IsAck() ? receiver.OffsetOf(packet.Acknowledgment) : 0;
        if (receiver.ResetOffset >= 0 && acknowledged > receiver.ResetOffset && acknowledged <= receiver.Next)
        {
            Counters.ResetsSuspected++;
            step.Raise(StreamEvent.SuspectedResetInjection);
            session.ToServer.ResetOffset = session.ToClient.ResetOffset = -1;
            SetState(session, session.StateByFins(), ref step);
            TrackSegment(session, ref packet, ref step);
            return;
        }

        var quiet = new Step { Flow = step.Flow, Direction = step.Direction };
        TrackSegment(session, ref packet, ref quiet);
        step.Verdict |= quiet.Verdict & ~StreamVerdict.Ended;
    }

    /// <summary>A refused SYN is tried again with the same number, or the refusal was forged and the SYN/ACK follows.</summary>
    private void AfterUnfinishedHandshake(TcpSession session, ref PacketView packet, ref Step step)
    {
        if (session.WasEstablished)
        {
            step.Raise(StreamEvent.ShutdownSynResend);
            Counters.PacketsRejected++;
            return;
        }

        if (!packet.IsAck())
        {
            OpenBySyn(ref packet, ref step);
            return;
        }

        if (step.Direction != Direction.ToClient || session.ToServer.OffsetOf(packet.Acknowledgment) != session.ToServer.Next) return;
        Counters.ResetsSuspected++;
        step.Raise(StreamEvent.SuspectedResetInjection);
        session.ToServer.ResetOffset = session.ToClient.ResetOffset = -1;
        SetState(session, TcpState.SynSent, ref step);
        TrackSynSent(session, ref packet, ref step);
    }
}
