using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Capture.Formats;

/// <summary>What an interface description block says (draft-ietf-opsawg-pcapng section 4.2).</summary>
/// <param name="LinkNumber">Link type as it stands there, supported or not.</param>
/// <param name="SnapLength">Most bytes kept of a frame; 0 means no limit.</param>
/// <param name="Resolution">if_tsresol: a negative power of 10, or of 2 when the top bit is set.</param>
/// <param name="OffsetSeconds">if_tsoffset: seconds to add to every time.</param>
internal readonly record struct PcapngInterface(int LinkNumber, uint SnapLength, byte Resolution, long OffsetSeconds)
{
    private const byte DefaultResolution = 6;
    private const int TimeResolution = 9, TimeOffset = 14, EndOfOptions = 0;

    /// <param name="body">The block without its type and lengths, at least 8 bytes.</param>
    public static PcapngInterface Read(ReadOnlySpan<byte> body, bool swapped)
    {
        ushort link = ReadUInt16(body, swapped);
        uint snap = ReadUInt32(body[4..], swapped);
        byte resolution = DefaultResolution;
        long offset = 0;
        ReadOnlySpan<byte> options = body[8..];
        while (options.Length >= 4)
        {
            int code = ReadUInt16(options, swapped), length = ReadUInt16(options[2..], swapped);
            if (code == EndOfOptions || length > options.Length - 4) break;
            ReadOnlySpan<byte> value = options.Slice(4, length);
            if (code == TimeResolution && length >= 1) resolution = value[0];
            if (code == TimeOffset && length >= 8) offset = swapped ? BinaryPrimitives.ReadInt64BigEndian(value) : BinaryPrimitives.ReadInt64LittleEndian(value);
            int padded = 4 + ((length + 3) & ~3);
            if (padded > options.Length) break;
            options = options[padded..];
        }

        return new PcapngInterface(link, snap, resolution, offset);
    }

    public PacketTime Time(uint high, uint low)
    {
        UInt128 units = ((UInt128)high << 32) | low;
        int power = Resolution & 0x7F;
        UInt128 nanoseconds = (Resolution & 0x80) != 0
            ? (units * PacketTime.NanosecondsPerSecond) >> power
            : power <= 9 ? units * Power10(9 - power) : power > 28 ? 0 : units / Power10(power - 9);
        return new PacketTime(unchecked((long)(ulong)nanoseconds + (OffsetSeconds * PacketTime.NanosecondsPerSecond)));
    }

    // Exponents above 19 are far beyond any real clock; the caller keeps them from overflowing.
    private static UInt128 Power10(int exponent)
    {
        UInt128 power = 1;
        for (int i = 0; i < exponent; i++) power *= 10;
        return power;
    }

    private static ushort ReadUInt16(ReadOnlySpan<byte> bytes, bool swapped) =>
        swapped ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes, bool swapped) =>
        swapped ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
