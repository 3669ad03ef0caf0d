using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>What clients send.</summary>
internal sealed class HttpRequestSide(HttpParser parser) : HttpSide(parser, Direction.ToServer)
{
    /// <summary>The CONNECT that waits was refused.</summary>
    public void StopWaiting()
    {
        if (Stage == HttpStage.Waiting) Stage = HttpStage.StartLine;
    }

    protected override bool TakeStartLine(ReadOnlySpan<byte> line, ReadOnlySpan<byte> following, in ParseContext context)
    {
        if (line.IndexOfAnyExcept("\r\n"u8) < 0) return true;
        ReadOnlySpan<byte> text = HttpText.Trim(line);
        bool isRequest = HttpText.LooksLikeRequest(text) != ParseStatus.Malformed;
        if (Resynchronising && !(isRequest && HttpText.Contains(line, " HTTP/"u8))) return true;
        if (!isRequest && Parser.Last is { Request: { BodyDone: true, BodyLength: 0 } } last && last.RequestProgress == HttpProgress.Complete)
        {
            UnexpectedBody(last, line, context);
            return true;
        }

        if (Parser.Open(context) is not { } opened) return false;
        Resynchronising = false;
        Current = opened;
        TellCutLine();
        KeepStartLine(line);
        ReadRequestLine(line);
        Stage = HttpStage.Headers;
        Advance(HttpProgress.Line, context);
        return true;
    }

    protected override bool AfterGarbage(ReadOnlySpan<byte> data, ref int at, in ParseContext context) => true;

    protected override void GarbageIsBody(in ParseContext context) { }

    protected override void EndInStartLine(ReadOnlySpan<byte> line, in ParseContext context)
    {
        if (!HttpText.IsKnownMethod(line[..Math.Max(0, line.IndexOf((byte)' '))])) return;
        if (!TakeStartLine(line, default, context) || Current is null) return;
        Current.Raise(HttpEvent.RequestLineIncomplete);
    }

    protected override void HeadersDone(ReadOnlySpan<byte> following, in ParseContext context)
    {
        HttpHeaders headers = Message.Headers;
        HttpRequestHead.ReadHost(Current!, context.Flow.ServerPort);
        HttpRequestHead.CheckAuthorization(Current!);
        Advance(HttpProgress.Headers, context);
        Message.BodyLimit = Options.RequestBodyLimit;
        if (Options.DecompressRequests) BeginDecoding(maximumLayers: 1);
        BeginMultipart(headers);

        long length = HttpFraming.ContentLength(Current!, Direction);
        if (HttpFraming.IsChunked(Current!, Direction)) BeginChunked(length, context);
        else if (length > 0) BeginLength(length, context);
        else if (length < 0 && !Current!.IsConnect && IsUnexpectedBody(following)) BeginUnexpected(context);
        else FinishMessage(context, complete: true);
    }

    protected override void MessageDone(in ParseContext context)
    {
        Stage = HttpStage.StartLine;
        if (Current!.IsConnect && Current.ResponseProgress < HttpProgress.Complete) Stage = HttpStage.Waiting;
    }

    private void KeepStartLine(ReadOnlySpan<byte> line)
    {
        Message.Headers.Raw.Append(line, Options.HeadLimit);
        Message.Headers.StartLineLength = Message.Headers.Raw.Length;
    }

    private void BeginMultipart(HttpHeaders headers)
    {
        if (!headers.TryGet(KnownHeader.ContentType, out ReadOnlySpan<byte> type) || !HttpText.StartsWith(type, "multipart/form-data"u8)) return;
        if (!Parser.Memory.Multiparts.TryTake(out MultipartReader? reader)) return;
        Message.Multipart = reader;
        if (!reader.Begin(type, Current!)) Message.ReleaseReaders();
    }

    /// <summary>Bytes that already follow a request without framing and do not begin another one are its body.</summary>
    private static bool IsUnexpectedBody(ReadOnlySpan<byte> following)
    {
        following = following.TrimStart("\r\n"u8);
        return !following.IsEmpty && HttpText.LooksLikeRequest(following) == ParseStatus.Malformed;
    }

    private void BeginUnexpected(in ParseContext context)
    {
        Current!.Raise(HttpEvent.RequestBodyUnexpected);
        BeginToEnd(context);
    }

    /// <summary>The same when they come later: the request they belong to was already complete.</summary>
    private void UnexpectedBody(HttpTransaction last, ReadOnlySpan<byte> line, in ParseContext context)
    {
        Current = last;
        last.Request.BodyDone = false;
        BeginUnexpected(context);
        DeliverBody(line, context);
    }

    private void ReadRequestLine(ReadOnlySpan<byte> line)
    {
        HttpTransaction one = Current!;
        HttpRequestHead.ReadLine(one, line[..Math.Min(line.Length, Message.Headers.StartLineLength)]);
        HttpRequestHead.ReadTarget(one, Options);
    }
}
