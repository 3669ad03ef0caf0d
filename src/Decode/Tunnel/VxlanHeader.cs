namespace Sensor.Decode.Tunnel;

/// <summary>VXLAN (RFC 7348 section 5): a flag that the network identifier is valid, the identifier, then Ethernet.</summary>
internal static class VxlanHeader
{
    private const int Length = 8;
    private const byte ValidIdentifier = 0x08;

    public static void Look(ref PacketView packet)
    {
        ReadOnlySpan<byte> payload = packet.Payload;
        if (payload.Length < Length + 14 || (payload[0] & ValidIdentifier) == 0) return;
        ReadOnlySpan<byte> frame = payload[Length..];
        if (UdpTunnels.IsKnownEthernet(frame)) packet.Carry(Layer.Ethernet, frame);
        else packet.Raise(DecodeEvent.VxlanUnknownPayloadType);
    }
}
