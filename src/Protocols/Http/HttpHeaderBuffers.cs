using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>Buffers that are put together from the headers the first time a rule asks for them, and kept with the message.</summary>
internal static class HttpHeaderBuffers
{
    /// <summary>"Name: value\r\n" of every header but the cookies, which have a buffer of their own.</summary>
    public static ReadOnlySpan<byte> Normalised(HttpMessage message)
    {
        if (message.NormalisedHeaders.Length == 0) AppendAll(message.Headers, message.NormalisedHeaders);
        return message.NormalisedHeaders.Span;
    }

    /// <summary>"\r\nName\r\nName\r\n\r\n".</summary>
    public static ReadOnlySpan<byte> NamesOf(HttpMessage message)
    {
        GrowingBytes into = message.HeaderNames;
        if (into.Length > 0 || message.Headers.Count == 0) return into.Span;
        into.Append("\r\n"u8);
        for (int i = 0; i < message.Headers.Count; i++)
        {
            into.Append(message.Headers.Name(i));
            into.Append("\r\n"u8);
        }

        into.Append("\r\n"u8);
        return into.Span;
    }

    /// <summary>The start line, the normalised headers and an empty line.</summary>
    public static ReadOnlySpan<byte> StartOf(HttpTransaction one, Direction direction)
    {
        HttpMessage message = one.Message(direction);
        GrowingBytes into = message.Start;
        if (into.Length > 0 || message.Headers.StartLineLength == 0) return into.Span;
        into.Append(message.Headers.Raw.Span[..message.Headers.StartLineLength].Trim("\r\n"u8));
        into.Append("\r\n"u8);
        AppendAll(message.Headers, into);
        into.Append("\r\n"u8);
        return into.Span;
    }

    /// <summary>
    /// One header as "Name: value". Written as the sender wrote it, that text lies in the raw bytes and is shown in
    /// place; otherwise it is put together behind the names.
    /// </summary>
    public static bool TryHeader(HttpMessage message, int index, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (index >= message.Headers.Count) return false;
        if (message.Headers.TryInPlace(index, out bytes)) return true;

        GrowingBytes into = message.OneHeader;
        into.Truncate(0);
        Append(message.Headers, index, into);
        bytes = into.Span;
        return true;
    }

    private static void AppendAll(HttpHeaders headers, GrowingBytes into)
    {
        for (int i = 0; i < headers.Count; i++)
        {
            if (headers.Known(i) is KnownHeader.Cookie or KnownHeader.SetCookie) continue;
            Append(headers, i, into);
            into.Append("\r\n"u8);
        }
    }

    private static void Append(HttpHeaders headers, int index, GrowingBytes into)
    {
        into.Append(headers.Name(index));
        into.Append(": "u8);
        into.Append(headers.Value(index));
    }
}
