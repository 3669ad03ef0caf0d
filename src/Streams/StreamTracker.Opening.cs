using Sensor.Decode;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>The first packet of a session: SYN, SYN/ACK or, midstream, anything with an ACK.</summary>
public sealed partial class StreamTracker
{
    /// <summary>Window shift assumed where the handshake was not seen: the largest there is, so nothing real falls outside.</summary>
    private const int UnknownWindowScale = StreamHalf.MaximumScale;

    private void Open(ref PacketView packet, ref Step step)
    {
        if (packet.IsRst())
        {
            step.Raise(StreamEvent.ResetWithoutSession);
        }
        else if (packet.IsFin())
        {
            step.Raise(packet.IsSyn() ? StreamEvent.FinSyn : StreamEvent.FinWithoutSession);
        }
        else if (packet.IsSyn() && !packet.IsAck())
        {
            OpenBySyn(ref packet, ref step);
            return;
        }
        else if (packet.IsAck() && MayPickUp(ref packet, ref step))
        {
            if (packet.IsSyn()) OpenBySynAck(ref packet, ref step);
            else OpenMidstream(ref packet, ref step);
            return;
        }

        Counters.PacketsWithoutSession++;
    }

    private void OpenBySyn(ref PacketView packet, ref Step step)
    {
        TcpSession? session = TakeSession(step.Flow);
        if (session is null) return;

        StreamHalf sender = session.Half(step.Direction), receiver = session.Half(step.Direction.Opposite());
        sender.Begin(packet.Sequence);
        sender.TakeOptions(ref packet);
        receiver.OfferWindow(0, packet.Window);
        session.FastOpen = !packet.Payload.IsEmpty && HasFastOpenCookie(packet.TcpOptions);
        SetState(session, TcpState.SynSent, ref step);
        step.Verdict |= StreamVerdict.Accepted;
        if (!packet.Payload.IsEmpty) TakeDataOfSyn(session, sender, ref packet, ref step);
    }

    /// <summary>
    /// Data on a SYN: kept, with a cookie or without, until the SYN/ACK says whether the server took them. The bytes
    /// count as in the stream only with a cookie; without one hosts rarely take them, so the packet itself is inspected.
    /// </summary>
    private static void TakeDataOfSyn(TcpSession session, StreamHalf sender, ref PacketView packet, ref Step step)
    {
        sender.Insert(0, packet.Payload, ref step.Events);
        sender.Next = packet.Payload.Length;
        if (session.FastOpen) step.Verdict |= StreamVerdict.PayloadInStream;
    }

    /// <summary>A server speaks first: its client's SYN was not seen.</summary>
    private void OpenBySynAck(ref PacketView packet, ref Step step)
    {
        TcpSession? session = TakeSession(step.Flow);
        if (session is null) return;

        session.Midstream = true;
        step.Flow.Midstream = true;
        Counters.SessionsMidstream++;
        StreamHalf server = session.Half(step.Direction), client = session.Half(step.Direction.Opposite());
        server.Begin(packet.Sequence);
        server.TakeOptions(ref packet);
        server.OfferWindow(0, (long)ushort.MaxValue << UnknownWindowScale);
        client.Begin(packet.Acknowledgment - 1);
        client.OfferedScale = packet.WindowScale >= 0 ? (sbyte)UnknownWindowScale : (sbyte)-1;
        client.OfferedTimestamps = packet.HasTimestamps;
        StreamHalf.Agree(client, server);
        client.LastTimestamp = packet.TimestampEcho;
        client.LastTimestampTime = packet.Time;
        client.OfferWindow(0, packet.Window);
        SetState(session, TcpState.SynRecv, ref step);
        step.Verdict |= StreamVerdict.Accepted;
    }

    /// <summary>A conversation that began before the sensor looked. The first sender is taken for the client until content says otherwise.</summary>
    private void OpenMidstream(ref PacketView packet, ref Step step)
    {
        if (!Options.Midstream) return;
        TcpSession? session = TakeSession(step.Flow);
        if (session is null) return;

        session.Midstream = true;
        step.Flow.Midstream = true;
        Counters.SessionsMidstream++;
        StreamHalf sender = session.Half(step.Direction), receiver = session.Half(step.Direction.Opposite());
        sender.Begin(packet.Sequence - 1);
        receiver.Begin(packet.Acknowledgment - 1);
        sender.WindowScale = receiver.WindowScale = UnknownWindowScale;
        sender.Timestamps = receiver.Timestamps = packet.HasTimestamps;
        sender.LastTimestamp = packet.TimestampValue;
        receiver.LastTimestamp = packet.TimestampEcho;
        sender.LastTimestampTime = receiver.LastTimestampTime = packet.Time;
        sender.OfferWindow(0, (long)ushort.MaxValue << UnknownWindowScale);
        session.HandshakeConfirmed = true;
        SetState(session, TcpState.Established, ref step);
        if (Options.AsyncOneSide) BeginAsynchronous(session, step.Direction);
        TrackSegment(session, ref packet, ref step);
    }

    /// <summary>Applies the policy for flows whose beginning was not seen, once; says whether one may be picked up.</summary>
    private bool MayPickUp(ref PacketView packet, ref Step step)
    {
        Flow flow = step.Flow;
        if (flow.MidstreamPolicy == ExceptionPolicy.None)
        {
            flow.MidstreamPolicy = Options.MidstreamPolicy;
            switch (Options.MidstreamPolicy)
            {
                case ExceptionPolicy.Bypass: flow.State = FlowState.Bypassed; break;
                case ExceptionPolicy.PassFlow: flow.Passed = true; break;
                case ExceptionPolicy.DropFlow or ExceptionPolicy.Reject or ExceptionPolicy.RejectBoth: flow.Dropped = Options.Bridge; break;
            }
        }

        if (flow.State == FlowState.Bypassed || flow.Dropped) return false;
        return Options.Midstream || (Options.AsyncOneSide && packet.IsSyn());
    }

    private void BeginAsynchronous(TcpSession session, Direction side)
    {
        session.Asynchronous = true;
        session.AsynchronousSide = side;
        session.Half(side).Immediate = true;
        Counters.SessionsAsynchronous++;
    }

    /// <summary>The other side is heard after all: acknowledgments count again.</summary>
    private void EndAsynchronous(TcpSession session)
    {
        session.Asynchronous = false;
        session.Half(session.AsynchronousSide).Immediate = Options.Inline;
    }

    /// <summary>RFC 7413 section 4.1.1: option 34, or the experimental kinds 253 and 254 with magic 0xF989.</summary>
    private static bool HasFastOpenCookie(ReadOnlySpan<byte> options)
    {
        const byte EndOfList = 0, NoOperation = 1, FastOpen = 34, Experiment1 = 253, Experiment2 = 254;
        while (!options.IsEmpty && options[0] != EndOfList)
        {
            if (options[0] == NoOperation)
            {
                options = options[1..];
                continue;
            }

            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length) return false;
            if (options[0] == FastOpen) return true;
            if (options[0] is Experiment1 or Experiment2 && options[1] >= 4 && options[2] == 0xF9 && options[3] == 0x89) return true;
            options = options[options[1]..];
        }

        return false;
    }
}
