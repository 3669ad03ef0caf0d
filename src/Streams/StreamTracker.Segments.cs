using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>Packets of a connection whose handshake is over (or nearly): acknowledgment, data, FIN.</summary>
public sealed partial class StreamTracker
{
    private void TrackConnected(TcpSession session, ref PacketView packet, ref Step step)
    {
        if (packet.IsSyn())
        {
            RaiseForLateSyn(session, ref packet, ref step);
            return;
        }

        TrackSegment(session, ref packet, ref step);
    }

    /// <summary>A SYN on a synchronised connection is never taken (RFC 5961 section 4); what it is called depends on how it differs.</summary>
    private void RaiseForLateSyn(TcpSession session, ref PacketView packet, ref Step step)
    {
        StreamHalf client = session.ToServer, server = session.ToClient;
        if (session.State != TcpState.Established)
        {
            step.Raise(StreamEvent.ShutdownSynResend);
        }
        else if (packet.IsAck())
        {
            if (step.Direction == Direction.ToServer) step.Raise(StreamEvent.EstablishedSynAckToServer);
            else if (packet.Sequence != server.InitialSequence) step.Raise(StreamEvent.EstablishedSynAckResendDifferentSequence);
            else if (packet.Acknowledgment != client.InitialSequence + 1) step.Raise(StreamEvent.EstablishedSynAckResendDifferentAck);
            else if (session.HandshakeConfirmed) step.Raise(StreamEvent.EstablishedSynAckResend);
            else step.Verdict |= StreamVerdict.Accepted;
        }
        else if (step.Direction == Direction.ToClient)
        {
            step.Raise(StreamEvent.EstablishedSynToClient);
        }
        else
        {
            step.Raise(packet.Sequence == client.InitialSequence ? StreamEvent.EstablishedSynResend : StreamEvent.EstablishedSynResendDifferentSequence);
        }

        if ((step.Verdict & StreamVerdict.Accepted) == 0) Counters.PacketsRejected++;
    }

    private void TrackSegment(TcpSession session, ref PacketView packet, ref Step step)
    {
        StreamHalf sender = session.Half(step.Direction), receiver = session.Half(step.Direction.Opposite());
        var segment = new SegmentPlace
        {
            Start = sender.OffsetOf(packet.Sequence),
            Length = packet.Payload.Length,
            Acknowledged = packet.IsAck() ? receiver.OffsetOf(packet.Acknowledgment) : receiver.Acked,
        };

        if (!Acceptable(session, sender, receiver, ref packet, in segment, ref step))
        {
            Counters.PacketsRejected++;
            return;
        }

        step.Verdict |= StreamVerdict.Accepted;
        if (packet.IsAck())
        {
            receiver.OfferWindow(segment.Acknowledged, (long)packet.Window << sender.WindowScale);
            Acknowledge(receiver, segment.Acknowledged, step.Direction.Opposite(), ref step);
        }

        if (segment.Length > 0) TakeData(session, sender, ref packet, in segment, ref step);
        if (packet.IsFin()) TakeFin(session, sender, segment.End, ref step);
        KeepTimestamp(sender, ref packet, in segment);
        if (session.Asynchronous) receiver.Next = Math.Max(receiver.Next, segment.Acknowledged);

        if (step.Direction == Direction.ToServer && session.State != TcpState.SynRecv && segment.Length > 0) session.HandshakeConfirmed = true;
        if (!session.WasReset && (session.State != TcpState.SynRecv || packet.IsFin())) SetState(session, session.StateByFins(), ref step);
    }

    /// <summary>The other side has received up to that offset; what it has is now readable.</summary>
    private static void Acknowledge(StreamHalf half, long offset, Direction direction, ref Step step)
    {
        if (offset > half.Acked) half.Acked = offset;

        // More was acknowledged than was seen: the sensor has missed packets, the sender has not.
        if (half.Acked > half.Next) half.Next = half.Acked;
        if (half.Advance(ref step.Events)) step.NewBytes(direction);
    }

    private void TakeData(TcpSession session, StreamHalf sender, ref PacketView packet, in SegmentPlace segment, ref Step step)
    {
        if (segment.Length == 1 && segment.Start == sender.Next - 1 && segment.End <= sender.Acked) return;    // keep-alive
        if (segment.Length == 1 && segment.Start >= sender.Edge && !session.Asynchronous) return;              // window probe

        bool take = (packet.TcpFlags & TcpFlags.Urg) == 0 || TakeUrgent(sender, ref packet, in segment, ref step);
        sender.Next = Math.Max(sender.Next, segment.End);
        if (!take) return;

        ReadOnlySpan<byte> bytes = packet.Payload;
        if (!session.Asynchronous && segment.End > sender.Edge && sender.Edge > segment.Start)
        {
            // The receiver cuts off what lies beyond its window (RFC 9293 section 3.10.7.4).
            bytes = bytes[..(int)(sender.Edge - segment.Start)];
        }

        InsertResult result = sender.Insert(segment.Start, bytes, ref step.Events);
        bool spurious = segment.End <= sender.Acked;
        if ((result & (InsertResult.Added | InsertResult.Stored)) == InsertResult.Stored && !spurious) step.Raise(StreamEvent.Retransmission);
        RaiseFor(result, ref step);
        if ((result & (InsertResult.Stored | InsertResult.Differs)) == InsertResult.Stored) step.Verdict |= StreamVerdict.PayloadInStream;
        if (sender.Advance(ref step.Events)) step.NewBytes(step.Direction);
    }

    private void RaiseFor(InsertResult result, ref Step step)
    {
        if ((result & InsertResult.Differs) != 0)
        {
            Counters.OverlapsDifferent++;
            step.Raise(StreamEvent.OverlapDifferentData);
        }

        if ((result & InsertResult.MemoryRefused) != 0) step.Raise(StreamEvent.InsertMemoryLimit);
        if ((result & InsertResult.SegmentsRefused) != 0) step.Raise(StreamEvent.InsertSegmentLimit);
        if ((result & InsertResult.DepthReached) != 0) step.Raise(StreamEvent.DepthReached);
        if ((result & InsertResult.BeforeBase) != 0) step.Raise(StreamEvent.SegmentBeforeBaseSequence);
    }

    /// <summary>Urgent data by policy; false when the packet's bytes shall not enter the stream.</summary>
    private bool TakeUrgent(StreamHalf sender, ref PacketView packet, in SegmentPlace segment, ref Step step)
    {
        UrgentPolicy policy = Options.UrgentPolicy;
        if (policy == UrgentPolicy.OutOfBand && packet.UrgentPointer > 0)
        {
            // The pointer names the byte after the urgent one (RFC 6093 section 3.1: as hosts do, not as RFC 1122 says).
            if (sender.UrgentCount < Options.UrgentLimit)
            {
                sender.TakeOut(segment.Start + packet.UrgentPointer - 1, Options.UrgentLimit);
                return true;
            }

            step.Raise(StreamEvent.UrgentLimitReached);
            policy = Options.UrgentLimitPolicy;
        }

        return policy is UrgentPolicy.Inline or UrgentPolicy.OutOfBand;
    }

    private void TakeFin(TcpSession session, StreamHalf sender, long offset, ref Step step)
    {
        if (sender.FinSeen) return;
        bool otherSeen = session.ToServer.FinSeen || session.ToClient.FinSeen;
        sender.FinOffset = offset;
        sender.Next = offset + 1;
        if (!otherSeen) session.ServerFinFirst = step.Direction == Direction.ToClient;
        if (sender.Advance(ref step.Events)) step.NewBytes(step.Direction);
    }

    /// <summary>Where a segment lies, in offsets of the two halves.</summary>
    private readonly struct SegmentPlace
    {
        public long Start { get; init; }

        public int Length { get; init; }

        /// <summary>In the other half's offsets.</summary>
        public long Acknowledged { get; init; }

        public long End => Start + Length;
    }
}
