namespace Sensor.Files.Types;

/// <summary>Tells what a file is from its first bytes, in the words the <c>file</c> command (libmagic) begins with, so that rules written for it match.</summary>
public static class FileTypes
{
    /// <summary>Bytes from the beginning that are looked at; the tape archive's word is the deepest.</summary>
    public const int Depth = 1024;

    /// <summary>Bytes of the longest description.</summary>
    public const int MostText = 128;

    private delegate int Detail(ReadOnlySpan<byte> head, Span<byte> text);

    private readonly record struct Signature(int At, byte[] Bytes, byte[] Text, Detail? Detail = null);

    /// <summary>Tried in order; the first that fits names the file.</summary>
    private static readonly Signature[] s_signatures =
    [
        new(0, "MZ"u8.ToArray(), "MS-DOS executable"u8.ToArray(), ExecutableType.Describe),
        new(0, [0x7f, .. "ELF"u8], "ELF"u8.ToArray(), ElfType.Describe),
        new(0, "%PDF-"u8.ToArray(), "PDF document"u8.ToArray(), PlainDetails.PdfVersion),
        new(0, "PK\x03\x04"u8.ToArray(), "Zip archive data"u8.ToArray(), ZipType.Describe),
        new(0, "PK\x05\x06"u8.ToArray(), "Zip archive data (empty)"u8.ToArray()),
        new(0, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "Composite Document File V2 Document"u8.ToArray()),
        new(0, "{\\rtf"u8.ToArray(), "Rich Text Format data"u8.ToArray()),
        new(0, [0x89, .. "PNG\r\n"u8, 0x1a, (byte)'\n'], "PNG image data"u8.ToArray(), PlainDetails.PngSize),
        new(0, [0xff, 0xd8, 0xff], "JPEG image data"u8.ToArray()),
        new(0, "GIF87a"u8.ToArray(), "GIF image data, version 87a"u8.ToArray()),
        new(0, "GIF89a"u8.ToArray(), "GIF image data, version 89a"u8.ToArray()),
        new(8, "WEBP"u8.ToArray(), "RIFF (little-endian) data, Web/P image"u8.ToArray()),
        new(8, "WAVE"u8.ToArray(), "RIFF (little-endian) data, WAVE audio"u8.ToArray()),
        new(8, "AVI "u8.ToArray(), "RIFF (little-endian) data, AVI"u8.ToArray()),
        new(0, "BM"u8.ToArray(), "PC bitmap"u8.ToArray(), PlainDetails.Bitmap),
        new(0, "II*\0"u8.ToArray(), "TIFF image data, little-endian"u8.ToArray()),
        new(0, "MM\0*"u8.ToArray(), "TIFF image data, big-endian"u8.ToArray()),
        new(0, [0x1f, 0x8b], "gzip compressed data"u8.ToArray()),
        new(0, "BZh"u8.ToArray(), "bzip2 compressed data"u8.ToArray()),
        new(0, [0xfd, .. "7zXZ"u8, 0], "XZ compressed data"u8.ToArray()),
        new(0, [0x28, 0xb5, 0x2f, 0xfd], "Zstandard compressed data"u8.ToArray()),
        new(0, [(byte)'7', (byte)'z', 0xbc, 0xaf, 0x27, 0x1c], "7-zip archive data"u8.ToArray()),
        new(0, [.. "Rar!"u8, 0x1a, 7, 0], "RAR archive data, v4"u8.ToArray()),
        new(0, [.. "Rar!"u8, 0x1a, 7, 1], "RAR archive data, v5"u8.ToArray()),
        new(0, "MSCF\0\0\0\0"u8.ToArray(), "Microsoft Cabinet archive data"u8.ToArray()),
        new(257, "ustar"u8.ToArray(), "POSIX tar archive"u8.ToArray()),
        new(0, [0xca, 0xfe, 0xba, 0xbe], "compiled Java class data"u8.ToArray(), PlainDetails.JavaOrMach),
        new(0, [0xce, 0xfa, 0xed, 0xfe], "Mach-O executable"u8.ToArray()),
        new(0, [0xcf, 0xfa, 0xed, 0xfe], "Mach-O 64-bit executable"u8.ToArray()),
        new(0, "dex\n"u8.ToArray(), "Dalvik dex file"u8.ToArray()),
        new(0, [0x4c, 0, 0, 0, 1, 0x14, 2, 0], "MS Windows shortcut"u8.ToArray()),
        new(0, "CWS"u8.ToArray(), "Macromedia Flash data (compressed)"u8.ToArray()),
        new(0, "FWS"u8.ToArray(), "Macromedia Flash data"u8.ToArray()),
        new(0, "ZWS"u8.ToArray(), "Macromedia Flash data (lzma compressed)"u8.ToArray()),
        new(4, "ftyp"u8.ToArray(), "ISO Media"u8.ToArray()),
        new(0, [0x1a, 0x45, 0xdf, 0xa3], "Matroska data"u8.ToArray()),
        new(0, "OggS"u8.ToArray(), "Ogg data"u8.ToArray()),
        new(0, "ID3"u8.ToArray(), "Audio file with ID3"u8.ToArray()),
        new(0, "fLaC"u8.ToArray(), "FLAC audio bitstream data"u8.ToArray()),
        new(0, "wOFF"u8.ToArray(), "Web Open Font Format"u8.ToArray()),
        new(0, "wOF2"u8.ToArray(), "Web Open Font Format (Version 2)"u8.ToArray()),
        new(0, [0, 1, 0, 0, 0], "TrueType Font data"u8.ToArray()),
        new(0, "OTTO"u8.ToArray(), "OpenType font data"u8.ToArray()),
        new(0, "SQLite format 3\0"u8.ToArray(), "SQLite 3.x database"u8.ToArray()),
        new(0, [0, 0, 1, 0], "MS Windows icon resource"u8.ToArray()),
        new(0, "!<arch>\ndebian"u8.ToArray(), "Debian binary package"u8.ToArray()),
        new(0, [0xed, 0xab, 0xee, 0xdb], "RPM"u8.ToArray()),
        new(0, [0, .. "asm"u8], "WebAssembly (wasm) binary module"u8.ToArray()),
        new(0, "%!PS"u8.ToArray(), "PostScript document text"u8.ToArray()),
        new(0, "#!"u8.ToArray(), "script text executable"u8.ToArray()),
        new(0, "-----BEGIN CERTIFICATE-----"u8.ToArray(), "PEM certificate"u8.ToArray()),
    ];

    /// <summary>Writes what the file is and answers the length of the text.</summary>
    /// <param name="head">The first bytes, at most <see cref="Depth"/>.</param>
    /// <param name="text">At least <see cref="MostText"/> bytes.</param>
    public static int Describe(ReadOnlySpan<byte> head, Span<byte> text)
    {
        foreach (Signature signature in s_signatures)
        {
            if (head.Length < signature.At + signature.Bytes.Length || !head[signature.At..].StartsWith(signature.Bytes)) continue;
            int detailed = signature.Detail?.Invoke(head, text) ?? 0;
            if (detailed > 0) return detailed;
            if (detailed == 0) return Say(text, signature.Text);
        }

        return Say(text, TextType.Describe(head));
    }

    /// <summary>For details that find out that the signature was a coincidence.</summary>
    internal const int NotMine = -1;

    internal static int Say(Span<byte> text, ReadOnlySpan<byte> words)
    {
        words.CopyTo(text);
        return words.Length;
    }
}
