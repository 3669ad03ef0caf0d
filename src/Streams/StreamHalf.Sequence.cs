using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>
/// The sequence space of one half. All positions are 64-bit offsets from the byte after the SYN, so that wraparound
/// exists in one place only: <see cref="OffsetOf"/>.
/// </summary>
public sealed partial class StreamHalf
{
    /// <summary>RFC 7323 section 2.3: a larger shift counts as 14.</summary>
    internal const int MaximumScale = 14;

    /// <summary>Sequence number of offset 0.</summary>
    private uint _origin;

    /// <summary>Initial sequence number; meaningful when <see cref="Begun"/>.</summary>
    internal uint InitialSequence => _origin - 1;

    /// <summary>A sequence number of this side is known.</summary>
    internal bool Begun;

    /// <summary>Offset after the last byte sent (SND.NXT; a FIN takes one).</summary>
    internal long Next;

    /// <summary>Offset the other side has acknowledged up to (SND.UNA).</summary>
    internal long Acked;

    /// <summary>Offset up to which the other side allows to send; never moves back, as RFC 9293 section 3.8.6 forbids shrinking.</summary>
    internal long Edge;

    /// <summary>The window the other side last offered to this half, in bytes, and the widest it ever offered.</summary>
    internal long Window, WidestWindow;

    /// <summary>Shift this side asked to apply to the windows it offers (RFC 7323 section 2).</summary>
    internal int WindowScale;

    /// <summary>The shift its SYN offered, -1 for none, and whether it offered timestamps; what holds is agreed with the other side's.</summary>
    internal sbyte OfferedScale = -1;
    internal bool OfferedTimestamps;

    /// <summary>Offset of the FIN, -1 before one is seen.</summary>
    internal long FinOffset = -1;

    /// <summary>Offset of an accepted RST, -1 before one is seen.</summary>
    internal long ResetOffset = -1;

    /// <summary>The side's timestamp option was seen in its SYN; the newest value and when it came.</summary>
    internal bool Timestamps;
    internal uint LastTimestamp;
    internal PacketTime LastTimestampTime;

    internal bool FinSeen => FinOffset >= 0;

    internal bool FinAcked => FinOffset >= 0 && Acked > FinOffset;

    /// <summary>Offset of a sequence number, taken as the one nearest to <see cref="Next"/>.</summary>
    internal long OffsetOf(uint sequence) => Next + (int)(sequence - (uint)(_origin + Next));

    /// <summary>The half begins with that SYN, or with the first packet seen (<paramref name="initialSequence"/> is then one less).</summary>
    internal void Begin(uint initialSequence)
    {
        _origin = initialSequence + 1;
        Begun = true;
        Next = Acked = 0;
    }

    /// <summary>What a SYN or SYN/ACK says about its sender.</summary>
    internal void TakeOptions(ref PacketView packet)
    {
        OfferedScale = packet.WindowScale;
        OfferedTimestamps = packet.HasTimestamps;
        LastTimestamp = packet.TimestampValue;
        LastTimestampTime = packet.Time;
    }

    /// <summary>Scaling and timestamps hold only when both SYNs offered them (RFC 7323 sections 2.2 and 3.2).</summary>
    internal static void Agree(StreamHalf one, StreamHalf other)
    {
        bool scaled = one.OfferedScale >= 0 && other.OfferedScale >= 0;
        one.WindowScale = scaled ? Math.Min((int)one.OfferedScale, MaximumScale) : 0;
        other.WindowScale = scaled ? Math.Min((int)other.OfferedScale, MaximumScale) : 0;
        one.Timestamps = other.Timestamps = one.OfferedTimestamps && other.OfferedTimestamps;
    }

    /// <summary>The other side offers a window beyond what it has acknowledged.</summary>
    internal void OfferWindow(long acknowledged, long window)
    {
        Window = window;
        WidestWindow = Math.Max(WidestWindow, window);
        Edge = Math.Max(Edge, acknowledged + window);
    }
}
