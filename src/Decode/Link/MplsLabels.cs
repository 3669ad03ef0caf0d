using System.Buffers.Binary;

namespace Sensor.Decode.Link;

/// <summary>MPLS label stack (RFC 3032). What follows is not named: special labels or the first four bits tell.</summary>
internal static class MplsLabels
{
    private const int LabelLength = 4, ControlWordLength = 4;
    private const uint Ipv4ExplicitNull = 0, RouterAlert = 1, Ipv6ExplicitNull = 2, ImplicitNull = 3, FirstUnreserved = 16;

    public static bool TryRead(ref PacketView packet)
    {
        uint label;
        bool bottom;
        do
        {
            if (packet.Rest.Length < LabelLength) return packet.Broken(DecodeEvent.MplsHeaderTooSmall);
            uint entry = BinaryPrimitives.ReadUInt32BigEndian(packet.Rest);
            label = entry >> 12;
            bottom = (entry & 0x100) != 0;
            packet.Advance(LabelLength, Layer.Done);
        }
        while (!bottom);

        switch (label)
        {
            case Ipv4ExplicitNull: packet.Next = Layer.Ipv4; return true;
            case Ipv6ExplicitNull: packet.Next = Layer.Ipv6; return true;
            // RFC 3032 section 2.1: router alert must not be the last label, implicit null must not appear at all.
            case RouterAlert: packet.Raise(DecodeEvent.MplsBadLabelRouterAlert); return true;
            case ImplicitNull: packet.Raise(DecodeEvent.MplsBadLabelImplicitNull); return true;
            case < FirstUnreserved: packet.Raise(DecodeEvent.MplsBadLabelReserved); return true;
        }

        return TryGuessPayload(ref packet);
    }

    // RFC 4928 section 3: IP begins with its version; a pseudo-wire begins with a control word whose first bits are 0.
    private static bool TryGuessPayload(ref PacketView packet)
    {
        if (packet.Rest.Length < ControlWordLength) return packet.Broken(DecodeEvent.MplsPacketTooSmall);
        switch (packet.Rest[0] >> 4)
        {
            case 4: packet.Next = Layer.Ipv4; return true;
            case 6: packet.Next = Layer.Ipv6; return true;
            case 0: packet.Advance(ControlWordLength, Layer.Ethernet); return true;
            default: packet.Raise(DecodeEvent.MplsUnknownPayloadType); return true;
        }
    }
}
