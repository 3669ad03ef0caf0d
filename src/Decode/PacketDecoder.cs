using Sensor.Primitives;

namespace Sensor.Decode;

/// <summary>Reads headers from the link layer up. One per worker; never throws, never allocates once warm.</summary>
public sealed class PacketDecoder
{
    /// <summary>
    /// Decodes the outermost packet of a frame. False when not even a network header could be read and nothing
    /// but <see cref="PacketView.Events"/> is of use (the frame counts as undecodable).
    /// </summary>
    public bool TryDecode(in RawPacket raw, out PacketView packet)
    {
        packet = default;
        packet.Raw = raw;
        return false;
    }

    /// <summary>
    /// After a packet with <see cref="PacketFlags.HasInner"/> was inspected: the packet inside it (tunnel payload or
    /// the datagram its fragment completed). Called until it answers false; depth is limited, never recursive.
    /// </summary>
    public bool TryDecodeInner(scoped in PacketView outer, out PacketView inner)
    {
        inner = default;
        return false;
    }
}
