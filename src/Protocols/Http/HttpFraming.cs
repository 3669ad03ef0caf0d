using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>How long a body is, as its headers say (RFC 9112 section 6).</summary>
internal static class HttpFraming
{
    /// <summary>The first length that can be read out of Content-Length; -1 when there is none.</summary>
    public static long ContentLength(HttpTransaction one, Direction direction)
    {
        HttpHeaders headers = one.Message(direction).Headers;
        int index = headers.IndexOf(KnownHeader.ContentLength);
        if (index < 0) return -1;
        bool isRequest = direction == Direction.ToServer;
        if (headers.Repetitions(index) > 0) one.Raise(isRequest ? HttpEvent.DuplicateContentLengthFieldInRequest : HttpEvent.DuplicateContentLengthFieldInResponse);
        if (!HttpText.TryNumber(headers.Value(index), out long length, out bool before, out bool after))
        {
            one.Raise(isRequest ? HttpEvent.InvalidContentLengthFieldInRequest : HttpEvent.InvalidContentLengthFieldInResponse);
            return -1;
        }

        if (before) one.Raise(HttpEvent.ContentLengthExtraDataStart);
        if (after && headers.Repetitions(index) == 0) one.Raise(HttpEvent.ContentLengthExtraDataEnd);
        return length;
    }

    /// <summary>Whether anything in Transfer-Encoding says chunked; whether the body really is, its first bytes tell.</summary>
    public static bool IsChunked(HttpTransaction one, Direction direction)
    {
        if (!one.Message(direction).Headers.TryGet(KnownHeader.TransferEncoding, out ReadOnlySpan<byte> value)) return false;
        Span<byte> clean = stackalloc byte[256];
        ReadOnlySpan<byte> words = HttpText.WithoutControls(value, clean);
        bool isRequest = direction == Direction.ToServer;
        bool chunked = HttpText.Contains(words, "chunked"u8);
        bool exactly = System.Text.Ascii.EqualsIgnoreCase(HttpText.Trim(value), "chunked"u8);
        if (!chunked) one.Raise(isRequest ? HttpEvent.InvalidTransferEncodingValueInRequest : HttpEvent.InvalidTransferEncodingValueInResponse);
        else if (!exactly && !isRequest) one.Raise(HttpEvent.ResponseAbnormalTransferEncoding);
        return chunked;
    }
}
