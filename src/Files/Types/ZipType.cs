using System.Buffers.Binary;

namespace Sensor.Files.Types;

/// <summary>What a zip archive really is, by the name of its first entries (PKWARE APPNOTE section 4.3.7).</summary>
internal static class ZipType
{
    private const int NameLength = 26, ExtraLength = 28, Name = 30, CompressedSize = 18;

    /// <summary>Office documents begin with one or two entries of the package itself.</summary>
    private const int MostEntries = 4;

    public static int Describe(ReadOnlySpan<byte> head, Span<byte> text)
    {
        bool office = false;
        for (int entry = 0; entry < MostEntries && head.Length > Name && head.StartsWith("PK\x03\x04"u8); entry++)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(head[NameLength..]);
            if (Name + length > head.Length) break;
            ReadOnlySpan<byte> name = head.Slice(Name, length);
            if (name.StartsWith("word/"u8)) return FileTypes.Say(text, "Microsoft Word 2007+"u8);
            if (name.StartsWith("xl/"u8)) return FileTypes.Say(text, "Microsoft Excel 2007+"u8);
            if (name.StartsWith("ppt/"u8)) return FileTypes.Say(text, "Microsoft PowerPoint 2007+"u8);
            if (name.SequenceEqual("AndroidManifest.xml"u8)) return FileTypes.Say(text, "Android package (APK)"u8);
            if (name.StartsWith("META-INF/"u8)) return FileTypes.Say(text, "Java archive data (JAR)"u8);
            if (name.SequenceEqual("mimetype"u8)) return OpenDocument(head[Name..], length, text);
            office |= name.SequenceEqual("[Content_Types].xml"u8) || name.StartsWith("_rels/"u8) || name.StartsWith("docProps/"u8);
            long next = (long)Name + length + BinaryPrimitives.ReadUInt16LittleEndian(head[ExtraLength..]) + BinaryPrimitives.ReadUInt32LittleEndian(head[CompressedSize..]);
            if (next >= head.Length) break;
            head = head[(int)next..];
        }

        return office ? FileTypes.Say(text, "Microsoft OOXML"u8) : 0;
    }

    private static int OpenDocument(ReadOnlySpan<byte> rest, int nameLength, Span<byte> text) =>
        rest[nameLength..].StartsWith("application/vnd.oasis.opendocument"u8) ? FileTypes.Say(text, "OpenDocument"u8)
        : rest[nameLength..].StartsWith("application/epub"u8) ? FileTypes.Say(text, "EPUB document"u8) : 0;
}
