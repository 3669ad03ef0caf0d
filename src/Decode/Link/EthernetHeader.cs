using System.Buffers.Binary;

namespace Sensor.Decode.Link;

/// <summary>Ethernet II and IEEE 802.3 with LLC or SNAP.</summary>
internal static class EthernetHeader
{
    private static class At { public const int Destination = 0, Source = 6, Type = 12, Payload = 14; }

    public static bool TryRead(ref PacketView packet)
    {
        ReadOnlySpan<byte> bytes = packet.Rest;
        if (bytes.Length < At.Payload) return packet.Broken(DecodeEvent.EthernetPacketTooSmall);
        packet.EthernetDestination = bytes.Slice(At.Destination, 6);
        packet.EthernetSource = bytes.Slice(At.Source, 6);
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.Type..]);
        if (type <= EtherTypes.LargestLength) ReadLlc(ref packet);
        else EtherTypes.Follow(ref packet, At.Payload, type, DecodeEvent.EthernetUnknownEthertype);
        return true;
    }

    // RFC 1042: SNAP with organisation code zero carries an EtherType; any other LLC (spanning tree, IS-IS) has no IP.
    private static void ReadLlc(ref PacketView packet)
    {
        ReadOnlySpan<byte> llc = packet.Rest[At.Payload..];
        if (llc.Length >= 8 && llc.StartsWith(SnapWithoutOrganisation))
        {
            EtherTypes.Follow(ref packet, At.Payload + 8, BinaryPrimitives.ReadUInt16BigEndian(llc[6..]), DecodeEvent.EthernetUnknownEthertype);
            return;
        }

        packet.Advance(At.Payload, Layer.Done);
    }

    private static ReadOnlySpan<byte> SnapWithoutOrganisation => [0xAA, 0xAA, 0x03, 0, 0, 0];
}
