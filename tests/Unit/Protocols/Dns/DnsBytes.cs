using System.Buffers.Binary;
using System.Text;

namespace Sensor.Tests.Protocols.Dns;

/// <summary>Builds DNS messages byte by byte.</summary>
internal sealed class DnsBytes
{
    private readonly List<byte> _bytes = [];

    public static DnsBytes Message(ushort id, ushort flags, int questions = 0, int answers = 0, int authorities = 0, int additionals = 0) =>
        new DnsBytes().Number16(id).Number16(flags).Number16(questions).Number16(answers).Number16(authorities).Number16(additionals);

    public int Length => _bytes.Count;

    public DnsBytes Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public DnsBytes Number16(int value) => Raw((byte)(value >> 8), (byte)value);

    public DnsBytes Number32(uint value) => Number16((int)(value >> 16)).Number16((int)(value & 0xffff));

    public DnsBytes Name(string name)
    {
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries)) Label(label);
        return Raw(0);
    }

    public DnsBytes Label(string label) => Raw((byte)label.Length).Raw(Encoding.Latin1.GetBytes(label));

    public DnsBytes Pointer(int offset) => Number16(0xc000 | offset);

    public DnsBytes Question(string name, int type) => Name(name).Number16(type).Number16(1);

    /// <summary>A record whose name points to the first question.</summary>
    public DnsBytes Record(int type, uint timeToLive, params byte[] data) => Pointer(12).Number16(type).Number16(1).Number32(timeToLive).Number16(data.Length).Raw(data);

    public byte[] ToArray() => [.. _bytes];

    /// <summary>Behind its length, as over TCP.</summary>
    public byte[] ToStream()
    {
        byte[] framed = new byte[_bytes.Count + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)_bytes.Count);
        _bytes.CopyTo(framed, 2);
        return framed;
    }

    public static byte[] Encoded(string name) => new DnsBytes().Name(name).ToArray();
}
