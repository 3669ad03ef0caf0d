using System.Buffers;

namespace Sensor.Reputation;

/// <summary>
/// One spelling for URLs that mean the same, so that a list entry and an observed request meet: scheme and fragment
/// dropped, userinfo dropped, host lower-cased without its trailing dot and default port, percent-escapes of
/// ordinary characters undone, dot segments removed (RFC 3986 sections 5.2.4 and 6.2.2). Nothing is allocated.
/// </summary>
public static class UrlCanonical
{
    /// <summary>Longest URL looked up; longer ones are cut here, so only their beginning can match (a path prefix still does).</summary>
    public const int MaximumLength = 2048;

    private static readonly SearchValues<byte> HostEnd = SearchValues.Create("/?#"u8);

    /// <summary>Host as lists spell it: lower case, no port, no trailing dot. Answers the bytes written, 0 when there is no host.</summary>
    public static int Host(ReadOnlySpan<byte> host, Span<byte> destination)
    {
        int at = host.LastIndexOf((byte)'@');
        if (at >= 0) host = host[(at + 1)..];
        if (host.Length > 0 && host[0] == (byte)'[')
        {
            int close = host.IndexOf((byte)']');
            host = close > 0 ? host[1..close] : default;
        }
        else
        {
            int colon = host.LastIndexOf((byte)':');
            if (colon >= 0 && host.IndexOf((byte)':') == colon) host = host[..colon];
        }

        host = host.TrimEnd((byte)'.');
        if (host.Length > destination.Length) return 0;
        for (int i = 0; i < host.Length; i++) destination[i] = Lower(host[i]);
        return host.Length;
    }

    /// <summary>
    /// Path and query in canonical form, beginning with a slash. <paramref name="path"/> may be an absolute-form
    /// target (<c>http://host/path</c>); its scheme and host are skipped.
    /// </summary>
    public static int Path(ReadOnlySpan<byte> path, Span<byte> destination)
    {
        int scheme = path.IndexOf("://"u8);
        if (scheme is > 0 and < 10)
        {
            path = path[(scheme + 3)..];
            int slash = path.IndexOfAny(HostEnd);
            path = slash < 0 ? default : path[slash..];
        }

        int fragment = path.IndexOf((byte)'#');
        if (fragment >= 0) path = path[..fragment];
        int query = path.IndexOf((byte)'?');
        ReadOnlySpan<byte> before = query < 0 ? path : path[..query];

        int written = Segments(before, destination);
        if (query < 0) return written;
        return written + Unescape(path[query..], destination[written..]);
    }

    // Copies segment by segment; ".." takes the last one back. Escapes are undone first, so "%2e%2e" counts as "..".
    private static int Segments(ReadOnlySpan<byte> path, Span<byte> destination)
    {
        if (destination.IsEmpty) return 0;
        destination[0] = (byte)'/';
        int written = 1;
        while (!path.IsEmpty)
        {
            if (path[0] is (byte)'/')
            {
                path = path[1..];
                continue;
            }

            int end = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> segment = end < 0 ? path : path[..end];
            path = end < 0 ? default : path[end..];

            int length = Unescape(segment, destination[written..]);
            ReadOnlySpan<byte> clean = destination.Slice(written, length);
            if (clean.SequenceEqual("."u8)) continue;
            if (clean.SequenceEqual(".."u8))
            {
                written = written <= 1 ? 1 : destination[..(written - 1)].LastIndexOf((byte)'/') + 1;
                continue;
            }

            written += length;
            if (!path.IsEmpty && written < destination.Length) destination[written++] = (byte)'/';
            if (written >= destination.Length) break;
        }

        return written;
    }

    private static int Unescape(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        int written = 0;
        for (int i = 0; i < text.Length && written < destination.Length; i++)
        {
            byte value = text[i];
            if (value == (byte)'%' && i + 2 < text.Length && TryHex(text[i + 1], text[i + 2], out byte decoded) && decoded is > 0x20 and < 0x7F and not (byte)'%' and not (byte)'/' and not (byte)'?' and not (byte)'#')
            {
                value = decoded;
                i += 2;
            }

            destination[written++] = value;
        }

        return written;
    }

    private static bool TryHex(byte high, byte low, out byte value)
    {
        int h = Digit(high), l = Digit(low);
        value = (byte)((h << 4) | l);
        return h >= 0 && l >= 0;

        static int Digit(byte c) => c switch
        {
            >= (byte)'0' and <= (byte)'9' => c - '0',
            >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
            _ => -1,
        };
    }

    private static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
}
