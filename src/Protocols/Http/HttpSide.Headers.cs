using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>Header lines.</summary>
internal abstract partial class HttpSide
{
    private void TakeHeaderLine(ReadOnlySpan<byte> line, ReadOnlySpan<byte> following, in ParseContext context)
    {
        TellCutLine();
        if (Stage == HttpStage.Trailer) Message.WireLength += line.Length;
        if (line.Length == 1 || (line.Length == 2 && line[0] == '\r'))
        {
            KeepRaw(line);
            EndOfHeaders(following, context);
            return;
        }

        if (line.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            KeepRaw(line);
            Stage = Stage == HttpStage.Trailer ? HttpStage.Trailer : HttpStage.DoubtfulBlank;
            return;
        }

        AddHeaderLine(line);
    }

    /// <summary>
    /// A line of white space: by the rules a folded nothing, for some clients the end of the headers. It is the end
    /// unless what follows is an end of its own, another fold or another header.
    /// </summary>
    private void DecideBlank(ReadOnlySpan<byte> following, in ParseContext context)
    {
        if (following[0] is (byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t')
        {
            Stage = HttpStage.Headers;
            return;
        }

        switch (HttpText.LooksLikeHeader(following))
        {
            case ParseStatus.Done: Stage = HttpStage.Headers; break;
            case ParseStatus.NeedMore when !context.IsEnd: break;
            default: EndOfHeaders(following, context); break;
        }
    }

    private void EndOfHeaders(ReadOnlySpan<byte> following, in ParseContext context)
    {
        if (Stage == HttpStage.Trailer)
        {
            FinishMessage(context, complete: true);
            return;
        }

        HeadersDone(following, context);
    }

    /// <summary>Servers may end header lines with a bare CR as far as lenient clients are concerned; requests are read strictly.</summary>
    protected void AddHeaderLine(ReadOnlySpan<byte> line)
    {
        int start = Message.Headers.Raw.Length;
        KeepRaw(line);
        int kept = Message.Headers.Raw.Length - start;
        if (kept < line.Length) Current!.Raise(IsRequest ? HttpEvent.RequestTooManyHeaders : HttpEvent.ResponseTooManyHeaders);
        ReadOnlySpan<byte> text = line[..kept].TrimEnd("\r\n"u8);
        if (text.IsEmpty) return;
        if (IsRequest || text.IndexOf((byte)'\r') < 0)
        {
            AddField(text, start);
            return;
        }

        int at = 0;
        while (at < text.Length)
        {
            int end = text[at..].IndexOf((byte)'\r');
            ReadOnlySpan<byte> part = end < 0 ? text[at..] : text.Slice(at, end);
            if (part.IndexOfAnyExcept(" \t"u8) >= 0) AddField(part, start + at);
            at += part.Length + 1;
        }
    }

    private void AddField(ReadOnlySpan<byte> text, int start)
    {
        HttpHeaders headers = Message.Headers;
        int colon = text.IndexOf((byte)':');
        bool isFolded = text[0] is (byte)' ' or (byte)'\t' || (text[0] < 0x20 && colon < 0 && headers.Count > 0);
        if (isFolded)
        {
            ReadOnlySpan<byte> folded = text.Trim(" \t"u8);
            bool isOwnHeader = headers.Count == 0 || IsFramingHeader(folded);
            if (headers.Count == 0) Current!.Raise(IsRequest ? HttpEvent.InvalidRequestFieldFolding : HttpEvent.InvalidResponseFieldFolding);
            if (!isOwnHeader)
            {
                FoldInto(headers, text, start);
                return;
            }
        }

        if (headers.Count >= Options.MaximumHeaders)
        {
            Current!.Raise(IsRequest ? HttpEvent.RequestTooManyHeaders : HttpEvent.ResponseTooManyHeaders);
            return;
        }

        if (colon < 0)
        {
            Current!.Raise(IsRequest ? HttpEvent.RequestFieldMissingColon : HttpEvent.ResponseFieldMissingColon);
            (int valueStart, int valueLength) = Trimmed(text);
            headers.Add(start + valueStart, 0, start + valueStart, valueLength);
            _unnamed = true;
            return;
        }

        _unnamed = false;
        (int nameStart, int nameLength) = Trimmed(text[..colon]);
        if (nameLength == 0 || text[..colon].IndexOfAnyExcept(HttpText.Token) >= 0) Current!.Raise(IsRequest ? HttpEvent.RequestHeaderInvalid : HttpEvent.ResponseHeaderInvalid);
        (int from, int length) = Trimmed(text[(colon + 1)..]);
        bool isFirst = headers.Add(start + nameStart, nameLength, start + colon + 1 + from, length);
        if (!isFirst) Current!.Raise(IsRequest ? HttpEvent.RequestHeaderRepetition : HttpEvent.ResponseHeaderRepetition);
    }

    /// <summary>The last field had no colon; one that comes in a fold belongs to it (<c>Transfer-Encoding\r\n : chunked</c>).</summary>
    private bool _unnamed;

    private void FoldInto(HttpHeaders headers, ReadOnlySpan<byte> text, int start)
    {
        (int at, int length) = Trimmed(text);
        if (_unnamed && length > 0 && text[at] == ':')
        {
            _unnamed = false;
            (int valueAt, int valueLength) = Trimmed(text[(at + 1)..]);
            headers.NameLast(start + at + 1 + valueAt, valueLength);
            return;
        }

        headers.Fold(text.Slice(at, length));
    }

    /// <summary>A fold that reads like a framing header is taken for one: some clients do not fold.</summary>
    private bool IsFramingHeader(ReadOnlySpan<byte> folded)
    {
        int colon = folded.IndexOf((byte)':');
        if (colon <= 0 || IsRequest) return false;
        return HttpHeaders.Find(folded[..colon]) is KnownHeader.TransferEncoding or KnownHeader.ContentEncoding;
    }

    private static (int Start, int Length) Trimmed(ReadOnlySpan<byte> text)
    {
        int start = 0, end = text.Length;
        while (start < end && text[start] is (byte)' ' or (byte)'\t') start++;
        while (end > start && text[end - 1] is (byte)' ' or (byte)'\t') end--;
        return (start, end - start);
    }

    private void KeepRaw(ReadOnlySpan<byte> line) => Message.Headers.Raw.Append(line, Options.HeadLimit);
}
