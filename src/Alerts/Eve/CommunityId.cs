using System.Buffers.Text;
using System.Security.Cryptography;
using Sensor.Primitives;

namespace Sensor.Alerts.Eve;

/// <summary>
/// Community ID version 1, the name of a flow that other tools compute too
/// (github.com/corelight/community-id-spec): <c>"1:" + base64(SHA-1(seed · addresses · protocol · 0 · ports))</c>,
/// with the smaller end first. For ICMP, types with a counterpart stand in for ports, others count as one-way.
/// </summary>
public static class CommunityId
{
    /// <summary>Bytes of the text: "1:" and 28 of base64.</summary>
    public const int TextBytes = 30;

    private const byte Icmp = 1, Tcp = 6, Udp = 17, Icmpv6 = 58, Sctp = 132;

    /// <summary>ICMP types that answer each other (RFC 792, RFC 950, RFC 1256).</summary>
    private static readonly (byte, byte)[] IcmpPairs = [(8, 0), (13, 14), (15, 16), (17, 18), (10, 9)];

    /// <summary>The same for ICMPv6 (RFC 4443, 4861, 2710, 4620, 6275).</summary>
    private static readonly (byte, byte)[] Icmpv6Pairs = [(128, 129), (133, 134), (135, 136), (130, 131), (139, 140), (144, 145)];

    /// <summary>Writes the text; <paramref name="sourcePort"/> and <paramref name="destinationPort"/> are type and code for ICMP.</summary>
    public static void Write(IpAddress source, IpAddress destination, byte protocol, ushort sourcePort, ushort destinationPort, ushort seed, Span<byte> utf8)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        Hash(source, destination, protocol, sourcePort, destinationPort, seed, hash);
        utf8[0] = (byte)'1';
        utf8[1] = (byte)':';
        Base64.EncodeToUtf8(hash, utf8[2..], out _, out _);
    }

    internal static void Hash(IpAddress source, IpAddress destination, byte protocol, ushort sourcePort, ushort destinationPort, ushort seed, Span<byte> hash)
    {
        bool hasPorts = protocol is Tcp or Udp or Sctp, oneWay = false;
        if (protocol is Icmp or Icmpv6)
        {
            hasPorts = true;
            oneWay = !TryCounterpart(protocol == Icmp ? IcmpPairs : Icmpv6Pairs, (byte)sourcePort, out byte counterpart);
            if (!oneWay) destinationPort = counterpart;
        }

        int order = source.CompareTo(destination);
        bool inOrder = oneWay || order < 0 || (order == 0 && (!hasPorts || sourcePort < destinationPort));
        if (!inOrder)
        {
            (source, destination) = (destination, source);
            (sourcePort, destinationPort) = (destinationPort, sourcePort);
        }

        Span<byte> input = stackalloc byte[40];
        int length = 0;
        Put(input, ref length, seed);
        Put(input, ref length, source);
        Put(input, ref length, destination);
        input[length++] = protocol;
        input[length++] = 0;
        if (hasPorts)
        {
            Put(input, ref length, sourcePort);
            Put(input, ref length, destinationPort);
        }

        SHA1.HashData(input[..length], hash);
    }

    private static bool TryCounterpart((byte, byte)[] pairs, byte type, out byte counterpart)
    {
        foreach ((byte one, byte other) in pairs)
        {
            if (type != one && type != other) continue;
            counterpart = type == one ? other : one;
            return true;
        }

        counterpart = 0;
        return false;
    }

    private static void Put(Span<byte> to, ref int length, ushort value)
    {
        to[length++] = (byte)(value >> 8);
        to[length++] = (byte)value;
    }

    private static void Put(Span<byte> to, ref int length, IpAddress value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.WriteIpv6(bytes);
        ReadOnlySpan<byte> written = value.IsIpv4 ? bytes[12..] : bytes;
        written.CopyTo(to[length..]);
        length += written.Length;
    }
}
