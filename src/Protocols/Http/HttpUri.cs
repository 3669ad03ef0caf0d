using System.Buffers;
using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>
/// Takes a request target apart and normalises it the way the reference engine's IDS personality does: percent
/// decoding once, backslash to slash, runs of slashes to one, dot segments removed; the query decoded once, plus kept.
/// </summary>
internal static class HttpUri
{
    private static readonly SearchValues<byte> AddressBytes = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    /// <summary>Where the authority of an absolute URI lies; -1 start when the target has none.</summary>
    public static void Split(ReadOnlySpan<byte> raw, bool isConnect, out ByteRange authority, out int pathStart)
    {
        authority = default;
        pathStart = 0;
        if (isConnect && !raw.StartsWith("/"u8))
        {
            authority = new ByteRange(0, raw.Length);
            pathStart = raw.Length;
            return;
        }

        int scheme = SchemeLength(raw);
        if (scheme == 0) return;
        int start = scheme;
        int length = raw[start..].IndexOfAny("/?#\\"u8);
        if (length < 0) length = raw.Length - start;
        authority = new ByteRange(start, length);
        pathStart = start + length;
    }

    /// <summary>Writes the normalised form of path, query and fragment; answers how long its path is. <paramref name="doubleEncoded"/>: an encoded percent sign led to another encoded byte.</summary>
    public static int Normalise(ReadOnlySpan<byte> target, HttpOptions options, GrowingBytes into, out bool doubleEncoded)
    {
        doubleEncoded = false;
        int prefix = into.Length;
        int query = target.IndexOfAny((byte)'?', (byte)'#');
        ReadOnlySpan<byte> path = query < 0 ? target : target[..query];
        into.Append(path);
        Span<byte> text = into.Writable[prefix..];
        int length = DecodePath(text, ref doubleEncoded);
        if (options.DoubleDecodePath) length = DecodePath(text[..length], ref doubleEncoded);
        length = RemoveDotSegments(text[..length]);
        into.Truncate(prefix + length);
        if (query < 0) return length;

        int queryStart = into.Length;
        into.Append(target[query..]);
        text = into.Writable[queryStart..];
        int queryLength = DecodeQuery(text, options.PlusIsSpace, ref doubleEncoded);
        if (options.DoubleDecodeQuery) queryLength = DecodeQuery(text[..queryLength], options.PlusIsSpace, ref doubleEncoded);
        into.Truncate(queryStart + queryLength);
        return length;
    }

    /// <summary>Splits "host:port" or "[v6]:port". False when the port or the host is none.</summary>
    public static bool SplitHost(ReadOnlySpan<byte> authority, out ReadOnlySpan<byte> host, out int port)
    {
        int user = authority.LastIndexOf((byte)'@');
        if (user >= 0) authority = authority[(user + 1)..];
        host = authority;
        port = -1;
        int colon = authority.StartsWith("["u8) ? authority.IndexOf("]:"u8) + 1 : authority.IndexOf((byte)':');
        if (colon > 0)
        {
            host = authority[..colon];
            ReadOnlySpan<byte> digits = authority[(colon + 1)..];
            if (!ParsePort(digits, out port)) return false;
        }

        while (host.EndsWith("."u8) && host.Length > 1) host = host[..^1];
        return IsHost(host);
    }

    private static bool ParsePort(ReadOnlySpan<byte> digits, out int port)
    {
        port = -1;
        if (digits.IsEmpty) return true;
        int value = 0;
        foreach (byte one in digits)
        {
            if (one is < (byte)'0' or > (byte)'9') return false;
            value = (value * 10) + one - '0';
            if (value > 65_535) return false;
        }

        if (value == 0) return false;
        port = value;
        return true;
    }

    private static bool IsHost(ReadOnlySpan<byte> host)
    {
        if (host.IsEmpty || host.Length > 255) return false;
        if (host[0] == '[') return host[^1] == ']' && host[1..^1].IndexOfAnyExcept(AddressBytes) < 0;
        int label = 0;
        foreach (byte one in host)
        {
            if (one == '.')
            {
                if (label is 0 or > 63) return false;
                label = 0;
                continue;
            }

            bool good = one is >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z' or >= (byte)'0' and <= (byte)'9' or (byte)'-' or (byte)'_';
            if (!good) return false;
            label++;
        }

        return label <= 63;
    }

    /// <summary>Length of "scheme://", 0 when the target does not begin with one.</summary>
    private static int SchemeLength(ReadOnlySpan<byte> raw)
    {
        int at = 0;
        while (at < raw.Length && at < 16 && ((raw[at] | 0x20) is >= 'a' and <= 'z' || (at > 0 && raw[at] is (byte)'+' or (byte)'-' or (byte)'.' or >= (byte)'0' and <= (byte)'9'))) at++;
        return at > 0 && raw[at..].StartsWith("://"u8) ? at + 3 : 0;
    }

    private static int DecodePath(Span<byte> text, ref bool doubleEncoded)
    {
        int write = 0;
        bool slash = false;
        for (int read = 0; read < text.Length;)
        {
            byte one = Next(text, ref read, ref doubleEncoded);
            if (one == '\\') one = (byte)'/';
            if (one == '/' && slash) continue;
            slash = one == '/';
            text[write++] = one;
        }

        return write;
    }

    private static int DecodeQuery(Span<byte> text, bool plusIsSpace, ref bool doubleEncoded)
    {
        int write = 0;
        for (int read = 0; read < text.Length;)
        {
            bool plus = plusIsSpace && text[read] == '+';
            byte one = Next(text, ref read, ref doubleEncoded);
            text[write++] = plus ? (byte)' ' : one;
        }

        return write;
    }

    /// <summary>The next byte, percent-decoded (%HH, and %uHHHH as some servers read it); what is not an encoding stays as it is.</summary>
    private static byte Next(ReadOnlySpan<byte> text, ref int at, ref bool doubleEncoded)
    {
        byte one = text[at];
        if (one != '%') { at++; return one; }
        ReadOnlySpan<byte> rest = text[(at + 1)..];
        if (rest.Length >= 2 && Hex(rest[0]) is >= 0 and var high && Hex(rest[1]) is >= 0 and var low)
        {
            at += 3;
            byte value = (byte)((high << 4) | low);
            if (value == '%' && rest.Length >= 4 && Hex(rest[2]) >= 0 && Hex(rest[3]) >= 0) doubleEncoded = true;
            return value;
        }

        if (rest.Length >= 5 && (rest[0] | 0x20) == 'u' && HexWord(rest.Slice(1, 4)) is >= 0 and var word)
        {
            at += 6;
            if (word is >= 0xff00 and <= 0xff5e) return (byte)(word - 0xfee0);
            return word <= 0xff ? (byte)word : (byte)'?';
        }

        at++;
        return one;
    }

    private static int HexWord(ReadOnlySpan<byte> digits)
    {
        int value = 0;
        foreach (byte one in digits)
        {
            int digit = Hex(one);
            if (digit < 0) return -1;
            value = (value << 4) | digit;
        }

        return value;
    }

    public static int Hex(byte one) => one switch
    {
        >= (byte)'0' and <= (byte)'9' => one - '0',
        >= (byte)'a' and <= (byte)'f' => one - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => one - 'A' + 10,
        _ => -1,
    };

    /// <summary>RFC 3986 section 5.2.4, in place. One pass: going back to the last slash undoes what was written once.</summary>
    private static int RemoveDotSegments(Span<byte> path)
    {
        int write = 0;
        for (int read = 0; read < path.Length;)
        {
            int end = path[(read + 1)..].IndexOf((byte)'/');
            end = end < 0 ? path.Length : read + 1 + end;
            ReadOnlySpan<byte> segment = path[read..end];
            bool isLast = end == path.Length;
            if (segment is [(byte)'/', (byte)'.'])
            {
                if (isLast) path[write++] = (byte)'/';
            }
            else if (segment is [(byte)'/', (byte)'.', (byte)'.'])
            {
                while (write > 0 && path[--write] != '/') { }
                if (isLast) path[write++] = (byte)'/';
            }
            else
            {
                segment.CopyTo(path[write..]);
                write += segment.Length;
            }

            read = end;
        }

        return write;
    }
}
