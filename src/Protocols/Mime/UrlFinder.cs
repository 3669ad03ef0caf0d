using System.Buffers;
using System.Text;
using Sensor.Primitives;

namespace Sensor.Protocols.Mime;

/// <summary>Finds links in the text of a mail as it passes, a line at a time (user guide, "Suricata.yaml", mime: extract-urls).</summary>
internal sealed class UrlFinder(MimeOptions options, ByteSlab slab)
{
    /// <summary>Bytes of text that are looked through together; a longer line is looked through in pieces, and a link across them is cut.</summary>
    private const int MostLine = 8 * 1024;

    /// <summary>Longest link kept; the rest is cut off.</summary>
    private const int LongestUrl = 2048;

    private static readonly SearchValues<byte> UrlEnd = SearchValues.Create(" \t\r\n\0\"'<>]"u8);
    private static readonly SearchValues<byte> Ipv4Characters = SearchValues.Create("0123456789."u8);
    private static readonly byte[][] Executables = [[.. ".exe"u8], [.. ".vbs"u8], [.. ".bin"u8], [.. ".cmd"u8], [.. ".bat"u8], [.. ".jar"u8], [.. ".js"u8]];

    private readonly LineReader _lines = new(slab, MostLine) { CutsLong = false };

    public void Append(ReadOnlySpan<byte> text, EmailFields into)
    {
        int at = 0;
        while (at < text.Length && _lines.TryRead(text, ref at, out ReadOnlySpan<byte> line)) Scan(line, into);
    }

    public void Finish(EmailFields into)
    {
        if (_lines.TryFinish(out ReadOnlySpan<byte> line)) Scan(line, into);
        _lines.Release();
    }

    public void Release() => _lines.Release();

    private void Scan(ReadOnlySpan<byte> line, EmailFields into)
    {
        while (true)
        {
            int colon = line.IndexOf((byte)':');
            if (colon < 0) return;
            int scheme = SchemeBefore(line, colon, out int start);
            if (scheme == 0)
            {
                line = line[(colon + 1)..];
                continue;
            }

            ReadOnlySpan<byte> rest = line[start..];
            int end = rest.IndexOfAny(UrlEnd);
            ReadOnlySpan<byte> url = end < 0 ? rest : rest[..end];
            if (url.Length > scheme) Keep(url, scheme, into);
            line = rest[Math.Max(url.Length, scheme)..];
        }
    }

    /// <summary>Length of the scheme (with what divides it from the rest) around this colon, 0 for none.</summary>
    private int SchemeBefore(ReadOnlySpan<byte> line, int colon, out int start)
    {
        foreach (byte[] scheme in options.Schemes)
        {
            start = colon - scheme.AsSpan().IndexOf((byte)':');
            if (start < 0 || start + scheme.Length > line.Length || !Ascii.EqualsIgnoreCase(line.Slice(start, scheme.Length), scheme)) continue;
            if (start == 0 || !char.IsAsciiLetter((char)line[start - 1])) return scheme.Length;
        }

        start = 0;
        return 0;
    }

    private void Keep(ReadOnlySpan<byte> url, int scheme, EmailFields into)
    {
        Span<byte> lower = stackalloc byte[LongestUrl];
        if (!options.KeepsScheme) url = url[scheme..];
        if (url.Length > LongestUrl) url = url[..LongestUrl];
        Ascii.ToLower(url, lower, out int length);
        if (length < url.Length) url[length..].CopyTo(lower[length..]);
        lower = lower[..url.Length];
        into.Urls.Add(lower);
        ReadOnlySpan<byte> host = options.KeepsScheme ? lower[Math.Min(scheme, lower.Length)..] : lower;
        into.HasExecutableUrl |= EndsLikeProgram(lower);
        int end = host.IndexOfAny("/:?#"u8);
        if (!host.IsEmpty && host[0] == '[') into.HasIpv6Url = true;
        else into.HasIpv4Url |= IsIpv4(end < 0 ? host : host[..end]);
    }

    private static bool EndsLikeProgram(ReadOnlySpan<byte> url)
    {
        foreach (byte[] ending in Executables)
        {
            if (url.EndsWith(ending)) return true;
        }

        return false;
    }

    private static bool IsIpv4(ReadOnlySpan<byte> host)
    {
        if (host.IndexOfAnyExcept(Ipv4Characters) >= 0 || host.Count((byte)'.') != 3) return false;
        foreach (Range part in host.Split((byte)'.'))
        {
            if (!System.Buffers.Text.Utf8Parser.TryParse(host[part], out byte _, out int used) || used != host[part].Length) return false;
        }

        return true;
    }
}
