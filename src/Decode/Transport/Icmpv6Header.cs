using System.Buffers.Binary;
using Sensor.Decode.Network;

namespace Sensor.Decode.Transport;

/// <summary>ICMPv6 (RFC 4443, IANA "ICMPv6 type Numbers").</summary>
internal static class Icmpv6Header
{
    private static class At { public const int Type = 0, Code = 1, Id = 4, Sequence = 6, Payload = 8; }

    private const int SmallestIpv6 = 40, LastError = 4, EchoRequest = 128, EchoReply = 129;

    public static bool TryRead(ReadOnlySpan<byte> bytes, bool validateChecksum, ref PacketView packet)
    {
        packet.Transport = bytes;
        if (bytes.Length < At.Payload) return packet.Broken(DecodeEvent.Icmpv6PacketTooSmall);
        packet.IcmpType = bytes[At.Type];
        packet.IcmpCode = bytes[At.Code];
        packet.HasTransport = true;
        packet.Payload = bytes[At.Payload..];
        if (packet.IcmpType is EchoRequest or EchoReply)
        {
            packet.IcmpId = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.Id..]);
            packet.IcmpSequence = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.Sequence..]);
        }

        CheckTypeAndCode(ref packet);
        if (validateChecksum && !packet.RoutedElsewhere && !InternetChecksum.IsValid(bytes, packet, IpProtocols.Icmpv6)) packet.Flags |= PacketFlags.BadTransportChecksum;
        return true;
    }

    private static void CheckTypeAndCode(ref PacketView packet)
    {
        int highestCode = packet.IcmpType switch
        {
            1 => 8,
            2 => 0,
            3 => 1,
            4 => 10,
            EchoRequest or EchoReply or (>= 130 and <= 137) or 143 => 0,
            138 => 255,
            139 or 140 => 2,
            141 or 142 or (>= 144 and <= 155) or (>= 157 and <= 161) => 255,
            _ => -1,
        };
        if (highestCode < 0) packet.Raise(UnknownType(packet.IcmpType));
        else if (packet.IcmpCode > highestCode) packet.Raise(DecodeEvent.Icmpv6UnknownCode);

        // RFC 2710 section 3, RFC 3810 section 5: listener discovery never leaves the link.
        if (packet.IcmpType is (>= 130 and <= 132) or 143 && packet.TimeToLive != 1) packet.Raise(DecodeEvent.Icmpv6MldMessageWithInvalidHopLimit);
        if (packet.IcmpType is >= 1 and <= LastError) CheckQuoted(packet.Payload, ref packet);
    }

    private static DecodeEvent UnknownType(byte type) => type switch
    {
        100 or 101 or 200 or 201 => DecodeEvent.Icmpv6ExperimentationType,
        (>= 5 and <= 99) or (>= 102 and <= 126) or (>= 162 and <= 199) or (>= 202 and <= 254) => DecodeEvent.Icmpv6UnassignedType,
        _ => DecodeEvent.Icmpv6UnknownType,
    };

    private static void CheckQuoted(ReadOnlySpan<byte> quoted, ref PacketView packet)
    {
        if (quoted.Length < SmallestIpv6) packet.Raise(DecodeEvent.Icmpv6Ipv6TruncatedPacket);
        else if (quoted[0] >> 4 != 6) packet.Raise(DecodeEvent.Icmpv6Ipv6UnknownVersion);
    }
}
