using System.Buffers.Binary;

namespace Sensor.Decode.Tunnel;

/// <summary>ERSPAN type II (draft-foschiano-erspan-03 section 4.2): the mirrored frame's VLAN and session, then the frame.</summary>
internal static class ErspanHeader
{
    private const int Length = 8, TypeTwo = 1;

    public static bool TryRead(ref PacketView packet)
    {
        if (packet.Rest.Length < Length) return packet.Broken(DecodeEvent.ErspanHeaderTooSmall);
        int field = BinaryPrimitives.ReadUInt16BigEndian(packet.Rest);
        if (field >> 12 != TypeTwo) return packet.Broken(DecodeEvent.ErspanUnsupportedVersion);
        int vlan = field & 0x0FFF;
        if (vlan != 0 && !packet.TryAddVlan((ushort)vlan)) return packet.Broken(DecodeEvent.ErspanTooManyVlanLayers);
        packet.Advance(Length, Layer.Ethernet);
        return true;
    }
}
