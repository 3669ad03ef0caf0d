using System.Buffers.Binary;
using System.Buffers.Text;

namespace Sensor.Files.Types;

/// <summary>Details that take one look.</summary>
internal static class PlainDetails
{
    public static int PdfVersion(ReadOnlySpan<byte> head, Span<byte> text)
    {
        int length = FileTypes.Say(text, "PDF document, version "u8);
        ReadOnlySpan<byte> version = head[5..];
        for (int i = 0; i < Math.Min(version.Length, 4) && version[i] is (>= (byte)'0' and <= (byte)'9') or (byte)'.'; i++) text[length++] = version[i];
        return length;
    }

    public static int PngSize(ReadOnlySpan<byte> head, Span<byte> text)
    {
        if (head.Length < 24) return 0;
        int length = FileTypes.Say(text, "PNG image data, "u8);
        length = Number(text, length, BinaryPrimitives.ReadUInt32BigEndian(head[16..]));
        length += FileTypes.Say(text[length..], " x "u8);
        return Number(text, length, BinaryPrimitives.ReadUInt32BigEndian(head[20..]));
    }

    /// <summary>Two letters begin many texts; a bitmap's header has a size that libmagic knows.</summary>
    public static int Bitmap(ReadOnlySpan<byte> head, Span<byte> text)
    {
        if (head.Length < 18) return FileTypes.NotMine;
        return BinaryPrimitives.ReadUInt32LittleEndian(head[14..]) is 12 or 40 or 52 or 56 or 64 or 108 or 124 ? 0 : FileTypes.NotMine;
    }

    /// <summary>Java classes and Mach-O universal binaries share their first four bytes; the next number is a Java version or a small count.</summary>
    public static int JavaOrMach(ReadOnlySpan<byte> head, Span<byte> text)
    {
        if (head.Length < 8 || BinaryPrimitives.ReadUInt32BigEndian(head[4..]) >= 30) return 0;
        return FileTypes.Say(text, "Mach-O universal binary"u8);
    }

    private static int Number(Span<byte> text, int length, uint number)
    {
        Utf8Formatter.TryFormat(number, text[length..], out int written);
        return length + written;
    }
}
