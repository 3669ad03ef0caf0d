using System.Buffers.Binary;
using Sensor.Decode.Link;

namespace Sensor.Decode.Tunnel;

/// <summary>GRE version 0 (RFC 1701, RFC 2784, RFC 2890) and PPTP's version 1 (RFC 2637 section 4.1).</summary>
internal static class GreHeader
{
    private const int Smallest = 4, OptionalField = 4, SourceRouteHeader = 4;

    private const int Checksum = 0x8000, Routing = 0x4000, Key = 0x2000, SequenceBit = 0x1000, StrictRoute = 0x0800, RecursionMask = 0x0700,
        AcknowledgmentBit = 0x0080, ReservedMask0 = 0x00F8, ReservedMask1 = 0x0078, VersionMask = 0x0007;

    public static bool TryRead(ReadOnlySpan<byte> bytes, ref PacketView packet)
    {
        packet.Transport = bytes;
        if (bytes.Length < Smallest) return packet.Broken(DecodeEvent.GrePacketTooSmall);
        int flags = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        ushort protocol = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return (flags & VersionMask) switch
        {
            0 => TryReadVersion0(bytes, flags, protocol, ref packet),
            1 => TryReadVersion1(bytes, flags, protocol, ref packet),
            _ => packet.Broken(DecodeEvent.GreWrongVersion),
        };
    }

    private static bool TryReadVersion0(ReadOnlySpan<byte> bytes, int flags, ushort protocol, ref PacketView packet)
    {
        if ((flags & RecursionMask) != 0) return packet.Broken(DecodeEvent.GreVersion0Recursion);
        if ((flags & ReservedMask0) != 0) return packet.Broken(DecodeEvent.GreVersion0Flags);
        int length = Smallest;
        if ((flags & (Checksum | Routing)) != 0) length += OptionalField;
        if ((flags & Key) != 0) length += OptionalField;
        if ((flags & SequenceBit) != 0) length += OptionalField;
        if (length > bytes.Length) return packet.Broken(DecodeEvent.GreVersion0HeaderTooBig);
        if ((flags & Routing) != 0 && !TryPassRoutes(bytes, ref length)) return packet.Broken(DecodeEvent.GreVersion0MalformedSourceRouteEntryHeader);
        Carry(bytes[length..], protocol, (flags & SequenceBit) != 0, ref packet);
        return true;
    }

    private static bool TryReadVersion1(ReadOnlySpan<byte> bytes, int flags, ushort protocol, ref PacketView packet)
    {
        if ((flags & Checksum) != 0) return packet.Broken(DecodeEvent.GreVersion1Checksum);
        if ((flags & Routing) != 0) return packet.Broken(DecodeEvent.GreVersion1Route);
        if ((flags & StrictRoute) != 0) return packet.Broken(DecodeEvent.GreVersion1StrictSourceRoute);
        if ((flags & RecursionMask) != 0) return packet.Broken(DecodeEvent.GreVersion1Recursion);
        if ((flags & ReservedMask1) != 0) return packet.Broken(DecodeEvent.GreVersion1Flags);
        if (protocol != EtherTypes.Ppp) return packet.Broken(DecodeEvent.GreVersion1WrongProtocol);
        if ((flags & Key) == 0) return packet.Broken(DecodeEvent.GreVersion1NoKey);
        int length = Smallest + OptionalField;
        if ((flags & SequenceBit) != 0) length += OptionalField;
        if ((flags & AcknowledgmentBit) != 0) length += OptionalField;
        if (length > bytes.Length) return packet.Broken(DecodeEvent.GreVersion1HeaderTooBig);
        packet.Payload = bytes[length..];
        if ((flags & SequenceBit) != 0) packet.Carry(Layer.Ppp, packet.Payload); // without a sequence number it only acknowledges
        return true;
    }

    // RFC 1701 "Routing": entries of address family, offset, length, until a zero family with zero length.
    private static bool TryPassRoutes(ReadOnlySpan<byte> bytes, ref int length)
    {
        while (bytes.Length - length >= SourceRouteHeader)
        {
            int family = BinaryPrimitives.ReadUInt16BigEndian(bytes[length..]);
            int size = bytes[length + 3];
            length += SourceRouteHeader;
            if (family == 0 && size == 0) return true;
            if (size == 0 || size > bytes.Length - length) return false;
            length += size;
        }

        return false;
    }

    private static void Carry(ReadOnlySpan<byte> payload, ushort protocol, bool hasSequence, ref PacketView packet)
    {
        packet.Payload = payload;
        switch (protocol)
        {
            case EtherTypes.Ipv4: packet.Carry(Layer.Ipv4, payload); break;
            case EtherTypes.Ipv6: packet.Carry(Layer.Ipv6, payload); break;
            case EtherTypes.Ppp: packet.Carry(Layer.Ppp, payload); break;
            case EtherTypes.Vlan: packet.Carry(Layer.Vlan, payload); break;
            case EtherTypes.MplsUnicast: packet.Carry(Layer.Mpls, payload); break;
            case EtherTypes.TransparentEthernet: packet.Carry(Layer.Ethernet, payload); break;
            // A type I mirror has no header and no sequence number, a type II mirror has both (draft-foschiano-erspan-03 section 4).
            case EtherTypes.ErspanTypeOneOrTwo: packet.Carry(hasSequence ? Layer.Erspan : Layer.Ethernet, payload); break;
            case EtherTypes.ErspanTypeThree: packet.Raise(DecodeEvent.ErspanUnsupportedVersion); break;
        }
    }
}
