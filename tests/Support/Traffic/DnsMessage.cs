using System.Buffers.Binary;
using System.Text;
using Sensor.Primitives;

namespace Sensor.Tests.Support.Traffic;

/// <summary>DNS messages (RFC 1035 section 4) for built traffic.</summary>
public static class DnsMessage
{
    public static byte[] Query(ushort id, string name, ushort type = 1) => [.. Header(id, 0x0100, 1, 0), .. Name(name), .. Word(type), .. Word(1)];

    /// <summary>Answers a query with one A record, or with NXDOMAIN when <paramref name="address"/> is null.</summary>
    public static byte[] Answer(ushort id, string name, string? address)
    {
        if (address is null) return [.. Header(id, 0x8183, 1, 0), .. Name(name), .. Word(1), .. Word(1)];
        byte[] data = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(data, IpAddress.Parse(address).Ipv4);
        return [.. Header(id, 0x8180, 1, 1), .. Name(name), .. Word(1), .. Word(1), 0xC0, 0x0C, .. Word(1), .. Word(1), 0, 0, 1, 0x2C, .. Word(4), .. data];
    }

    public static byte[] Name(string name)
    {
        var bytes = new List<byte>();
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.Add(0);
        return [.. bytes];
    }

    private static byte[] Header(ushort id, ushort flags, ushort questions, ushort answers) => [.. Word(id), .. Word(flags), .. Word(questions), .. Word(answers), 0, 0, 0, 0];

    private static byte[] Word(ushort value) => [(byte)(value >> 8), (byte)value];
}
