namespace Sensor.Protocols.Http;

/// <summary>A Content-Range of bytes (RFC 9110 section 14.4); -1 where it says nothing or <c>*</c>.</summary>
internal readonly record struct ContentRange(long Start, long End, long Size)
{
    public static bool TryRead(ReadOnlySpan<byte> value, out ContentRange range)
    {
        range = new ContentRange(-1, -1, -1);
        if (!HttpText.StartsWith(value, "bytes"u8)) return false;
        ReadOnlySpan<byte> rest = HttpText.Trim(value[5..]);
        int slash = rest.IndexOf((byte)'/');
        if (slash < 0) return false;
        long start = -1, end = -1, size = -1;
        ReadOnlySpan<byte> span = rest[..slash], total = rest[(slash + 1)..];
        if (!span.SequenceEqual("*"u8))
        {
            int dash = span.IndexOf((byte)'-');
            if (dash < 0 || !Number(span[..dash], out start) || !Number(span[(dash + 1)..], out end)) return false;
        }

        if (!total.SequenceEqual("*"u8) && !Number(total, out size)) return false;
        range = new ContentRange(start, end, size);
        return start <= end && (size < 0 || end < size);
    }

    private static bool Number(ReadOnlySpan<byte> text, out long number) =>
        HttpText.TryNumber(text, out number, out bool before, out bool after) && !before && !after;
}
