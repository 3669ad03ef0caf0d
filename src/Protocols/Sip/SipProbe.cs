using Sensor.Primitives;

namespace Sensor.Protocols.Sip;

/// <summary>Tells a SIP message by its start line: <c>METHOD sip:… SIP/2.0</c> or <c>SIP/2.0 200 …</c> (RFC 3261 section 7).</summary>
internal static class SipProbe
{
    public const int Depth = 512;

    private const int LongestMethod = 16;

    public static ParseStatus Probe(ReadOnlySpan<byte> start)
    {
        start = start.TrimStart("\r\n"u8);
        if (start.IsEmpty) return ParseStatus.NeedMore;
        ReadOnlySpan<byte> version = "SIP/2.0 "u8;
        if (start.StartsWith(version)) return ParseStatus.Done;
        if (version.StartsWith(start)) return ParseStatus.NeedMore;
        int space = start.IndexOf((byte)' ');
        ReadOnlySpan<byte> method = space < 0 ? start : start[..space];
        if (method.Length is 0 or > LongestMethod || method.IndexOfAnyExceptInRange((byte)'A', (byte)'Z') >= 0) return ParseStatus.Malformed;
        if (space < 0) return ParseStatus.NeedMore;
        ReadOnlySpan<byte> uri = start[(space + 1)..];
        if (IsScheme(uri, "sip:"u8) || IsScheme(uri, "sips:"u8)) return ParseStatus.Done;
        int end = uri.IndexOf((byte)'\n');
        if (end >= 0) return uri[..end].IndexOf(" SIP/2.0"u8) >= 0 ? ParseStatus.Done : ParseStatus.Malformed;
        return uri.IndexOf((byte)' ') is >= 0 and var gap && !" SIP/2.0"u8.StartsWith(uri[gap..]) && !uri[gap..].StartsWith(" SIP/2.0"u8) ? ParseStatus.Malformed : ParseStatus.NeedMore;
    }

    private static bool IsScheme(ReadOnlySpan<byte> uri, ReadOnlySpan<byte> scheme) =>
        uri.Length >= scheme.Length && System.Text.Ascii.EqualsIgnoreCase(uri[..scheme.Length], scheme);
}
