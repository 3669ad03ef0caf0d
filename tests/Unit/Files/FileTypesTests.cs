using System.Text;
using Sensor.Files.Types;

namespace Sensor.Tests.Files;

public sealed class FileTypesTests
{
    private static string TypeOf(ReadOnlySpan<byte> head)
    {
        Span<byte> text = stackalloc byte[FileTypes.MostText];
        return Encoding.ASCII.GetString(text[..FileTypes.Describe(head, text)]);
    }

    [Theory]
    [InlineData("%PDF-1.4\n", "PDF document, version 1.4")]
    [InlineData("GIF89a\x01\0", "GIF image data, version 89a")]
    [InlineData("\x1f\u008b\b\0", "gzip compressed data")]
    [InlineData("PK\x05\x06", "Zip archive data (empty)")]
    [InlineData("{\\rtf1\\ansi", "Rich Text Format data")]
    [InlineData("Rar!\x1a\a\x01\0", "RAR archive data, v5")]
    [InlineData("\n <!DOCTYPE HTML>", "HTML document")]
    [InlineData("<HTML><body>", "HTML document")]
    [InlineData("<?xml version='1.0'?>", "XML 1.0 document")]
    [InlineData("#!/bin/sh\n", "script text executable")]
    [InlineData("BMW is no bitmap but a text", "ASCII text")]
    [InlineData("hello\r\nworld", "ASCII text")]
    [InlineData("\0\x01\x02\x03", "data")]
    [InlineData("", "empty")]
    [InlineData("\u00e9t\u00e9", "ISO-8859 text")]
    public void Beginnings_name_the_type(string head, string expected) => Assert.Equal(expected, TypeOf(Encoding.Latin1.GetBytes(head)));

    [Fact]
    public void UTF_8_may_be_cut_inside_a_character() => Assert.Equal("UTF-8 Unicode text", TypeOf(Encoding.UTF8.GetBytes("日本語").AsSpan(0, 8)));

    [Fact]
    public void Size_of_a_PNG_is_told() =>
        Assert.Equal("PNG image data, 640 x 480", TypeOf([0x89, .. "PNG\r\n"u8, 0x1a, 0x0a, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 2, 0x80, 0, 0, 1, 0xe0]));

    [Theory]
    [InlineData(0x14c, 0x10b, 2, 0x0102, "PE32 executable (GUI) Intel 80386, for MS Windows")]
    [InlineData(0x8664, 0x20b, 3, 0x0022, "PE32+ executable (console) x86-64, for MS Windows")]
    [InlineData(0x14c, 0x10b, 2, 0x2102, "PE32 executable (DLL) (GUI) Intel 80386, for MS Windows")]
    public void Windows_executables_tell_machine_and_kind(int machine, int magic, int subsystem, int traits, string expected)
    {
        byte[] head = new byte[512];
        "MZ"u8.CopyTo(head);
        head[0x3c] = 0x80;
        "PE\0\0"u8.CopyTo(head.AsSpan(0x80));
        BitConverter.TryWriteBytes(head.AsSpan(0x84), (ushort)machine);
        BitConverter.TryWriteBytes(head.AsSpan(0x80 + 22), (ushort)traits);
        BitConverter.TryWriteBytes(head.AsSpan(0x80 + 24), (ushort)magic);
        BitConverter.TryWriteBytes(head.AsSpan(0x80 + 24 + 68), (ushort)subsystem);
        Assert.Equal(expected, TypeOf(head));
        Assert.Equal("MS-DOS executable", TypeOf(head.AsSpan(0, 100)));
    }

    [Fact]
    public void ELF_tells_width_and_machine()
    {
        byte[] head = [0x7f, .. "ELF"u8, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 62, 0];
        Assert.Equal("ELF 64-bit LSB shared object, x86-64", TypeOf(head));
    }

    [Theory]
    [InlineData("word/document.xml", "Microsoft Word 2007+")]
    [InlineData("xl/workbook.xml", "Microsoft Excel 2007+")]
    [InlineData("other.txt", "Microsoft OOXML")]
    public void Office_documents_are_told_from_other_archives(string second, string expected) =>
        Assert.Equal(expected, TypeOf([.. Entry("[Content_Types].xml", "abc"), .. Entry(second, "x")]));

    [Fact]
    public void Other_archives_are_archives()
    {
        Assert.Equal("Zip archive data", TypeOf(Entry("a.txt", "x")));
        Assert.Equal("Java archive data (JAR)", TypeOf(Entry("META-INF/MANIFEST.MF", "x")));
        Assert.Equal("OpenDocument", TypeOf(Entry("mimetype", "application/vnd.oasis.opendocument.text")));
    }

    [Fact]
    public void No_beginning_makes_it_throw()
    {
        var random = new Random(3);
        byte[][] words = ["MZ"u8.ToArray(), [0x7f, .. "ELF"u8], "PK\x03\x04"u8.ToArray(), "%PDF-"u8.ToArray(), [0xca, 0xfe, 0xba, 0xbe], "BM"u8.ToArray(), [0x89, .. "PNG\r\n"u8, 0x1a, 0x0a]];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] head = new byte[random.Next(0, 200)];
            random.NextBytes(head);
            byte[] word = words[random.Next(words.Length)];
            word.AsSpan(0, Math.Min(word.Length, head.Length)).CopyTo(head);
            Assert.NotEmpty(TypeOf(head));
        }
    }

    private static byte[] Entry(string name, string content)
    {
        byte[] head = new byte[30];
        "PK\x03\x04"u8.CopyTo(head);
        BitConverter.TryWriteBytes(head.AsSpan(18), content.Length);
        BitConverter.TryWriteBytes(head.AsSpan(26), (ushort)name.Length);
        return [.. head, .. Encoding.ASCII.GetBytes(name), .. Encoding.ASCII.GetBytes(content)];
    }
}
