using System.Text;
using System.Text.Unicode;

namespace Sensor.Files.Types;

/// <summary>Kinds of text, and the rest.</summary>
internal static class TextType
{
    private static readonly (byte[] Word, byte[] Text)[] s_beginnings =
    [
        ("<!doctype html"u8.ToArray(), "HTML document"u8.ToArray()),
        ("<html"u8.ToArray(), "HTML document"u8.ToArray()),
        ("<head"u8.ToArray(), "HTML document"u8.ToArray()),
        ("<body"u8.ToArray(), "HTML document"u8.ToArray()),
        ("<script"u8.ToArray(), "HTML document"u8.ToArray()),
        ("<title"u8.ToArray(), "HTML document"u8.ToArray()),
        ("<table"u8.ToArray(), "HTML document"u8.ToArray()),
        ("<svg"u8.ToArray(), "SVG Scalable Vector Graphics image"u8.ToArray()),
        ("<?xml"u8.ToArray(), "XML 1.0 document"u8.ToArray()),
        ("<?php"u8.ToArray(), "PHP script"u8.ToArray()),
        ("@echo off"u8.ToArray(), "DOS batch file"u8.ToArray()),
    ];

    public static ReadOnlySpan<byte> Describe(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty) return "empty"u8;
        ReadOnlySpan<byte> text = head.StartsWith(Utf8Mark) ? head[3..] : head;
        ReadOnlySpan<byte> begin = text.TrimStart(" \t\r\n"u8);
        foreach ((byte[] word, byte[] kind) in s_beginnings)
        {
            if (begin.Length >= word.Length && Ascii.EqualsIgnoreCase(begin[..word.Length], word)) return kind;
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe])) return "Little-endian UTF-16 Unicode text"u8;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xfe, 0xff])) return "Big-endian UTF-16 Unicode text"u8;
        if (!IsText(head)) return "data"u8;
        if (Ascii.IsValid(head)) return "ASCII text"u8;
        return IsUtf8(head) ? "UTF-8 Unicode text"u8 : "ISO-8859 text"u8;
    }

    private static ReadOnlySpan<byte> Utf8Mark => [0xef, 0xbb, 0xbf];

    /// <summary>No control characters but those of text.</summary>
    private static bool IsText(ReadOnlySpan<byte> head)
    {
        foreach (byte one in head)
        {
            if (one < 0x20 && one is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0c or 0x1b or 0x08)) return false;
            if (one is 0x7f) return false;
        }

        return true;
    }

    /// <summary>The head may end inside a character.</summary>
    private static bool IsUtf8(ReadOnlySpan<byte> head)
    {
        for (int cut = 0; cut <= 3 && cut < head.Length; cut++)
        {
            if (Utf8.IsValid(head[..^cut])) return true;
        }

        return false;
    }
}
