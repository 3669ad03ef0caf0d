using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>A SYN or SYN/ACK that may turn out to be the one the connection is built on.</summary>
internal struct HandshakeCandidate
{
    public uint Sequence, Acknowledgment, TimestampValue;
    public ushort Window;
    public sbyte WindowScale;
    public bool HasTimestamps;
    public PacketTime Time;

    public static HandshakeCandidate Of(ref PacketView packet) => new()
    {
        Sequence = packet.Sequence,
        Acknowledgment = packet.Acknowledgment,
        Window = packet.Window,
        WindowScale = packet.WindowScale,
        HasTimestamps = packet.HasTimestamps,
        TimestampValue = packet.TimestampValue,
        Time = packet.Time,
    };
}

/// <summary>
/// Competing SYNs and SYN/ACKs of one connection. Whoever can spoof one packet could otherwise make the sensor follow
/// the wrong sequence numbers: so all are kept, up to a limit, until the other side's answer names one.
/// </summary>
internal sealed class HandshakeCandidates(int maximumSyn, int maximumSynAck)
{
    private readonly HandshakeCandidate[] _syn = new HandshakeCandidate[maximumSyn];
    private readonly HandshakeCandidate[] _synAck = new HandshakeCandidate[maximumSynAck];
    private int _synCount, _synAckCount;

    /// <summary>Keeps a SYN; false when the limit is reached.</summary>
    public bool AddSyn(ref PacketView packet) => Add(_syn, ref _synCount, ref packet);

    public bool AddSynAck(ref PacketView packet) => Add(_synAck, ref _synAckCount, ref packet);

    /// <summary>The SYN that this acknowledgment number answers.</summary>
    public bool TryFindSyn(uint acknowledgment, out HandshakeCandidate found) => Find(_syn, _synCount, acknowledgment, out found);

    public bool TryFindSynAck(uint acknowledgment, out HandshakeCandidate found) => Find(_synAck, _synAckCount, acknowledgment, out found);

    public void Clear() => _synCount = _synAckCount = 0;

    private static bool Add(HandshakeCandidate[] kept, ref int count, ref PacketView packet)
    {
        if (Find(kept, count, packet.Sequence + 1, out _)) return true;
        if (count == kept.Length) return false;
        kept[count++] = HandshakeCandidate.Of(ref packet);
        return true;
    }

    private static bool Find(HandshakeCandidate[] kept, int count, uint acknowledgment, out HandshakeCandidate found)
    {
        for (int i = 0; i < count; i++)
        {
            if (kept[i].Sequence + 1 != acknowledgment) continue;
            found = kept[i];
            return true;
        }

        found = default;
        return false;
    }
}
