using System.Buffers.Binary;

namespace Sensor.Decode.Link;

/// <summary>PPP over Ethernet (RFC 2516): sessions carry PPP, discovery carries tags.</summary>
internal static class PppoeHeader
{
    private static class At { public const int Code = 1, Length = 4, Payload = 6; }

    private const byte SessionData = 0x00;

    public static bool TryReadSession(ref PacketView packet)
    {
        // No PPP packet is shorter than a compressed protocol number.
        if (packet.Rest.Length < At.Payload + 1) return packet.Broken(DecodeEvent.PppoePacketTooSmall);
        if (packet.Rest[At.Code] != SessionData) packet.Raise(DecodeEvent.PppoeWrongCode);
        packet.Advance(At.Payload, Layer.Ppp);
        return true;
    }

    public static bool TryReadDiscovery(ref PacketView packet)
    {
        ReadOnlySpan<byte> bytes = packet.Rest;
        if (bytes.Length < At.Payload) return packet.Broken(DecodeEvent.PppoePacketTooSmall);
        if (bytes[At.Code] is not (0x07 or 0x09 or 0x19 or 0x65 or 0xA7)) packet.Raise(DecodeEvent.PppoeWrongCode);
        ReadOnlySpan<byte> tags = bytes[At.Payload..];
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.Length..]);
        if (length > tags.Length) return packet.Broken(DecodeEvent.PppoePacketTooSmall);
        CheckTags(tags[..length], ref packet);
        packet.Advance(At.Payload, Layer.Done);
        return true;
    }

    private static void CheckTags(ReadOnlySpan<byte> tags, ref PacketView packet)
    {
        while (!tags.IsEmpty)
        {
            int taken = tags.Length < 4 ? int.MaxValue : 4 + BinaryPrimitives.ReadUInt16BigEndian(tags[2..]);
            if (taken > tags.Length)
            {
                packet.Raise(DecodeEvent.PppoeMalformedTags);
                return;
            }

            tags = tags[taken..];
        }
    }
}
