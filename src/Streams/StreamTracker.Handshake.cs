using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>SynSent and SynRecv: which SYN and which SYN/ACK the connection is built on.</summary>
public sealed partial class StreamTracker
{
    private void TrackSynSent(TcpSession session, ref PacketView packet, ref Step step)
    {
        if (packet.IsSyn())
        {
            if (packet.IsAck()) SynAckInSynSent(session, ref packet, ref step);
            else SynInSynSent(session, ref packet, ref step);
            return;
        }

        if (step.Direction == Direction.ToClient)
        {
            // Nothing of the server can precede its SYN; a foreign timestamp shows a forgery.
            if (HasForeignTimestamp(session, ref packet)) step.Raise(StreamEvent.InvalidTimestamp);
            Counters.PacketsRejected++;
            return;
        }

        if (packet.IsAck()) AckInSynSent(session, ref packet, ref step);
    }

    /// <summary>The client acknowledges a SYN/ACK the sensor has not seen: a one-sided view, when allowed.</summary>
    private void AckInSynSent(TcpSession session, ref PacketView packet, ref Step step)
    {
        if (!Options.AsyncOneSide && !Options.Midstream)
        {
            Counters.PacketsRejected++;
            return;
        }

        StreamHalf client = session.ToServer, server = session.ToClient;
        long offset = client.OffsetOf(packet.Sequence);
        if (offset != client.Next && offset != 0)
        {
            step.Raise(StreamEvent.HandshakeAsyncWrongSequence);
            Counters.PacketsRejected++;
            return;
        }

        if (offset == 0 && client.Next > 0) client.ForgetData();
        server.Begin(packet.Acknowledgment - 1);
        server.WindowScale = UnknownWindowScale;
        client.OfferWindow(client.Next, (long)ushort.MaxValue << UnknownWindowScale);
        DropCandidates(session);
        SetState(session, TcpState.Established, ref step);
        if (Options.AsyncOneSide) BeginAsynchronous(session, Direction.ToServer);
        TrackSegment(session, ref packet, ref step);
    }

    private void SynInSynSent(TcpSession session, ref PacketView packet, ref Step step)
    {
        if (step.Direction == Direction.ToClient)
        {
            // Both sides send a SYN (RFC 9293 section 3.5), or a server splits its SYN/ACK in two.
            session.SplitHandshake = true;
            session.ToClient.Begin(packet.Sequence);
            session.ToClient.TakeOptions(ref packet);
            session.ToServer.OfferWindow(0, packet.Window);
            step.Verdict |= StreamVerdict.Accepted;
            return;
        }

        if (packet.Sequence != session.ToServer.InitialSequence && !KeepSyn(session, ref packet))
        {
            step.Raise(StreamEvent.HandshakeSynFlood);
            return;
        }

        step.Verdict |= StreamVerdict.Accepted;
    }

    private void SynAckInSynSent(TcpSession session, ref PacketView packet, ref Step step)
    {
        if (step.Direction == Direction.ToServer)
        {
            SplitSynAck(session, ref packet, ref step);
            return;
        }

        StreamHalf client = session.ToServer, server = session.ToClient;
        long acknowledged = client.OffsetOf(packet.Acknowledgment);
        if (acknowledged != 0 && acknowledged != client.Next)
        {
            if (session.Candidates is null || !session.Candidates.TryFindSyn(packet.Acknowledgment, out HandshakeCandidate chosen))
            {
                step.Raise(StreamEvent.HandshakeSynAckWrongAck);
                Counters.PacketsRejected++;
                return;
            }

            BuildOn(client, server, in chosen);
            client.ForgetData();
            acknowledged = 0;
        }

        if (acknowledged == 0 && client.Next > 0)
        {
            if (session.FastOpen) step.Raise(StreamEvent.HandshakeFastOpenDataIgnored);
            client.ForgetData();
        }

        server.Begin(packet.Sequence);
        server.TakeOptions(ref packet);
        StreamHalf.Agree(client, server);
        client.OfferWindow(acknowledged, packet.Window);
        SetState(session, TcpState.SynRecv, ref step);
        step.Verdict |= StreamVerdict.Accepted;
        Acknowledge(client, acknowledged, Direction.ToServer, ref step);
    }

    /// <summary>A SYN/ACK from the side that sent the first SYN: right only as the answer to the other side's SYN.</summary>
    private void SplitSynAck(TcpSession session, ref PacketView packet, ref Step step)
    {
        StreamHalf client = session.ToServer, server = session.ToClient;
        if (!session.SplitHandshake) step.Raise(StreamEvent.HandshakeSynAckInWrongDirection);
        else if (server.OffsetOf(packet.Acknowledgment) != 0) step.Raise(StreamEvent.SplitHandshakeSynAckWrongAck);
        else if (packet.Sequence != client.InitialSequence) step.Raise(StreamEvent.SplitHandshakeSynAckWrongSyn);
        else
        {
            client.TakeOptions(ref packet);
            StreamHalf.Agree(client, server);
            server.OfferWindow(0, packet.Window);
            SetState(session, TcpState.SynRecv, ref step);
            step.Verdict |= StreamVerdict.Accepted;
            return;
        }

        Counters.PacketsRejected++;
    }

    private void TrackSynRecv(TcpSession session, ref PacketView packet, ref Step step)
    {
        if (packet.IsSyn())
        {
            if (packet.IsAck()) SynAckInSynRecv(session, ref packet, ref step);
            else SynInSynRecv(session, ref packet, ref step);
        }
        else if (!packet.IsAck())
        {
            Counters.PacketsRejected++;
        }
        else if (step.Direction == Direction.ToClient && !session.SplitHandshake)
        {
            ServerBeforeAck(session, ref packet, ref step);
        }
        else
        {
            CompleteHandshake(session, ref packet, ref step);
        }
    }

    private void SynInSynRecv(TcpSession session, ref PacketView packet, ref Step step)
    {
        if (step.Direction == Direction.ToClient && !session.SplitHandshake)
        {
            step.Raise(StreamEvent.HandshakeSynToClientOnSynRecv);
        }
        else if (packet.Sequence != session.Half(step.Direction).InitialSequence)
        {
            step.Raise(StreamEvent.HandshakeSynResendDifferentSequenceOnSynRecv);
        }
        else
        {
            step.Verdict |= StreamVerdict.Accepted;
            return;
        }

        Counters.PacketsRejected++;
    }

    private void SynAckInSynRecv(TcpSession session, ref PacketView packet, ref Step step)
    {
        StreamHalf client = session.ToServer, server = session.ToClient;
        if (step.Direction == Direction.ToServer)
        {
            if (!session.SplitHandshake) step.Raise(StreamEvent.HandshakeSynAckToServerOnSynRecv);
            else step.Verdict |= StreamVerdict.Accepted;
            return;
        }

        if (session.SplitHandshake && packet.Sequence == server.InitialSequence)
        {
            // Simultaneous open: the second SYN/ACK completes it.
            step.Verdict |= StreamVerdict.Accepted;
            return;
        }

        long acknowledged = client.OffsetOf(packet.Acknowledgment);
        if (acknowledged != 0 && acknowledged != client.Next)
        {
            step.Raise(StreamEvent.HandshakeSynAckResendDifferentAck);
            Counters.PacketsRejected++;
            return;
        }

        if (packet.Sequence != server.InitialSequence)
        {
            step.Raise(StreamEvent.HandshakeSynAckResendDifferentSequence);
            if (!KeepSynAck(session, ref packet)) step.Raise(StreamEvent.HandshakeSynAckFlood);
            return;
        }

        server.LastTimestamp = packet.TimestampValue;
        step.Verdict |= StreamVerdict.Accepted;
    }

    /// <summary>
    /// The server speaks before the client's ACK was seen: Fast Open, a lost ACK, a one-sided view, or somebody who
    /// answers in the server's place. The bytes wait for the client's acknowledgment like all others.
    /// </summary>
    private void ServerBeforeAck(TcpSession session, ref PacketView packet, ref Step step)
    {
        StreamHalf client = session.ToServer, server = session.ToClient;
        bool inPlace = server.OffsetOf(packet.Sequence) >= 0 && client.OffsetOf(packet.Acknowledgment) >= client.Acked;
        if (session.Midstream && Options.AsyncOneSide && inPlace)
        {
            SetState(session, TcpState.Established, ref step);
            BeginAsynchronous(session, Direction.ToClient);
            TrackSegment(session, ref packet, ref step);
            return;
        }

        if (session.FastOpen || session.Midstream)
        {
            TrackSegment(session, ref packet, ref step);
            return;
        }

        if (packet.Payload.IsEmpty && !packet.IsFin())
        {
            step.Raise(StreamEvent.HandshakeAckInWrongDirection);
            Counters.PacketsRejected++;
            return;
        }

        if (!packet.Payload.IsEmpty) step.Raise(StreamEvent.HandshakeAckDataInjection);
        TrackSegment(session, ref packet, ref step);
    }

    /// <summary>The third packet, or data that stands for it.</summary>
    private void CompleteHandshake(TcpSession session, ref PacketView packet, ref Step step)
    {
        StreamHalf sender = session.Half(step.Direction), receiver = session.Half(step.Direction.Opposite());
        long offset = sender.OffsetOf(packet.Sequence), acknowledged = receiver.OffsetOf(packet.Acknowledgment);
        bool rightSequence = offset == sender.Next || (offset >= 0 && offset <= sender.Edge);
        bool rightAck = acknowledged >= 0 && acknowledged <= receiver.Next;

        if (!rightAck && rightSequence && session.Candidates is not null
            && session.Candidates.TryFindSynAck(packet.Acknowledgment, out HandshakeCandidate chosen))
        {
            BuildOn(receiver, sender, in chosen);
            StreamHalf.Agree(sender, receiver);
            rightAck = true;
        }

        if (!rightAck || !rightSequence)
        {
            Counters.PacketsRejected++;
            if (session.SplitHandshake) step.Raise(rightAck ? StreamEvent.SplitHandshakeWrongSequence : StreamEvent.SplitHandshakeInvalidAck);
            else step.Raise(rightSequence ? StreamEvent.HandshakeRightSequenceWrongAck : StreamEvent.HandshakeWrongSequenceWrongAck);
            return;
        }

        DropCandidates(session);
        SetState(session, session.StateByFins(), ref step);
        session.WasEstablished = true;
        TrackSegment(session, ref packet, ref step);
    }

    /// <summary>The half begins with that SYN or SYN/ACK instead of the one seen first.</summary>
    private static void BuildOn(StreamHalf sender, StreamHalf receiver, in HandshakeCandidate chosen)
    {
        sender.Begin(chosen.Sequence);
        sender.OfferedTimestamps = chosen.HasTimestamps;
        sender.LastTimestamp = chosen.TimestampValue;
        sender.LastTimestampTime = chosen.Time;
        sender.OfferedScale = chosen.WindowScale;
        receiver.OfferWindow(0, chosen.Window);
    }

    private bool KeepSyn(TcpSession session, ref PacketView packet)
    {
        Counters.SynQueued++;
        return TakeCandidates(session) && session.Candidates!.AddSyn(ref packet);
    }

    private bool KeepSynAck(TcpSession session, ref PacketView packet)
    {
        Counters.SynAckQueued++;
        return TakeCandidates(session) && session.Candidates!.AddSynAck(ref packet);
    }

    private bool TakeCandidates(TcpSession session)
    {
        if (session.Candidates is not null) return true;
        if (!_candidates.TryTake(out HandshakeCandidates? candidates)) return false;
        session.Candidates = candidates;
        return true;
    }
}
