using System.Buffers.Binary;
using System.IO.Compression;
using Sensor.Capture;
using Sensor.Primitives;

namespace Sensor.Tests.Capture;

/// <summary>Capture files as bytes.</summary>
internal static class CaptureBytes
{
    public sealed record Kept(ulong Number, long Nanoseconds, int WireLength, LinkType Link, byte[] Bytes);

    public static byte[] U32(uint value, bool big)
    {
        byte[] bytes = new byte[4];
        if (big) BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] U16(int value, bool big) => big ? [(byte)(value >> 8), (byte)value] : [(byte)value, (byte)(value >> 8)];

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    public static byte[] Pcap(uint magic, bool big, uint link, params byte[][] records) =>
        Join([U32(magic, big), U16(2, big), U16(4, big), new byte[8], U32(262144, big), U32(link, big), .. records]);

    public static byte[] Record(bool big, uint seconds, uint fraction, byte[] bytes, uint? wire = null, uint? captured = null, byte[]? extra = null) =>
        Join(U32(seconds, big), U32(fraction, big), U32(captured ?? (uint)bytes.Length, big), U32(wire ?? (uint)bytes.Length, big), extra ?? [], bytes);

    public static byte[] Block(bool big, uint type, byte[] body)
    {
        byte[] padding = new byte[(4 - (body.Length % 4)) % 4];
        uint length = (uint)(12 + body.Length + padding.Length);
        return Join(U32(type, big), U32(length, big), body, padding, U32(length, big));
    }

    public static byte[] Section(bool big) => Block(big, 0x0A0D0D0A, Join(U32(0x1A2B3C4D, big), U16(1, big), U16(0, big), U32(uint.MaxValue, big), U32(uint.MaxValue, big)));

    public static byte[] Interface(bool big, int link, params byte[][] options) => Block(big, 1, Join([U16(link, big), U16(0, big), U32(0, big), .. options]));

    public static byte[] Option(bool big, int code, byte[] value) => Join(U16(code, big), U16(value.Length, big), value, new byte[(4 - (value.Length % 4)) % 4]);

    public static byte[] Enhanced(bool big, uint index, ulong time, byte[] bytes, uint? wire = null) =>
        Block(big, 6, Join(U32(index, big), U32((uint)(time >> 32), big), U32((uint)time, big), U32((uint)bytes.Length, big), U32(wire ?? (uint)bytes.Length, big), bytes));

    public static byte[] Simple(bool big, byte[] bytes) => Block(big, 3, Join(U32((uint)bytes.Length, big), bytes));

    public static byte[] Obsolete(bool big, int index, ulong time, byte[] bytes) =>
        Block(big, 2, Join(U16(index, big), U16(0, big), U32((uint)(time >> 32), big), U32((uint)time, big), U32((uint)bytes.Length, big), U32((uint)bytes.Length, big), bytes));

    public static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }

    public static List<Kept> ReadAll(byte[] file, out string? note)
    {
        using CaptureFile capture = CaptureFile.Open(new MemoryStream(file), "test.pcap");
        List<Kept> frames = ReadAll(capture);
        note = capture.EndNote;
        return frames;
    }

    public static List<Kept> ReadAll(IPacketSource source)
    {
        var frames = new List<Kept>();
        while (source.Read(out RawPacket frame) == ReadStatus.Frame) frames.Add(new Kept(frame.Number, frame.Time.Nanoseconds, frame.WireLength, frame.Link, frame.Bytes.ToArray()));
        return frames;
    }
}
