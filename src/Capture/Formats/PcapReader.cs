using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Capture.Formats;

/// <summary>
/// The classic format (draft-ietf-opsawg-pcap): 24 bytes of header, then records. Both byte orders, microseconds and
/// nanoseconds, and Kuznetzov's variant with 8 bytes more in each record.
/// </summary>
internal sealed class PcapReader : FormatReader
{
    private const uint Microseconds = 0xA1B2C3D4, Nanoseconds = 0xA1B23C4D, Modified = 0xA1B2CD34;

    private const int HeaderLength = 24, RecordLength = 16, ModifiedRecordLength = 24, NetworkAt = 20;

    // Upper bits say whether frames end with a check sequence; that is padding to the decoder.
    private const uint LinkTypeMask = 0xFFFF;

    private readonly bool _swapped;
    private readonly int _recordLength;
    private readonly long _unit;
    private readonly LinkType _link;

    private PcapReader(CaptureBuffer buffer, string path, uint magic, bool swapped, uint network)
        : base(buffer, path)
    {
        _swapped = swapped;
        _recordLength = magic == Modified ? ModifiedRecordLength : RecordLength;
        _unit = magic == Nanoseconds ? 1 : 1000;
        _link = LinkTypes.Require((int)(network & LinkTypeMask), $"cannot read capture: {path}");
    }

    public static bool TryOpen(CaptureBuffer buffer, string path, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PcapReader? reader)
    {
        reader = null;
        if (!buffer.TryPeek(4, out ReadOnlySpan<byte> start)) return false;
        uint magic = BinaryPrimitives.ReadUInt32LittleEndian(start);
        bool swapped = magic is not (Microseconds or Nanoseconds or Modified);
        if (swapped) magic = BinaryPrimitives.ReverseEndianness(magic);
        if (magic is not (Microseconds or Nanoseconds or Modified)) return false;
        if (!buffer.TryPeek(HeaderLength, out ReadOnlySpan<byte> header))
        {
            throw new CaptureException($"cannot read capture: {path}: the pcap header of {HeaderLength} bytes is cut off after {buffer.Available}");
        }

        uint network = BinaryPrimitives.ReadUInt32LittleEndian(header[NetworkAt..]);
        reader = new PcapReader(buffer, path, magic, swapped, swapped ? BinaryPrimitives.ReverseEndianness(network) : network);
        buffer.Consume(HeaderLength);
        return true;
    }

    public override bool TryRead(ulong number, out RawPacket frame)
    {
        frame = default;
        if (!Buffer.TryPeek(_recordLength, out ReadOnlySpan<byte> record))
        {
            return Buffer.Available == 0 ? false : End("the last record is cut off");
        }

        uint seconds = ReadUInt32(record), fraction = ReadUInt32(record[4..]), captured = ReadUInt32(record[8..]), wire = ReadUInt32(record[12..]);
        if (captured > LargestFrame) return End($"a record claims {captured} bytes (most possible: {LargestFrame})");
        if (!Buffer.TryPeek(_recordLength + (int)captured, out record)) return End("the last record is cut off");
        Buffer.Consume(_recordLength + (int)captured);
        // Some writers leave the length on the wire at 0 or below what they kept.
        int wireLength = (int)Math.Clamp(wire, captured, int.MaxValue);
        frame = new RawPacket(record[_recordLength..], wireLength, PacketTime.FromUnix(seconds, fraction * _unit), _link, number);
        return true;
    }

    private uint ReadUInt32(ReadOnlySpan<byte> bytes)
    {
        uint value = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return _swapped ? BinaryPrimitives.ReverseEndianness(value) : value;
    }
}
