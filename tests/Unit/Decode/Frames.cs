using System.Buffers.Binary;
using System.Net;

namespace Sensor.Tests.Decode;

/// <summary>Headers as bytes, built from the inside out.</summary>
internal static class Frames
{
    public static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    public static byte[] Word(int value) => [(byte)(value >> 8), (byte)value];

    public static byte[] Ethernet(int type, byte[] payload) => Join(Bytes("020000000001 020000000002"), Word(type), payload);

    public static byte[] Vlan(int identifier, int type, byte[] payload) => Join(Word(identifier), Word(type), payload);

    public static byte[] Ipv4(byte protocol, byte[] payload, string source = "192.0.2.1", string destination = "198.51.100.2",
        int fragment = 0, int id = 1, byte[]? options = null, int ttl = 64)
    {
        options ??= [];
        byte[] header = Join(
            [(byte)(0x45 + (options.Length / 4)), 0], Word(20 + options.Length + payload.Length), Word(id), Word(fragment), [(byte)ttl, protocol], Word(0),
            IPAddress.Parse(source).GetAddressBytes(), IPAddress.Parse(destination).GetAddressBytes(), options);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Checksum(header));
        return Join(header, payload);
    }

    public static byte[] Ipv6(byte next, byte[] payload, string source = "2001:db8::1", string destination = "2001:db8::2", int hops = 64) =>
        Join(Bytes("60000000"), Word(payload.Length), [next, (byte)hops], IPAddress.Parse(source).GetAddressBytes(), IPAddress.Parse(destination).GetAddressBytes(), payload);

    public static byte[] Ipv6Fragment(byte next, int offset, bool more, uint id, byte[] data) =>
        Join([next, 0], Word(offset | (more ? 1 : 0)), Word((int)(id >> 16)), Word((int)(id & 0xFFFF)), data);

    public static byte[] Tcp(int source, int destination, byte flags, byte[] payload, byte[]? options = null)
    {
        options ??= [];
        return Join(Word(source), Word(destination), Bytes("00000001 00000002"), [(byte)((5 + (options.Length / 4)) << 4), flags], Word(8192), Word(0), Word(0), options, payload);
    }

    public static byte[] Udp(int source, int destination, byte[] payload) =>
        Join(Word(source), Word(destination), Word(8 + payload.Length), Word(0), payload);

    public static byte[] Icmp(byte type, byte code, byte[] payload) => Join([type, code, 0, 0, 0x12, 0x34, 0, 7], payload);

    public static byte[] Gre(int flags, int protocol, byte[] payload) => Join(Word(flags), Word(protocol), payload);

    public static byte[] Text(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)('a' + (i % 26)))];

    /// <summary>RFC 1071, written the slow way.</summary>
    public static ushort Checksum(byte[] bytes)
    {
        int sum = 0;
        for (int i = 0; i < bytes.Length; i++) sum += (i & 1) == 0 ? bytes[i] << 8 : bytes[i];
        while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    /// <summary>Sets the checksum at <paramref name="at"/> of a segment sent in the given IP header.</summary>
    public static byte[] WithChecksum(byte[] segment, int at, byte protocol, string source, string destination)
    {
        byte[] sent = [.. segment];
        byte[] pseudo = Join(IPAddress.Parse(source).GetAddressBytes(), IPAddress.Parse(destination).GetAddressBytes(), [0, protocol], Word(sent.Length));
        BinaryPrimitives.WriteUInt16BigEndian(sent.AsSpan(at), Checksum(Join(pseudo, sent)));
        return sent;
    }
}
