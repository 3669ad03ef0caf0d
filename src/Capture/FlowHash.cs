using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Capture;

/// <summary>
/// Which worker a frame goes to: a keyed hash of the two outermost IP addresses, the same in both directions.
/// </summary>
/// <remarks>
/// Ports are left out on purpose. A fragment has none, so with ports an attacker could fragment one segment and have it
/// judged by a worker that knows nothing of its connection. Traffic of many hosts spreads well without them, and
/// everything between two hosts (an FTP command and its data, an ICMP error and its cause) meets on one worker.
/// </remarks>
public readonly struct FlowHash(ulong seed)
{
    private const ushort Ipv4 = 0x0800, Ipv6 = 0x86DD, Vlan = 0x8100, ServiceVlan = 0x88A8, OldQinQ = 0x9100, MplsUnicast = 0x8847, MplsMulticast = 0x8848, PppoeSession = 0x8864;

    private const int MaximumTags = 8;

    /// <summary>The worker, 0 to <paramref name="workers"/> - 1; frames without a readable IP header go to worker 0.</summary>
    public int Choose(in RawPacket frame, int workers) => workers == 1 ? 0 : (int)(((ulong)Of(frame) * (uint)workers) >> 32);

    /// <summary>The hash; 0 for frames without a readable IP header.</summary>
    public uint Of(in RawPacket frame)
    {
        ReadOnlySpan<byte> bytes = frame.Bytes;
        return frame.Link switch
        {
            LinkType.Ethernet when bytes.Length >= 14 => OfEtherType(BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]), bytes[14..]),
            LinkType.LinuxSll when bytes.Length >= 16 => OfEtherType(BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]), bytes[16..]),
            LinkType.LinuxSll2 when bytes.Length >= 20 => OfEtherType(BinaryPrimitives.ReadUInt16BigEndian(bytes), bytes[20..]),
            LinkType.Null or LinkType.Loop or LinkType.CiscoHdlc when bytes.Length >= 4 => OfIp(bytes[4..]),
            LinkType.Ppp or LinkType.PppSerial => OfPpp(bytes),
            LinkType.Raw or LinkType.RawBsd or LinkType.RawOpenBsd or LinkType.Ipv4 or LinkType.Ipv6 => OfIp(bytes),
            _ => 0,
        };
    }

    private uint OfEtherType(ushort type, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < MaximumTags; i++)
        {
            switch (type)
            {
                case Ipv4 or Ipv6:
                    return OfIp(bytes);
                case Vlan or ServiceVlan or OldQinQ when bytes.Length >= 4:
                    type = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
                    bytes = bytes[4..];
                    break;
                case MplsUnicast or MplsMulticast:
                    return OfMpls(bytes);
                case PppoeSession when bytes.Length >= 6:
                    return OfPpp(bytes[6..]);
                default:
                    return 0;
            }
        }

        return 0;
    }

    private uint OfMpls(ReadOnlySpan<byte> bytes)
    {
        bool bottom = false;
        for (int i = 0; i < MaximumTags && !bottom && bytes.Length >= 4; i++)
        {
            bottom = (bytes[2] & 1) != 0;
            bytes = bytes[4..];
        }

        // A pseudo-wire's control word begins with zeros; IP begins with its version.
        if (bytes.Length >= 18 && bytes[0] >> 4 == 0) return OfEtherType(BinaryPrimitives.ReadUInt16BigEndian(bytes[16..]), bytes[18..]);
        return OfIp(bytes);
    }

    private uint OfPpp(ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0xFF, 0x03, ..]) bytes = bytes[2..];
        if (bytes.IsEmpty) return 0;
        return OfIp(bytes[Math.Min(bytes.Length, (bytes[0] & 1) != 0 ? 1 : 2)..]);
    }

    private uint OfIp(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 20 && bytes[0] >> 4 == 4)
        {
            return Combine(BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]), 0, BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]), 0);
        }

        if (bytes.Length >= 40 && bytes[0] >> 4 == 6)
        {
            return Combine(
                BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
                BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[32..]));
        }

        return 0;
    }

    // A sum of two keyed hashes does not care which address came first.
    private uint Combine(ulong high1, ulong low1, ulong high2, ulong low2) => (uint)(Mix(Mix(low1 ^ seed) + Mix(high1 + seed) + Mix(low2 ^ seed) + Mix(high2 + seed)) >> 32);

    private static ulong Mix(ulong value)
    {
        UInt128 product = (UInt128)(value ^ 0x9E37_79B9_7F4A_7C15) * 0xD6E8_FEB8_6659_FD93;
        return (ulong)product ^ (ulong)(product >> 64);
    }
}
