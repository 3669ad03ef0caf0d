using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>What servers send.</summary>
internal sealed class HttpResponseSide(HttpParser parser) : HttpSide(parser, Direction.ToClient)
{
    private readonly GrowingBytes _garbage = new(parser.Memory.Bytes);

    public override void Reset()
    {
        _garbage.Release();
        base.Reset();
    }

    protected override bool TakeStartLine(ReadOnlySpan<byte> line, ReadOnlySpan<byte> following, in ParseContext context)
    {
        ReadOnlySpan<byte> text = line;
        while (!text.IsEmpty && HttpText.IsSpace(text[0])) text = text[1..];
        if (text.IsEmpty) return true;
        if (HttpText.StartsWith(text, "HTTP/"u8)) return TakeStatusLine(line, text, context);
        if (Resynchronising) return true;
        _garbage.Append(line, Options.FieldLimit);
        Stage = HttpStage.AfterGarbage;
        return true;
    }

    /// <summary>A line that is no status line: passed over when a status line follows, else the response has no head (HTTP/0.9).</summary>
    protected override bool AfterGarbage(ReadOnlySpan<byte> data, ref int at, in ParseContext context)
    {
        ReadOnlySpan<byte> following = data[at..];
        ReadOnlySpan<byte> wanted = "HTTP/"u8;
        if (following.Length < wanted.Length && HttpText.StartsWith(wanted, following) && !context.IsEnd) return true;
        if (HttpText.StartsWith(following, wanted))
        {
            _garbage.Truncate(0);
            Stage = HttpStage.StartLine;
            return true;
        }

        GarbageIsBody(context);
        return true;
    }

    protected override void GarbageIsBody(in ParseContext context)
    {
        Stage = HttpStage.StartLine;
        HttpTransaction? one = Parser.Unanswered();
        if (one is null)
        {
            // Nobody asked: not a response but bytes left over from the last one. A response may still follow.
            if (Parser.Last is { } last) last.Raise(HttpEvent.UnableToMatchResponseToRequest);
            else Parser.Events.Add((int)HttpEvent.UnableToMatchResponseToRequest);
            Resynchronising = true;
            _garbage.Truncate(0);
            return;
        }

        Current = one;
        one.Raise(HttpEvent.ResponseInvalidProtocol);
        TellCutLine();
        Message.BodyLimit = Options.ResponseBodyLimit;
        BeginToEnd(context);
        DeliverBody(_garbage.Span, context);
        _garbage.Truncate(0);
    }

    protected override void EndInStartLine(ReadOnlySpan<byte> line, in ParseContext context)
    {
        if (!TakeStartLine(line, default, context)) return;
        if (Stage == HttpStage.AfterGarbage) GarbageIsBody(context);
    }

    protected override void HeadersDone(ReadOnlySpan<byte> following, in ParseContext context)
    {
        HttpTransaction one = Current!;
        long length = HttpFraming.ContentLength(one, Direction);
        bool chunked = HttpFraming.IsChunked(one, Direction);
        if (IsInterim(one, framed: chunked || length >= 0))
        {
            SkipInterim(one);
            return;
        }

        Advance(HttpProgress.Headers, context);
        Message.BodyLimit = Options.ResponseBodyLimit;
        if (chunked && one.InResponse(one.ResponseProtocol).EndsWith("1.0"u8)) one.Raise(HttpEvent.ResponseChunkedOldProto);
        if (HasNoBody(one, framed: chunked || length >= 0))
        {
            FinishMessage(context, complete: true);
            return;
        }

        BeginDecoding(Options.ResponseDecompressLayers);
        CheckRange(one);
        if (chunked) BeginChunked(length, context);
        else if (length == 0) FinishMessage(context, complete: true);
        else if (length > 0) BeginLength(length, context);
        else BeginToEnd(context);
    }

    protected override void MessageDone(in ParseContext context)
    {
        HttpTransaction one = Current!;
        if (one.IsConnect && one.StatusCode is >= 200 and < 300) HandOver(one, AppParser.DetectAgain, context);
        else if (one.StatusCode == 101) HandOver(one, UpgradeTarget(one), context);
        else if (one.IsConnect) Parser.ConnectRefused();
    }

    private bool TakeStatusLine(ReadOnlySpan<byte> line, ReadOnlySpan<byte> text, in ParseContext context)
    {
        HttpTransaction? one = Parser.Unanswered();
        if (one is null)
        {
            one = Parser.Open(context);
            if (one is null) return false;
            one.Raise(HttpEvent.UnableToMatchResponseToRequest);
            one.RequestProgress = HttpProgress.Complete;
            one.Request.BodyDone = true;
        }

        Resynchronising = false;
        Current = one;
        TellCutLine();
        _garbage.Truncate(0);

        // A bare CR ends the status line for lenient clients; what follows is the first header.
        int lead = line.Length - text.Length;
        int bareReturn = text.TrimEnd("\r\n"u8).IndexOf((byte)'\r');
        int length = bareReturn < 0 ? line.Length : lead + bareReturn + 1;
        HttpHeaders headers = Message.Headers;
        headers.Raw.Append(line[..length], Options.HeadLimit);
        headers.StartLineLength = headers.Raw.Length;
        HttpStatusLine.Read(one, headers.Raw.Span, lead);
        Stage = HttpStage.Headers;
        if (one.StatusCode is < 100 or >= 200 or 101) Advance(HttpProgress.Line, context);
        if (bareReturn >= 0) AddHeaderLine(line[length..]);
        return true;
    }

    private static bool IsInterim(HttpTransaction one, bool framed) => one.StatusCode is >= 100 and < 200 and not 101 && !framed;

    /// <summary>An interim response (RFC 9110 section 15.2): the real one follows on the same exchange.</summary>
    private void SkipInterim(HttpTransaction one)
    {
        if (one.ContinueSeen && one.StatusCode == 100) one.Raise(HttpEvent.ContinueAlreadySeen);
        one.ContinueSeen |= one.StatusCode == 100;
        Message.Headers.Release();
        one.ResponseProtocol = one.Status = one.StatusMessage = default;
        one.StatusCode = 0;
        Current = null;
        Stage = HttpStage.StartLine;
    }

    /// <summary>RFC 9112 section 6.3. Codes without a body are believed only where no header frames one, except 304 and answers to HEAD.</summary>
    private static bool HasNoBody(HttpTransaction one, bool framed) =>
        one.IsHead || one.StatusCode == 304 || one.StatusCode == 101
        || (one.IsConnect && one.StatusCode is >= 200 and < 300)
        || (one.StatusCode is 204 or 205 && !framed);

    private void HandOver(HttpTransaction one, string next, in ParseContext context)
    {
        one.RequestProgress = HttpProgress.Complete;
        one.ResponseProgress = HttpProgress.Complete;
        if (context.Flow.Application is AppSession { Original: not null })
        {
            one.Raise(HttpEvent.FailedProtocolChange);
            if (one.StatusCode == 101) return;
        }

        Parser.HandOverTo = next;
    }

    private static string UpgradeTarget(HttpTransaction one)
    {
        if (!one.Response.Headers.TryGet(KnownHeader.Upgrade, out ReadOnlySpan<byte> value)) return AppParser.DetectAgain;
        if (HttpText.StartsWith(value, "h2c"u8)) return "http2";
        return HttpText.StartsWith(value, "websocket"u8) ? "websocket" : AppParser.DetectAgain;
    }

    private static void CheckRange(HttpTransaction one)
    {
        HttpHeaders headers = one.Response.Headers;
        if (headers.TryGet(KnownHeader.ContentType, out ReadOnlySpan<byte> type) && HttpText.StartsWith(type, "multipart/byteranges"u8)) one.Raise(HttpEvent.ResponseMultipartByteranges);
        if (one.StatusCode == 206 && headers.TryGet(KnownHeader.ContentRange, out ReadOnlySpan<byte> range) && !ContentRange.TryRead(range, out _)) one.Raise(HttpEvent.RangeInvalid);
    }
}
