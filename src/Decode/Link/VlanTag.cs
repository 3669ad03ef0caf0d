using System.Buffers.Binary;

namespace Sensor.Decode.Link;

/// <summary>IEEE 802.1Q and 802.1ad tags, and the older QinQ type 0x9100.</summary>
internal static class VlanTag
{
    private static class At { public const int Identifier = 0, Type = 2, Payload = 4; }

    public static bool TryRead(ref PacketView packet)
    {
        if (packet.Rest.Length < At.Payload) return packet.Broken(DecodeEvent.VlanHeaderTooSmall);
        ushort identifier = (ushort)(BinaryPrimitives.ReadUInt16BigEndian(packet.Rest[At.Identifier..]) & 0x0FFF);
        if (!packet.TryAddVlan(identifier)) return packet.Broken(DecodeEvent.VlanTooManyLayers);
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(packet.Rest[At.Type..]);
        EtherTypes.Follow(ref packet, At.Payload, type, type <= EtherTypes.LargestLength ? DecodeEvent.None : DecodeEvent.VlanUnknownType);
        return true;
    }
}
