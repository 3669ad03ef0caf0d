using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Capture;

/// <summary>Writes frames of one link type as a pcap file with nanosecond times.</summary>
public sealed class CaptureFileWriter : IDisposable
{
    private const uint NanosecondMagic = 0xA1B23C4D, MicrosecondMagic = 0xA1B2C3D4;

    private readonly Stream _stream;
    private readonly bool _nanoseconds;

    /// <param name="stream">Owned from here on.</param>
    /// <param name="link">Link type of every frame to come.</param>
    /// <param name="nanoseconds">False for the older format with microseconds, which every tool reads.</param>
    public CaptureFileWriter(Stream stream, LinkType link, bool nanoseconds = true)
    {
        _stream = stream;
        _nanoseconds = nanoseconds;
        Span<byte> header = stackalloc byte[24];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, nanoseconds ? NanosecondMagic : MicrosecondMagic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], Formats.FormatReader.LargestFrame);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], (uint)link);
        _stream.Write(header);
    }

    public static CaptureFileWriter Create(string path, LinkType link, bool nanoseconds = true) =>
        new(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16), link, nanoseconds);

    public void Write(ReadOnlySpan<byte> frame, PacketTime time, int? wireLength = null)
    {
        Span<byte> record = stackalloc byte[16];
        long fraction = time.Nanoseconds % PacketTime.NanosecondsPerSecond;
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)time.Seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(_nanoseconds ? fraction : fraction / 1000));
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], frame.Length);
        BinaryPrimitives.WriteInt32LittleEndian(record[12..], wireLength ?? frame.Length);
        _stream.Write(record);
        _stream.Write(frame);
    }

    public void Dispose() => _stream.Dispose();
}
