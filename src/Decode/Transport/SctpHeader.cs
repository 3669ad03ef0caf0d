using System.Buffers.Binary;

namespace Sensor.Decode.Transport;

/// <summary>The SCTP common header (RFC 9260 section 3.1); chunks are its payload.</summary>
internal static class SctpHeader
{
    private static class At { public const int SourcePort = 0, DestinationPort = 2, Chunks = 12; }

    public static bool TryRead(ReadOnlySpan<byte> bytes, ref PacketView packet)
    {
        packet.Transport = bytes;
        if (bytes.Length < At.Chunks) return packet.Broken(DecodeEvent.SctpPacketTooSmall);
        packet.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.SourcePort..]);
        packet.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.DestinationPort..]);
        packet.HasTransport = true;
        packet.Payload = bytes[At.Chunks..];
        return true;
    }
}
