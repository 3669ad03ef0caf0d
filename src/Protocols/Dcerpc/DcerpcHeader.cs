using System.Buffers.Binary;

namespace Sensor.Protocols.Dcerpc;

/// <summary>The common header of connection-oriented units (C706 section 12.6.3.1), checked once in <see cref="TryRead"/>.</summary>
internal readonly struct DcerpcHeader
{
    public const int Length = 16;

    public byte Type { get; private init; }

    public byte Flags { get; private init; }

    public bool IsLittleEndian { get; private init; }

    /// <summary>Bytes of the unit, this header included.</summary>
    public int UnitLength { get; private init; }

    public uint CallId { get; private init; }

    public bool IsFirst => (Flags & 1) != 0;

    public bool IsLast => (Flags & 2) != 0;

    /// <summary>False when these 16 bytes are no header: version 5.0 or 5.1, a known kind, a length that holds the header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DcerpcHeader header)
    {
        header = default;
        if (bytes.Length < Length || bytes[0] != 5 || bytes[1] > 1 || !DcerpcType.IsKnown(bytes[2])) return false;
        bool little = (bytes[4] & 0xf0) == 0x10;
        if ((bytes[4] & 0xf0) > 0x10) return false;
        int unit = U16(bytes[8..], little);
        if (unit < Length) return false;
        header = new DcerpcHeader
        {
            Type = bytes[2],
            Flags = bytes[3],
            IsLittleEndian = little,
            UnitLength = unit,
            CallId = U32(bytes[12..], little),
        };
        return true;
    }

    public static ushort U16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    public static uint U32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
