using System.Buffers.Binary;

namespace Sensor.Primitives;

/// <summary>Reads wire bytes in order. Every read says whether there was enough; none can throw or pass the end.</summary>
public ref struct ByteCursor
{
    private readonly ReadOnlySpan<byte> _bytes;

    public ByteCursor(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        Position = 0;
    }

    public int Position { get; private set; }

    public readonly int Remaining => _bytes.Length - Position;

    public readonly ReadOnlySpan<byte> Rest => _bytes[Position..];

    public bool TryReadByte(out byte value)
    {
        if (Remaining < 1) { value = 0; return false; }
        value = _bytes[Position++];
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(Rest, out value)) return false;
        Position += 2;
        return true;
    }

    public bool TryReadUInt24(out int value)
    {
        if (Remaining < 3) { value = 0; return false; }
        value = (_bytes[Position] << 16) | (_bytes[Position + 1] << 8) | _bytes[Position + 2];
        Position += 3;
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(Rest, out value)) return false;
        Position += 4;
        return true;
    }

    public bool TryReadBytes(int count, out ReadOnlySpan<byte> bytes)
    {
        if (count < 0 || Remaining < count) { bytes = default; return false; }
        bytes = _bytes.Slice(Position, count);
        Position += count;
        return true;
    }

    public bool TrySkip(int count) => TryReadBytes(count, out _);

    /// <summary>Reads a block preceded by its length in one byte (TLS and SSH vectors).</summary>
    public bool TryReadVector8(out ReadOnlySpan<byte> bytes)
    {
        int start = Position;
        if (TryReadByte(out byte length) && TryReadBytes(length, out bytes)) return true;
        Position = start;
        bytes = default;
        return false;
    }

    /// <summary>Reads a block preceded by its length in two bytes.</summary>
    public bool TryReadVector16(out ReadOnlySpan<byte> bytes)
    {
        int start = Position;
        if (TryReadUInt16(out ushort length) && TryReadBytes(length, out bytes)) return true;
        Position = start;
        bytes = default;
        return false;
    }
}
