namespace Sensor.Decode.Link;

/// <summary>Network Service Header (RFC 8300 section 2).</summary>
internal static class NshHeader
{
    private const int Smallest = 8, LengthOfType1 = 6;

    public static bool TryRead(ref PacketView packet)
    {
        ReadOnlySpan<byte> bytes = packet.Rest;
        if (bytes.Length < Smallest) return packet.Broken(DecodeEvent.NshHeaderTooSmall);
        int version = bytes[0] >> 6, words = bytes[1] & 0x3F, type = bytes[2] & 0x0F, next = bytes[3];
        if (version != 0) return packet.Broken(DecodeEvent.NshUnsupportedVersion);
        if (words < 2 || words * 4 > bytes.Length) return packet.Broken(DecodeEvent.NshBadHeaderLength);
        switch (type)
        {
            case 0 or 15: return packet.Broken(DecodeEvent.NshReservedType);
            case 1 when words != LengthOfType1: return packet.Broken(DecodeEvent.NshBadHeaderLength);
            case 1 or 2: break;
            default: return packet.Broken(DecodeEvent.NshUnsupportedType);
        }

        Layer layer = next switch { 1 => Layer.Ipv4, 2 => Layer.Ipv6, 3 => Layer.Ethernet, 5 => Layer.Mpls, _ => Layer.Done };
        if (layer == Layer.Done) packet.Raise(DecodeEvent.NshUnknownPayload);
        packet.Advance(words * 4, layer);
        return true;
    }
}
