using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>Whether a direction begins like HTTP/1.</summary>
internal static class HttpProbe
{
    /// <summary>Line ends and spaces that may stand before the first message; clients and servers pass over them.</summary>
    private const int MaximumLead = 8;

    private const int LongestMethod = 32;

    /// <summary>A known method and a space; with any other token the line has to say HTTP.</summary>
    public static ParseStatus Request(ReadOnlySpan<byte> start)
    {
        if (!SkipLead(ref start)) return ParseStatus.NeedMore;
        int end = start.IndexOfAnyExcept(HttpText.Token);
        if (end < 0) return start.Length <= LongestMethod ? ParseStatus.NeedMore : ParseStatus.Malformed;
        if (end == 0 || end > LongestMethod || start[end] is not ((byte)' ' or (byte)'\t')) return ParseStatus.Malformed;

        int line = start.IndexOf((byte)'\n');
        ReadOnlySpan<byte> first = line < 0 ? start : start[..line];
        bool known = HttpText.IsKnownMethod(start[..end]);
        if (known) return first.IndexOf(" SIP/"u8) >= 0 || first.IndexOf(" RTSP/"u8) >= 0 ? ParseStatus.Malformed : ParseStatus.Done;
        int protocol = HttpText.IndexOf(first, " HTTP/"u8);
        if (protocol >= 0 && first.Length > protocol + 6) return first[protocol + 6] is (byte)'0' or (byte)'1' ? ParseStatus.Done : ParseStatus.Malformed;
        return line < 0 ? ParseStatus.NeedMore : ParseStatus.Malformed;
    }

    /// <summary>A status line of version 0.9 to 1.x; HTTP/2 is a protocol of its own.</summary>
    public static ParseStatus Response(ReadOnlySpan<byte> start)
    {
        if (!SkipLead(ref start)) return ParseStatus.NeedMore;
        ReadOnlySpan<byte> wanted = "HTTP/"u8;
        if (start.Length < wanted.Length) return HttpText.StartsWith(wanted, start) ? ParseStatus.NeedMore : ParseStatus.Malformed;
        if (!HttpText.StartsWith(start, wanted)) return ParseStatus.Malformed;
        if (start.Length == wanted.Length) return ParseStatus.NeedMore;
        return start[wanted.Length] is (byte)'0' or (byte)'1' ? ParseStatus.Done : ParseStatus.Malformed;
    }

    private static bool SkipLead(ref ReadOnlySpan<byte> start)
    {
        int lead = 0;
        while (lead < start.Length && lead < MaximumLead && HttpText.IsSpace(start[lead])) lead++;
        start = start[lead..];
        return !start.IsEmpty;
    }
}
