using System.Buffers.Binary;

namespace Sensor.Decode.Link;

/// <summary>ARP (RFC 826) for IPv4 over Ethernet: only looked at for what is wrong with it.</summary>
internal static class ArpPacket
{
    private static class At { public const int Hardware = 0, Protocol = 2, HardwareSize = 4, ProtocolSize = 5, Operation = 6, Addresses = 8; }

    private const int EthernetHardware = 1, HighestOperation = 10;

    public static bool TryRead(ref PacketView packet)
    {
        ReadOnlySpan<byte> bytes = packet.Rest;
        packet.Next = Layer.Done;
        if (bytes.Length < At.Addresses) { packet.Raise(DecodeEvent.ArpPacketTooSmall); return true; }
        if (BinaryPrimitives.ReadUInt16BigEndian(bytes[At.Hardware..]) != EthernetHardware) packet.Raise(DecodeEvent.ArpUnsupportedHardware);
        else if (BinaryPrimitives.ReadUInt16BigEndian(bytes[At.Protocol..]) != EtherTypes.Ipv4) packet.Raise(DecodeEvent.ArpUnsupportedProtocol);
        else if (bytes[At.HardwareSize] != 6) packet.Raise(DecodeEvent.ArpInvalidHardwareSize);
        else if (bytes[At.ProtocolSize] != 4) packet.Raise(DecodeEvent.ArpInvalidProtocolSize);
        else if (bytes.Length < At.Addresses + 20) packet.Raise(DecodeEvent.ArpInvalidPacket);
        else if (BinaryPrimitives.ReadUInt16BigEndian(bytes[At.Operation..]) is 0 or > HighestOperation) packet.Raise(DecodeEvent.ArpUnsupportedOpcode);
        return true;
    }
}
