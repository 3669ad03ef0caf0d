using Sensor.Primitives;

namespace Sensor.Decode.Network.Fragments;

/// <summary>What fragments of one datagram share (RFC 791 section 3.2, RFC 8200 section 4.5), kept apart by VLAN and tunnel.</summary>
internal readonly record struct FragmentKey(IpAddress Source, IpAddress Destination, uint Id, byte Protocol, byte Depth, ulong Vlans)
{
    public static FragmentKey Of(in PacketView packet) => new(
        packet.Source,
        packet.Destination,
        packet.FragmentId,
        packet.IpVersion == 4 ? packet.IpProtocol : (byte)0, // later IPv6 fragments need not repeat the true next header
        packet.TunnelDepth,
        ((ulong)packet.VlanCount << 48) | ((ulong)packet.Vlan2 << 32) | ((ulong)packet.Vlan1 << 16) | packet.Vlan0);

    /// <summary>A keyed hash, so that nobody outside can aim all datagrams at one chain.</summary>
    public uint Hash(ulong seed)
    {
        ulong hash = seed;
        hash = Mix(hash ^ Source.High);
        hash = Mix(hash ^ Source.Low);
        hash = Mix(hash ^ Destination.High);
        hash = Mix(hash ^ Destination.Low);
        hash = Mix(hash ^ Id ^ ((ulong)Protocol << 32) ^ ((ulong)Depth << 40));
        hash = Mix(hash ^ Vlans);
        return (uint)(hash >> 32);
    }

    private static ulong Mix(ulong value)
    {
        UInt128 product = (UInt128)(value + 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93;
        return (ulong)product ^ (ulong)(product >> 64);
    }
}
