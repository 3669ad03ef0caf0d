using System.Buffers.Binary;

namespace Sensor.Decode.Transport;

/// <summary>ICMP for IPv4 (RFC 792, IANA "ICMP Type Numbers").</summary>
internal static class Icmpv4Header
{
    private static class At { public const int Type = 0, Code = 1, Id = 4, Sequence = 6, Payload = 8; }

    private const int SmallestIpv4 = 20;

    public static bool TryRead(ReadOnlySpan<byte> bytes, bool validateChecksum, ref PacketView packet)
    {
        packet.Transport = bytes;
        if (bytes.Length < At.Payload) return packet.Broken(DecodeEvent.Icmpv4PacketTooSmall);
        packet.IcmpType = bytes[At.Type];
        packet.IcmpCode = bytes[At.Code];
        packet.HasTransport = true;
        packet.Payload = bytes[At.Payload..];
        if (packet.IcmpType is 0 or 8 or (>= 13 and <= 18))
        {
            packet.IcmpId = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.Id..]);
            packet.IcmpSequence = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.Sequence..]);
        }

        CheckTypeAndCode(ref packet);
        if (validateChecksum && !InternetChecksum.IsValid(bytes)) packet.Flags |= PacketFlags.BadTransportChecksum;
        return true;
    }

    private static void CheckTypeAndCode(ref PacketView packet)
    {
        int highestCode = packet.IcmpType switch
        {
            0 or 4 or 8 or 10 or (>= 13 and <= 18) => 0,
            3 => 15,
            5 => 3,
            9 => packet.IcmpCode == 16 ? 16 : 0, // RFC 3344: agent advertisement that does not route common traffic
            11 => 1,
            12 => 2,
            _ => -1,
        };
        if (highestCode < 0) packet.Raise(DecodeEvent.Icmpv4UnknownType);
        else if (packet.IcmpCode > highestCode) packet.Raise(DecodeEvent.Icmpv4UnknownCode);
        else if (packet.IcmpType is 3 or 4 or 5 or 11 or 12) CheckQuoted(packet.Payload, ref packet);
    }

    // Errors quote the packet that caused them (RFC 792): at least its IP header.
    private static void CheckQuoted(ReadOnlySpan<byte> quoted, ref PacketView packet)
    {
        if (quoted.IsEmpty) return;
        if (quoted.Length < SmallestIpv4) packet.Raise(DecodeEvent.Icmpv4Ipv4TruncatedPacket);
        else if (quoted[0] >> 4 != 4) packet.Raise(DecodeEvent.Icmpv4Ipv4UnknownVersion);
    }
}
