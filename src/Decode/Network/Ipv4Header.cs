using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Decode.Network;

/// <summary>An IPv4 header (RFC 791 section 3.1).</summary>
internal static class Ipv4Header
{
    public static class At
    {
        public const int Version = 0, TypeOfService = 1, TotalLength = 2, Identification = 4, Fragment = 6, TimeToLive = 8, Protocol = 9,
            Checksum = 10, Source = 12, Destination = 16, Options = 20;
    }

    private const int ReservedBit = 0x8000, DontFragmentBit = 0x4000, MoreFragmentsBit = 0x2000, OffsetMask = 0x1FFF;

    /// <summary>
    /// Reads the header and leaves <see cref="PacketView.Rest"/> at what the datagram carries, link padding cut off. False when the header
    /// is unreadable or the datagram is longer than what was captured.
    /// </summary>
    public static bool TryRead(ref PacketView packet)
    {
        ReadOnlySpan<byte> bytes = packet.Rest;
        if (bytes.Length < At.Options) return packet.Broken(DecodeEvent.Ipv4PacketTooSmall);
        if (bytes[At.Version] >> 4 != 4) return packet.Broken(DecodeEvent.Ipv4WrongIpVersion);
        int headerLength = (bytes[At.Version] & 0x0F) * 4;
        if (headerLength < At.Options) return packet.Broken(DecodeEvent.Ipv4HeaderLengthTooSmall);
        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.TotalLength..]);
        if (totalLength < headerLength) return packet.Broken(DecodeEvent.Ipv4TotalLengthSmallerThanHeaderLength);
        if (totalLength > bytes.Length) return packet.Broken(DecodeEvent.Ipv4TruncatedPacket);

        bytes = bytes[..totalLength];
        packet.Network = bytes;
        packet.NetworkOffset = packet.Raw.Bytes.Length - packet.Rest.Length;
        packet.IpVersion = 4;
        packet.TypeOfService = bytes[At.TypeOfService];
        packet.IpId = BinaryPrimitives.ReadUInt16BigEndian(bytes[At.Identification..]);
        packet.TimeToLive = bytes[At.TimeToLive];
        packet.IpProtocol = bytes[At.Protocol];
        packet.Source = IpAddress.ReadIpv4(bytes[At.Source..]);
        packet.Destination = IpAddress.ReadIpv4(bytes[At.Destination..]);
        ReadFragmentation(BinaryPrimitives.ReadUInt16BigEndian(bytes[At.Fragment..]), ref packet);
        if (headerLength > At.Options)
        {
            packet.IpOptions = bytes[At.Options..headerLength];
            Ipv4Options.Check(packet.IpOptions, ref packet);
        }

        packet.Rest = bytes[headerLength..];
        packet.Payload = packet.Rest;
        return true;
    }

    private static void ReadFragmentation(int field, ref PacketView packet)
    {
        packet.ReservedFragmentBit = (field & ReservedBit) != 0;
        packet.DontFragment = (field & DontFragmentBit) != 0;
        packet.MoreFragments = (field & MoreFragmentsBit) != 0;
        packet.FragmentOffset = (ushort)(field & OffsetMask);
        packet.FragmentId = packet.IpId;
        if ((field & (MoreFragmentsBit | OffsetMask)) != 0) packet.Flags |= PacketFlags.Fragment;
    }
}
