using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>Takes request lines and host names apart (RFC 9112 section 3), leniently, and says what was odd.</summary>
internal static class HttpRequestHead
{
    /// <summary>Reads "METHOD target HTTP/x.y" out of a line that lies at the beginning of the raw bytes.</summary>
    public static void ReadLine(HttpTransaction one, ReadOnlySpan<byte> line)
    {
        int end = line.Length;
        while (end > 0 && HttpText.IsSpace(line[end - 1])) end--;
        int start = 0;
        while (start < end && HttpText.IsSpace(line[start])) start++;
        if (start > 0) one.Raise(HttpEvent.RequestLineLeadingWhitespace);

        int methodEnd = start;
        while (methodEnd < end && !HttpText.IsSpace(line[methodEnd])) methodEnd++;
        one.Method = new ByteRange(start, methodEnd - start);
        ReadOnlySpan<byte> method = line[start..methodEnd];
        if (method.IndexOfAnyExcept(HttpText.Token) >= 0) one.Raise(HttpEvent.RequestLineInvalid);
        one.IsHead = method.SequenceEqual("HEAD"u8);
        one.IsConnect = method.SequenceEqual("CONNECT"u8);
        if (methodEnd == end)
        {
            one.Raise(HttpEvent.RequestLineIncomplete);
            return;
        }

        int target = methodEnd;
        while (target < end && HttpText.IsSpace(line[target])) target++;
        if (target - methodEnd != 1 || line[methodEnd] != ' ') one.Raise(HttpEvent.MethodDelimNonCompliant);
        ReadTargetAndProtocol(one, line, target, end);
    }

    /// <summary>Normalises the target, and takes host and port out of an absolute one.</summary>
    public static void ReadTarget(HttpTransaction one, HttpOptions options)
    {
        ReadOnlySpan<byte> raw = one.InRequest(one.RawUri);
        HttpUri.Split(raw, one.IsConnect, out ByteRange authority, out int pathStart);
        if (!authority.IsEmpty)
        {
            one.UriHost = new ByteRange(one.RawUri.Start + authority.Start, authority.Length);
            bool good = HttpUri.SplitHost(raw.Slice(authority.Start, authority.Length), out ReadOnlySpan<byte> host, out int port);
            if (!good) one.Raise(HttpEvent.RequestUriHostInvalid);
            SetHost(one, host, port);
        }

        if (one.IsConnect && pathStart == raw.Length)
        {
            one.Uri.Append(raw);
            return;
        }

        ReadOnlySpan<byte> path = options.UriIncludesAll ? raw : raw[pathStart..];
        one.NormalisedPathLength = HttpUri.Normalise(path, options, one.Uri, out bool doubleEncoded);
        if (doubleEncoded) one.Raise(HttpEvent.DoubleEncodedUri);
    }

    /// <summary>The host the request is for: the target's, else the Host header's.</summary>
    public static void ReadHost(HttpTransaction one, int serverPort)
    {
        HttpHeaders headers = one.Request.Headers;
        int index = headers.IndexOf(KnownHeader.Host);
        if (index < 0)
        {
            if (one.UriHost.IsEmpty && one.InRequest(one.RequestProtocol).SequenceEqual("HTTP/1.1"u8)) one.Raise(HttpEvent.MissingHostHeader);
            return;
        }

        ReadOnlySpan<byte> value = headers.Value(index);
        if (!HttpUri.SplitHost(value, out ReadOnlySpan<byte> host, out int port)) one.Raise(HttpEvent.RequestHeaderHostInvalid);
        if (headers.Repetitions(index) > 0) one.Raise(HttpEvent.HostHeaderAmbiguous);
        if (one.Host.Length > 0)
        {
            if (!System.Text.Ascii.EqualsIgnoreCase(one.Host.Span, host)) one.Raise(HttpEvent.HostHeaderAmbiguous);
        }
        else
        {
            SetHost(one, host, port);
        }

        if (one.Port >= 0 && one.Port != serverPort && serverPort != 0 && !one.IsConnect) one.Raise(HttpEvent.RequestServerPortTcpPortMismatch);
    }

    public static void CheckAuthorization(HttpTransaction one)
    {
        if (!one.Request.Headers.TryGet(KnownHeader.Authorization, out ReadOnlySpan<byte> value)) return;
        if (!HttpText.StartsWith(value, "basic"u8) && !HttpText.StartsWith(value, "digest"u8) && !HttpText.StartsWith(value, "bearer"u8)) one.Raise(HttpEvent.RequestAuthUnrecognized);
    }

    private static void ReadTargetAndProtocol(HttpTransaction one, ReadOnlySpan<byte> line, int target, int end)
    {
        int last = end;
        while (last > target && !HttpText.IsSpace(line[last - 1])) last--;
        if (last > target && HttpText.StartsWith(line[last..end], "HTTP/"u8))
        {
            one.RequestProtocol = new ByteRange(last, end - last);
            one.RequestHasProtocol = true;
            int uriEnd = last;
            while (uriEnd > target && HttpText.IsSpace(line[uriEnd - 1])) uriEnd--;
            if (last - uriEnd != 1 || line[uriEnd] != ' ') one.Raise(HttpEvent.UriDelimNonCompliant);
            one.RawUri = new ByteRange(target, uriEnd - target);
            return;
        }

        one.RawUri = new ByteRange(target, end - target);
        one.Raise(HttpEvent.RequestLineMissingProtocol);
    }

    private static void SetHost(HttpTransaction one, ReadOnlySpan<byte> host, int port)
    {
        one.Host.Release();
        one.Host.Append(host, 1024);
        foreach (ref byte letter in one.Host.Writable)
        {
            if (letter is >= (byte)'A' and <= (byte)'Z') letter |= 0x20;
        }

        one.Port = port;
    }
}
