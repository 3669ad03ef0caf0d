using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Decode.Network;

/// <summary>The fixed IPv6 header (RFC 8200 section 3).</summary>
internal static class Ipv6Header
{
    public static class At { public const int Version = 0, PayloadLength = 4, NextHeader = 6, HopLimit = 7, Source = 8, Destination = 24, Payload = 40; }

    /// <summary>Reads the fixed header and leaves <see cref="PacketView.Rest"/> at what follows it, link padding cut off.</summary>
    public static bool TryRead(ref PacketView packet)
    {
        ReadOnlySpan<byte> bytes = packet.Rest;
        if (bytes.Length < At.Payload) return packet.Broken(DecodeEvent.Ipv6PacketTooSmall);
        if (bytes[At.Version] >> 4 != 6) return packet.Broken(DecodeEvent.Ipv6WrongIpVersion);
        int payloadLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.PayloadLength..]);
        if (payloadLength > bytes.Length - At.Payload) return packet.Broken(DecodeEvent.Ipv6TruncatedPacket);

        bytes = bytes[..(At.Payload + payloadLength)];
        packet.Network = bytes;
        packet.NetworkOffset = packet.Raw.Bytes.Length - packet.Rest.Length;
        packet.IpVersion = 6;
        packet.TypeOfService = (byte)(BinaryPrimitives.ReadUInt16BigEndian(bytes) >> 4);
        packet.TimeToLive = bytes[At.HopLimit];
        packet.IpProtocol = bytes[At.NextHeader];
        packet.Source = IpAddress.ReadIpv6(bytes[At.Source..]);
        packet.Destination = IpAddress.ReadIpv6(bytes[At.Destination..]);
        packet.Rest = bytes[At.Payload..];
        packet.Payload = packet.Rest;
        return true;
    }
}
