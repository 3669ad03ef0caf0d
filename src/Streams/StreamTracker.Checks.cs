using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>Whether the receiving host would take a packet; every "no" has its event.</summary>
public sealed partial class StreamTracker
{
    /// <summary>A timestamp older than this says nothing any more (RFC 7323 section 5.5: 24 days).</summary>
    private const long TimestampValidNanoseconds = 24L * 24 * 3600 * PacketTime.NanosecondsPerSecond;

    private static bool Acceptable(TcpSession session, StreamHalf sender, StreamHalf receiver, ref PacketView packet, in SegmentPlace segment, ref Step step)
    {
        ref readonly StateEvents words = ref StateEvents.Of(session.State);
        if (IsOldTimestamp(session, sender, ref packet))
        {
            step.Raise(StreamEvent.InvalidTimestamp);
            return false;
        }

        if (packet.IsAck() && !session.Asynchronous && !IsPossibleAck(receiver, segment.Acknowledged))
        {
            step.Raise(StreamEvent.InvalidAck);
            step.Raise(packet.IsFin() && session.State == TcpState.Established ? StreamEvent.FinInvalidAck : words.InvalidAck);
            return false;
        }

        if (IsBadWindowUpdate(session, sender, receiver, ref packet, in segment))
        {
            step.Raise(StreamEvent.BadWindowUpdate);
            return false;
        }

        if (segment.Length > 1 && segment.End <= Math.Min(sender.Acked, sender.InOrderTo))
        {
            // Acknowledged already: harmless, but its acknowledgment counts, so it is taken.
            step.Raise(StreamEvent.SpuriousRetransmission);
            step.Raise(words.BeforeLastAck);
            if (segment.End <= 0) step.Raise(StreamEvent.SegmentBeforeBaseSequence);
        }

        if (packet.IsFin() && !IsPossibleFin(session, sender, segment.End))
        {
            step.Raise(words.WrongFin);
            return false;
        }

        if (IsOutsideWindow(session, sender, in segment))
        {
            step.Raise(words.OutOfWindow);
            return false;
        }

        return true;
    }

    /// <summary>PAWS (RFC 7323 section 5): a segment whose timestamp is older than the newest one in order is an old duplicate.</summary>
    private static bool IsOldTimestamp(TcpSession session, StreamHalf sender, ref PacketView packet)
    {
        if (!packet.HasTimestamps || !session.ToServer.Timestamps || !session.ToClient.Timestamps) return false;
        return (int)(packet.TimestampValue - sender.LastTimestamp) < 0
            && packet.Time.Nanoseconds - sender.LastTimestampTime.Nanoseconds < TimestampValidNanoseconds;
    }

    /// <summary>The answer to a SYN echoes its timestamp, and has none when the SYN had none.</summary>
    private static bool HasForeignTimestamp(TcpSession session, ref PacketView packet) =>
        packet.HasTimestamps && (!session.ToServer.OfferedTimestamps || packet.TimestampEcho != session.ToServer.LastTimestamp);

    /// <summary>Only a segment that reaches the acknowledged point renews the timestamp (RFC 7323 section 4.3).</summary>
    private static void KeepTimestamp(StreamHalf sender, ref PacketView packet, in SegmentPlace segment)
    {
        if (!packet.HasTimestamps || !sender.Timestamps || segment.Start > sender.Acked) return;
        sender.LastTimestamp = packet.TimestampValue;
        sender.LastTimestampTime = packet.Time;
    }

    /// <summary>Not beyond what may have been sent, not older than a window (RFC 5961 section 5).</summary>
    private static bool IsPossibleAck(StreamHalf acknowledged, long offset) =>
        offset <= Math.Max(acknowledged.Next, acknowledged.Edge + 1) && offset >= acknowledged.Acked - Math.Max(acknowledged.WidestWindow, ushort.MaxValue);

    /// <summary>A shrinking window in a packet that claims to know more than was seen, in both directions.</summary>
    private static bool IsBadWindowUpdate(TcpSession session, StreamHalf sender, StreamHalf receiver, ref PacketView packet, in SegmentPlace segment) =>
        segment.Length == 0 && packet.IsAck() && !packet.IsFin() && !session.Asynchronous && session.State != TcpState.SynRecv
        && ((long)packet.Window << sender.WindowScale) < receiver.Window
        && segment.Acknowledged > receiver.Next && segment.Start > sender.Next;

    private static bool IsPossibleFin(TcpSession session, StreamHalf sender, long offset)
    {
        if (sender.FinSeen) return offset == sender.FinOffset;
        if (session.Asynchronous) return offset >= sender.Acked;
        if (offset + 1 == sender.Next && sender.Acked == sender.Next) return true;     // its acknowledgment came first
        return offset >= sender.Next && offset <= Math.Max(sender.Edge, sender.Next);
    }

    private static bool IsOutsideWindow(TcpSession session, StreamHalf sender, in SegmentPlace segment)
    {
        if (sender.FinSeen && segment.Length > 0 && segment.End > sender.FinOffset) return true;
        if (session.Asynchronous) return false;
        if (segment.End < sender.Acked - Math.Max(sender.WidestWindow, ushort.MaxValue)) return true;
        long edge = Math.Max(sender.Edge, sender.Acked);
        if (segment.Length == 0) return segment.Start > Math.Max(edge, sender.Next);
        return segment.Length == 1 ? segment.Start > edge : segment.Start >= edge;
    }
}
