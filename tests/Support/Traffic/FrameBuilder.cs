using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Tests.Support.Traffic;

/// <summary>A machine that takes part in built traffic.</summary>
/// <param name="Address">Its IPv4 or IPv6 address.</param>
/// <param name="Ethernet">Its MAC address in the lower 48 bits.</param>
public sealed record Host(string Address, ulong Ethernet)
{
    public IpAddress Ip { get; } = IpAddress.Parse(Address);
}

/// <summary>Builds single Ethernet frames with right lengths and checksums.</summary>
public static class FrameBuilder
{
    public const byte Fin = 1, Syn = 2, Rst = 4, Psh = 8, Ack = 16, Urg = 32;

    public static byte[] Tcp(Host from, ushort fromPort, Host to, ushort toPort, uint sequence, uint acknowledgment, byte flags, ReadOnlySpan<byte> payload = default, ushort window = 64240, byte timeToLive = 64, ReadOnlySpan<byte> options = default)
    {
        int header = 20 + ((options.Length + 3) & ~3);
        byte[] segment = new byte[header + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), toPort);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledgment);
        segment[12] = (byte)(header / 4 << 4);
        segment[13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), window);
        options.CopyTo(segment.AsSpan(20));
        payload.CopyTo(segment.AsSpan(header));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), TransportChecksum(from.Ip, to.Ip, 6, segment));
        return Ethernet(from, to, Ip(from.Ip, to.Ip, 6, segment, timeToLive));
    }

    public static byte[] Udp(Host from, ushort fromPort, Host to, ushort toPort, ReadOnlySpan<byte> payload, byte timeToLive = 64)
    {
        byte[] datagram = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, fromPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), toPort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        payload.CopyTo(datagram.AsSpan(8));
        ushort checksum = TransportChecksum(from.Ip, to.Ip, 17, datagram);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(6), checksum == 0 ? (ushort)0xFFFF : checksum);
        return Ethernet(from, to, Ip(from.Ip, to.Ip, 17, datagram, timeToLive));
    }

    /// <summary>ICMP echo request (8) or reply (0), RFC 792.</summary>
    public static byte[] IcmpEcho(Host from, Host to, byte type, ushort id, ushort sequence, ReadOnlySpan<byte> data)
    {
        byte[] message = new byte[8 + data.Length];
        message[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), id);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), sequence);
        data.CopyTo(message.AsSpan(8));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Fold(Sum(message, 0)));
        return Ethernet(from, to, Ip(from.Ip, to.Ip, 1, message, 64));
    }

    /// <summary>An IP datagram of either family, by the addresses given.</summary>
    public static byte[] Ip(IpAddress from, IpAddress to, byte protocol, ReadOnlySpan<byte> payload, byte timeToLive, ushort id = 0, ushort fragmentWord = 0x4000)
    {
        if (!from.IsIpv4)
        {
            byte[] packet6 = new byte[40 + payload.Length];
            packet6[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(packet6.AsSpan(4), (ushort)payload.Length);
            packet6[6] = protocol;
            packet6[7] = timeToLive;
            from.WriteIpv6(packet6.AsSpan(8));
            to.WriteIpv6(packet6.AsSpan(24));
            payload.CopyTo(packet6.AsSpan(40));
            return packet6;
        }

        byte[] packet = new byte[20 + payload.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), id);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), fragmentWord);
        packet[8] = timeToLive;
        packet[9] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), from.Ipv4);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), to.Ipv4);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), Fold(Sum(packet.AsSpan(0, 20), 0)));
        payload.CopyTo(packet.AsSpan(20));
        return packet;
    }

    public static byte[] Ethernet(Host from, Host to, ReadOnlySpan<byte> ip)
    {
        byte[] frame = new byte[14 + ip.Length];
        WriteMac(frame, to.Ethernet);
        WriteMac(frame.AsSpan(6), from.Ethernet);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), (ip[0] >> 4) == 6 ? (ushort)0x86DD : (ushort)0x0800);
        ip.CopyTo(frame.AsSpan(14));
        return frame;
    }

    private static void WriteMac(Span<byte> destination, ulong mac)
    {
        for (int i = 0; i < 6; i++) destination[i] = (byte)(mac >> (40 - (8 * i)));
    }

    /// <summary>Checksum over pseudo header and segment (RFC 9293 section 3.1, RFC 8200 section 8.1).</summary>
    public static ushort TransportChecksum(IpAddress from, IpAddress to, byte protocol, ReadOnlySpan<byte> segment)
    {
        Span<byte> pseudo = stackalloc byte[40];
        if (from.IsIpv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(pseudo, from.Ipv4);
            BinaryPrimitives.WriteUInt32BigEndian(pseudo[4..], to.Ipv4);
            pseudo[9] = protocol;
            BinaryPrimitives.WriteUInt16BigEndian(pseudo[10..], (ushort)segment.Length);
            return Fold(Sum(segment, Sum(pseudo[..12], 0)));
        }

        from.WriteIpv6(pseudo);
        to.WriteIpv6(pseudo[16..]);
        BinaryPrimitives.WriteUInt32BigEndian(pseudo[32..], (uint)segment.Length);
        pseudo[39] = protocol;
        return Fold(Sum(segment, Sum(pseudo, 0)));
    }

    private static uint Sum(ReadOnlySpan<byte> bytes, uint start)
    {
        uint sum = start;
        for (int i = 0; i + 1 < bytes.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        if ((bytes.Length & 1) != 0) sum += (uint)bytes[^1] << 8;
        return sum;
    }

    private static ushort Fold(uint sum)
    {
        while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }
}
