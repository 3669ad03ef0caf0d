namespace Sensor.Protocols.Http;

/// <summary>Takes "HTTP/x.y 200 reason" apart (RFC 9112 section 4), leniently.</summary>
internal static class HttpStatusLine
{
    /// <param name="one">Its ranges are set.</param>
    /// <param name="line">The line, at the beginning of the raw bytes.</param>
    /// <param name="start">Where "HTTP/" stands in it.</param>
    public static void Read(HttpTransaction one, ReadOnlySpan<byte> line, int start)
    {
        int end = line.Length;
        while (end > start && HttpText.IsSpace(line[end - 1])) end--;
        int protocolEnd = NextSpace(line, start, end);
        one.ResponseProtocol = new ByteRange(start, protocolEnd - start);
        if (!IsProtocol(line[start..protocolEnd])) one.Raise(HttpEvent.ResponseInvalidProtocol);

        int status = NextText(line, protocolEnd, end);
        int statusEnd = NextSpace(line, status, end);
        one.Status = new ByteRange(status, statusEnd - status);
        one.StatusCode = Number(line[status..statusEnd]);
        if (one.StatusCode is < 100 or > 999) one.Raise(HttpEvent.ResponseInvalidStatus);

        int message = NextText(line, statusEnd, end);
        one.StatusMessage = new ByteRange(message, end - message);
    }

    private static bool IsProtocol(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("HTTP/1.1"u8) || text.SequenceEqual("HTTP/1.0"u8) || text.SequenceEqual("HTTP/0.9"u8);

    private static int NextSpace(ReadOnlySpan<byte> line, int at, int end)
    {
        while (at < end && !HttpText.IsSpace(line[at])) at++;
        return at;
    }

    private static int NextText(ReadOnlySpan<byte> line, int at, int end)
    {
        while (at < end && HttpText.IsSpace(line[at])) at++;
        return at;
    }

    private static int Number(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > 9) return 0;
        int value = 0;
        foreach (byte one in text)
        {
            if (one is < (byte)'0' or > (byte)'9') return 0;
            value = (value * 10) + one - '0';
        }

        return value;
    }
}
