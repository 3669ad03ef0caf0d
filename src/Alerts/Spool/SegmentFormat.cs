using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Sensor.Primitives;

namespace Sensor.Alerts.Spool;

/// <summary>Bytes of a segment file; the picture is in README.md. All numbers little-endian.</summary>
internal static class SegmentFormat
{
    /// <summary>"SPOOLSG" and the layout's version.</summary>
    private const ulong Magic = 0x01_47_53_4C_4F_4F_50_53;

    public const int HeaderBytes = 32;

    private static class HeaderAt { public const int Magic = 0, Epoch = 8, First = 16, Reserved = 24, Crc = 28; }

    public const int RecordHeaderBytes = 20;

    private static class At { public const int Crc = 0, Length = 4, Sequence = 8, Kind = 16, Severity = 17, Reserved = 18; }

    public static string Name(long firstSequence) => firstSequence.ToString("x16", CultureInfo.InvariantCulture) + ".seg";

    public static bool TryParseName(string name, out long firstSequence)
    {
        firstSequence = 0;
        return name.Length == 20 && name.EndsWith(".seg", StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out firstSequence) && firstSequence > 0;
    }

    public static void WriteHeader(Span<byte> to, long epoch, long firstSequence)
    {
        to[..HeaderBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(to[HeaderAt.Magic..], Magic);
        BinaryPrimitives.WriteInt64LittleEndian(to[HeaderAt.Epoch..], epoch);
        BinaryPrimitives.WriteInt64LittleEndian(to[HeaderAt.First..], firstSequence);
        BinaryPrimitives.WriteUInt32LittleEndian(to[HeaderAt.Crc..], Crc(to[..HeaderAt.Crc]));
    }

    public static bool TryReadHeader(ReadOnlySpan<byte> from, out long epoch, out long firstSequence)
    {
        epoch = firstSequence = 0;
        if (from.Length < HeaderBytes || BinaryPrimitives.ReadUInt64LittleEndian(from) != Magic) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(from[HeaderAt.Crc..]) != Crc(from[..HeaderAt.Crc])) return false;
        epoch = BinaryPrimitives.ReadInt64LittleEndian(from[HeaderAt.Epoch..]);
        firstSequence = BinaryPrimitives.ReadInt64LittleEndian(from[HeaderAt.First..]);
        return true;
    }

    public static int RecordBytes(int payloadLength) => RecordHeaderBytes + payloadLength;

    public static void WriteRecord(Span<byte> to, long sequence, SpoolRecordKind kind, Severity severity, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to[At.Length..], payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(to[At.Sequence..], sequence);
        to[At.Kind] = (byte)kind;
        to[At.Severity] = (byte)severity;
        to[At.Reserved] = to[At.Reserved + 1] = 0;
        payload.CopyTo(to[RecordHeaderBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(to, Crc(to[At.Length..RecordBytes(payload.Length)]));
    }

    /// <summary>Reads the record that begins at <paramref name="offset"/>, if a whole and sound one with an expected sequence does.</summary>
    public static bool TryReadRecord(ReadOnlySpan<byte> segment, int offset, long lowestSequence, long highestSequence, out RecordPlace place)
    {
        place = default;
        if (segment.Length - offset < RecordHeaderBytes) return false;
        ReadOnlySpan<byte> record = segment[offset..];
        int length = BinaryPrimitives.ReadInt32LittleEndian(record[At.Length..]);
        long sequence = BinaryPrimitives.ReadInt64LittleEndian(record[At.Sequence..]);
        if (length < 0 || length > record.Length - RecordHeaderBytes || sequence < lowestSequence || sequence > highestSequence) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(record) != Crc(record[At.Length..RecordBytes(length)])) return false;
        place = new RecordPlace(sequence, offset, length, (SpoolRecordKind)record[At.Kind], (Severity)record[At.Severity]);
        return true;
    }

    /// <summary>CRC-32C (RFC 3720 appendix B.4), by the processor's own instruction where it has one.</summary>
    internal static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..]) crc = BitOperations.Crc32C(crc, MemoryMarshal.Read<ulong>(bytes));
        foreach (byte one in bytes) crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }
}

/// <summary>Where a sound record lies in its segment.</summary>
internal readonly record struct RecordPlace(long Sequence, int Offset, int Length, SpoolRecordKind Kind, Severity Severity)
{
    public int End => Offset + SegmentFormat.RecordBytes(Length);
}
