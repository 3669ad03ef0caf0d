using System.Buffers.Binary;
using Sensor.Decode.Network;

namespace Sensor.Decode.Transport;

/// <summary>A UDP header (RFC 768).</summary>
internal static class UdpHeader
{
    private static class At { public const int SourcePort = 0, DestinationPort = 2, Length = 4, Checksum = 6, Payload = 8; }

    public static bool TryRead(ReadOnlySpan<byte> bytes, bool validateChecksum, ref PacketView packet)
    {
        packet.Transport = bytes;
        if (bytes.Length < At.Payload) return packet.Broken(DecodeEvent.UdpHeaderLengthTooSmall);
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.Length..]);
        if (length > bytes.Length) return packet.Broken(DecodeEvent.UdpPacketTooSmall);
        if (length < At.Payload) return packet.Broken(DecodeEvent.UdpLengthInvalid);
        if (length != bytes.Length) packet.Raise(DecodeEvent.UdpHeaderLengthInvalid);

        bytes = bytes[..length];
        packet.Transport = bytes;
        packet.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.SourcePort..]);
        packet.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.DestinationPort..]);
        packet.HasTransport = true;
        packet.Payload = bytes[At.Payload..];

        // Zero means "not computed" (RFC 768; RFC 6936 allows it for tunnels over IPv6).
        bool present = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.Checksum..]) != 0;
        if (validateChecksum && present && !packet.RoutedElsewhere && !InternetChecksum.IsValid(bytes, packet, IpProtocols.Udp)) packet.Flags |= PacketFlags.BadTransportChecksum;
        return true;
    }
}
