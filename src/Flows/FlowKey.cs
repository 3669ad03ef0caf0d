using System.Numerics;
using System.Runtime.CompilerServices;
using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Flows;

/// <summary>
/// What makes two packets one flow: both addresses and ports in either order, protocol, IP version, VLANs, tunnel depth,
/// and for protocols without ports a discriminator (see <see cref="DiscriminatorOf"/>).
/// </summary>
internal struct FlowKey
{
    public IpAddress Source, Destination;
    public ushort SourcePort, DestinationPort;
    public uint Discriminator;
    /// <summary>Protocol, IP version, tunnel depth and the VLAN identifiers.</summary>
    public ulong Context;

    public static FlowKey Of(ref PacketView packet, FlowOptions options)
    {
        FlowKey key = default;
        key.Source = packet.Source;
        key.Destination = packet.Destination;
        if (packet.IpProtocol is Protocol.Tcp or Protocol.Udp or Protocol.Sctp)
        {
            key.SourcePort = packet.SourcePort;
            key.DestinationPort = packet.DestinationPort;
        }
        else
        {
            key.Discriminator = DiscriminatorOf(ref packet);
        }

        key.Context = ContextOf(ref packet, packet.IpProtocol, options);
        return key;
    }

    /// <summary>What all packets of a flow share, for a protocol that may be another than the packet's own (a quoted one's).</summary>
    internal static ulong ContextOf(ref PacketView packet, byte protocol, FlowOptions options)
    {
        ulong context = protocol | ((ulong)packet.IpVersion << 8);
        if (options.UseTunnelDepthForTracking) context |= (ulong)packet.TunnelDepth << 12;
        if (options.UseVlanForTracking)
        {
            // 12 bits each; the count keeps "VLAN 0" apart from "no VLAN".
            context |= (ulong)packet.VlanCount << 20 | (ulong)(packet.Vlan0 & 0xFFF) << 24
                | (ulong)(packet.Vlan1 & 0xFFF) << 36 | (ulong)(packet.Vlan2 & 0xFFF) << 48;
        }

        return context;
    }

    /// <summary>
    /// ICMP: the type of the question, so that question and answer meet (the pairs of the Community ID specification),
    /// and which end asked, so that two hosts asking each other are two flows; messages without an answer are flows of
    /// their own type. ESP: the SPI (RFC 4303 section 2.1).
    /// </summary>
    private static uint DiscriminatorOf(ref PacketView packet) => packet.IpProtocol switch
    {
        Protocol.Icmp => OfIcmp(ref packet, IcmpQuestion(packet.IcmpType)),
        Protocol.IcmpV6 => OfIcmp(ref packet, IcmpV6Question(packet.IcmpType)),
        Protocol.Esp => SpiOf(ref packet),
        _ => 0,
    };

    private static uint OfIcmp(ref PacketView packet, byte question)
    {
        bool asks = packet.IcmpType == question;
        bool askerIsLower = asks ? packet.Source < packet.Destination : packet.Destination < packet.Source;
        return 0x100u | question | (askerIsLower ? 0x200u : 0);
    }

    /// <summary>The SPI of an ESP packet, 0 where it is cut off.</summary>
    public static uint SpiOf(ref PacketView packet)
    {
        ReadOnlySpan<byte> bytes = packet.Transport.IsEmpty ? packet.Payload : packet.Transport;
        return packet.IpProtocol == Protocol.Esp && System.Buffers.Binary.BinaryPrimitives.TryReadUInt32BigEndian(bytes, out uint spi) ? spi : 0;
    }

    private static byte IcmpQuestion(byte type) => type switch
    {
        0 => 8,      // echo
        9 => 10,     // router advertisement answers a solicitation
        14 => 13,    // timestamp
        16 => 15,    // information
        18 => 17,    // address mask
        _ => type,
    };

    private static byte IcmpV6Question(byte type) => type switch
    {
        129 => 128,  // echo
        131 => 130,  // multicast listener report answers a query
        134 => 133,  // router advertisement
        136 => 135,  // neighbour advertisement
        140 => 139,  // node information
        145 => 144,  // home agent discovery
        _ => type,
    };

    /// <summary>True when the packet is of that flow; <paramref name="direction"/> says which way it travels.</summary>
    public readonly bool Matches(Flow flow, out Direction direction)
    {
        direction = Direction.ToServer;
        if (flow.KeyContext != Context || flow.KeyDiscriminator != Discriminator) return false;
        if (Source == flow.Client && SourcePort == flow.ClientPort && Destination == flow.Server && DestinationPort == flow.ServerPort) return true;

        direction = Direction.ToClient;
        return Source == flow.Server && SourcePort == flow.ServerPort && Destination == flow.Client && DestinationPort == flow.ClientPort;
    }

    /// <summary>
    /// The same number for both directions. Keyed with a secret, because whoever can predict it can pile thousands of
    /// flows into one chain. Multiply-and-fold, the construction of wyhash: two 64-bit words a step.
    /// </summary>
    public readonly uint Hash(ulong key0, ulong key1)
    {
        ulong first = Endpoint(Source, SourcePort, key0, key1);
        ulong second = Endpoint(Destination, DestinationPort, key0, key1);

        // Sum and product are the same whichever end comes first.
        ulong both = Fold((first + second) ^ key1, (first ^ second) ^ key0);
        ulong hash = Fold(both ^ Context ^ key0, ((ulong)Discriminator << 32 | Discriminator) ^ key1 ^ 0x9E37_79B9_7F4A_7C15);
        return (uint)(hash ^ (hash >> 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Endpoint(IpAddress address, ushort port, ulong key0, ulong key1) =>
        Fold(Fold(address.High ^ key0, address.Low ^ key1) ^ port, key0 ^ 0xD6E8_FEB8_6659_FD93);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        ulong high = Math.BigMul(left, right, out ulong low);
        return high ^ low ^ BitOperations.RotateLeft(left, 23) ^ right;
    }
}

/// <summary>IANA protocol numbers the flow table tells apart.</summary>
internal static class Protocol
{
    public const byte Icmp = 1, Ipv4InIp = 4, Tcp = 6, Udp = 17, Ipv6InIp = 41, Esp = 50, IcmpV6 = 58, Sctp = 132;
}
