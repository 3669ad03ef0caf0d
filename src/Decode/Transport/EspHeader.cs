namespace Sensor.Decode.Transport;

/// <summary>ESP (RFC 4303 section 2): security parameters index and sequence number; the rest is encrypted.</summary>
internal static class EspHeader
{
    private const int Length = 8;

    public static bool TryRead(ReadOnlySpan<byte> bytes, ref PacketView packet)
    {
        packet.Transport = bytes;
        if (bytes.Length < Length) return packet.Broken(DecodeEvent.EspPacketTooSmall);
        packet.Payload = bytes[Length..];
        return true;
    }
}
