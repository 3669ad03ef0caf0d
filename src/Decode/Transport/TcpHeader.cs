using System.Buffers.Binary;
using Sensor.Decode.Network;

namespace Sensor.Decode.Transport;

/// <summary>A TCP header (RFC 9293 section 3.1).</summary>
internal static class TcpHeader
{
    private static class At
    {
        public const int SourcePort = 0, DestinationPort = 2, Sequence = 4, Acknowledgment = 8, DataOffset = 12, Flags = 13, Window = 14,
            UrgentPointer = 18, Options = 20;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, bool validateChecksum, ref PacketView packet)
    {
        packet.Transport = bytes;
        if (bytes.Length < At.Options) return packet.Broken(DecodeEvent.TcpPacketTooSmall);
        int headerLength = (bytes[At.DataOffset] >> 4) * 4;
        if (headerLength < At.Options) return packet.Broken(DecodeEvent.TcpHeaderLengthTooSmall);
        if (headerLength > bytes.Length) return packet.Broken(DecodeEvent.TcpInvalidOptionLength);

        packet.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.SourcePort..]);
        packet.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.DestinationPort..]);
        packet.Sequence = BinaryPrimitives.ReadUInt32BigEndian(bytes[At.Sequence..]);
        packet.Acknowledgment = BinaryPrimitives.ReadUInt32BigEndian(bytes[At.Acknowledgment..]);
        packet.TcpFlags = (TcpFlags)bytes[At.Flags];
        packet.Window = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.Window..]);
        packet.UrgentPointer = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.UrgentPointer..]);
        packet.HasTransport = true;
        packet.Payload = bytes[headerLength..];
        packet.TcpOptions = bytes[At.Options..headerLength];
        if (headerLength > At.Options) TcpOptionList.Read(packet.TcpOptions, ref packet);
        if (validateChecksum && !packet.RoutedElsewhere && !InternetChecksum.IsValid(bytes, packet, IpProtocols.Tcp)) packet.Flags |= PacketFlags.BadTransportChecksum;
        return true;
    }
}
