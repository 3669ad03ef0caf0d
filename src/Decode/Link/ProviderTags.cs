using System.Buffers.Binary;

namespace Sensor.Decode.Link;

/// <summary>Tags that data centres and providers put between two Ethernet headers.</summary>
internal static class ProviderTags
{
    private const int ServiceTag = 4, FabricTag = 2;

    private static class VnTagAt { public const int Type = 4, Payload = 6; }

    /// <summary>IEEE 802.1ah backbone service tag; a customer's Ethernet frame follows.</summary>
    public static bool TryReadDot1ah(ref PacketView packet)
    {
        if (packet.Rest.Length < ServiceTag + 14) return packet.Broken(DecodeEvent.Dot1ahHeaderTooSmall);
        packet.Advance(ServiceTag, Layer.Ethernet);
        return true;
    }

    /// <summary>IEEE 802.1BR / Cisco VN-Tag: four bytes of tag, then an EtherType.</summary>
    public static bool TryReadVnTag(ref PacketView packet)
    {
        if (packet.Rest.Length < VnTagAt.Payload) return packet.Broken(DecodeEvent.VnTagHeaderTooSmall);
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(packet.Rest[VnTagAt.Type..]);
        EtherTypes.Follow(ref packet, VnTagAt.Payload, type, DecodeEvent.VnTagUnknownType);
        return true;
    }

    /// <summary>Cisco FabricPath: two bytes of forwarding tag, then the original Ethernet frame.</summary>
    public static bool TryReadFabricPath(ref PacketView packet)
    {
        if (packet.Rest.Length < FabricTag + 14) return packet.Broken(DecodeEvent.FabricPathPacketTooSmall);
        packet.Advance(FabricTag, Layer.Ethernet);
        return true;
    }
}
