using Sensor.Primitives;
using Sensor.Protocols.Compression;

namespace Sensor.Protocols.Http;

/// <summary>Bodies: framing, decoding, files.</summary>
internal abstract partial class HttpSide
{
    /// <summary>Longest chunk-size line that may still be the text of a body that is not chunked at all.</summary>
    private const int DoubtfulChunkLine = 256;

    private bool _fileTried;

    /// <summary>No chunk was read yet: a body that does not begin like one is not chunked, whatever its header says.</summary>
    protected bool IsFirstChunk { get; private set; }

    /// <summary>The length the header gave beside chunked framing, -1 for none.</summary>
    private long _lengthBeside;

    protected void BeginChunked(long lengthBeside, in ParseContext context)
    {
        IsFirstChunk = true;
        _lengthBeside = lengthBeside;
        Stage = HttpStage.ChunkLength;
        Advance(HttpProgress.Body, context);
    }

    protected void BeginLength(long length, in ParseContext context)
    {
        Remaining = length;
        Stage = HttpStage.BodyByLength;
        Advance(HttpProgress.Body, context);
    }

    protected void BeginToEnd(in ParseContext context)
    {
        Stage = HttpStage.BodyToEnd;
        Advance(HttpProgress.Body, context);
    }

    private void ResetBody()
    {
        _fileTried = false;
        IsFirstChunk = false;
        _unnamed = false;
    }

    private void ReadByLength(ReadOnlySpan<byte> data, ref int at, in ParseContext context)
    {
        int now = (int)Math.Min(Remaining, data.Length - at);
        DeliverBody(data.Slice(at, now), context);
        at += now;
        Remaining -= now;
        if (Remaining == 0) FinishMessage(context, complete: true);
    }

    private void ReadChunkData(ReadOnlySpan<byte> data, ref int at, in ParseContext context)
    {
        int now = (int)Math.Min(Remaining, data.Length - at);
        DeliverBody(data.Slice(at, now), context);
        at += now;
        Remaining -= now;
        if (Remaining == 0) Stage = HttpStage.ChunkLength;
    }

    /// <summary>RFC 9112 section 7.1. White space and line ends before a length are passed over; so the line end after a chunk needs no stage of its own.</summary>
    private void ReadChunkLength(ReadOnlySpan<byte> data, ref int at, in ParseContext context)
    {
        if (Carry.Length == 0 || _carryUsed)
        {
            int start = at;
            while (at < data.Length && data[at] is (byte)'\r' or (byte)'\n' or (byte)' ' or (byte)'\t' or 0x0b or 0x0c) at++;
            Message.WireLength += at - start;
            if (at == data.Length) return;
            if (HttpUri.Hex(data[at]) < 0)
            {
                NotChunked(default, context);
                return;
            }
        }

        bool whole = TakeLine(data, ref at, out ReadOnlySpan<byte> line);
        if (!whole)
        {
            if (IsTooLongForChunk(line)) NotChunked(line, context);
            return;
        }

        if (IsTooLongForChunk(line) || !TryChunkLength(line, out long length))
        {
            NotChunked(line, context);
            return;
        }

        if (line.IndexOf((byte)';') >= 0) Current!.Raise(IsRequest ? HttpEvent.RequestChunkExtension : HttpEvent.ResponseChunkExtension);
        Message.WireLength += line.Length;
        IsFirstChunk = false;
        Remaining = length;
        Stage = length > 0 ? HttpStage.ChunkData : HttpStage.Trailer;
        if (length > 0) return;
        FinishBody(context, complete: true);
        Advance(HttpProgress.Trailer, context);
    }

    private bool IsTooLongForChunk(ReadOnlySpan<byte> line) =>
        IsFirstChunk && line.Length > DoubtfulChunkLine && line[..DoubtfulChunkLine].IndexOf((byte)';') < 0;

    private static bool TryChunkLength(ReadOnlySpan<byte> line, out long length)
    {
        length = 0;
        int digits = 0;
        while (digits < line.Length && HttpUri.Hex(line[digits]) is >= 0 and var digit)
        {
            length = (length << 4) | (long)digit;
            if (length > int.MaxValue) return false;
            digits++;
        }

        return digits > 0;
    }

    /// <summary>The framing is not what the header says: before the first chunk the body is plain, later the rest is.</summary>
    private void NotChunked(ReadOnlySpan<byte> taken, in ParseContext context)
    {
        Current!.Raise(IsRequest ? HttpEvent.InvalidRequestChunkLen : HttpEvent.InvalidResponseChunkLen);
        if (IsFirstChunk && _lengthBeside >= 0) BeginLength(_lengthBeside, context);
        else BeginToEnd(context);
        IsFirstChunk = false;
        if (!taken.IsEmpty)
        {
            if (Stage == HttpStage.BodyByLength)
            {
                taken = taken[..(int)Math.Min(taken.Length, Remaining)];
                Remaining -= taken.Length;
            }

            DeliverBody(taken, context);
        }

        Carry.Truncate(0);
        _carryUsed = false;
        if (Stage == HttpStage.BodyByLength && Remaining == 0) FinishMessage(context, complete: true);
    }

    /// <summary>Body bytes without their framing.</summary>
    protected void DeliverBody(ReadOnlySpan<byte> bytes, in ParseContext context)
    {
        if (bytes.IsEmpty) return;
        HttpMessage message = Message;
        Current!.LastChanged = context.Time;
        message.WireLength += bytes.Length;
        if (!_fileTried) OpenFile(context);
        message.Multipart?.At(context);
        if (message.IsSated) return;
        if (message.Decoder is { } decoder) Tell(decoder.Push(bytes, last: false, message));
        else message.Decoded(bytes);
    }

    private void SkipBody(long length, in ParseContext context)
    {
        if (!_fileTried) OpenFile(context);
        Message.WireLength += length;
        Message.File.Gap(length);
        if (Stage != HttpStage.BodyToEnd) Remaining -= length;
        if (Message.Decoder is not null) Message.ReleaseReaders();
    }

    private void FinishBody(in ParseContext context, bool complete)
    {
        HttpMessage message = Message;
        if (message.BodyDone) return;
        message.BodyDone = true;
        if (message.Decoder is { } decoder) Tell(decoder.Push(default, last: true, message));
        message.Multipart?.At(context);
        message.Multipart?.Finish();
        message.File.Close(complete, context.Time);
        message.ReleaseReaders();
        ResetBody();
    }

    private void OpenFile(in ParseContext context)
    {
        _fileTried = true;
        if (Message.Multipart is not null) return;
        Message.File = new HttpFile
        {
            Sink = context.Files,
            Handle = context.Files.Open(context.Flow, Current!, Direction, FileName(), context.Time),
        };
        if (IsRequest || Current!.StatusCode != 206 || !Message.Headers.TryGet(KnownHeader.ContentRange, out ReadOnlySpan<byte> text)) return;
        if (ContentRange.TryRead(text, out ContentRange range) && range.Start >= 0) context.Files.SetRange(Message.File.Handle, range.Start, range.End);
    }

    /// <summary>What the sender calls it (Content-Disposition), else the path that was asked for, as the reference engine does.</summary>
    private ReadOnlySpan<byte> FileName()
    {
        if (Message.Headers.TryGet(KnownHeader.ContentDisposition, out ReadOnlySpan<byte> disposition)
            && HttpText.TryParameter(disposition, "filename"u8, out ReadOnlySpan<byte> name) && !name.IsEmpty)
        {
            return name;
        }

        return Current!.Uri.Span[..Current.NormalisedPathLength];
    }

    private void Tell(DecoderProblem problem)
    {
        if (problem == DecoderProblem.Failed) Current!.Raise(HttpEvent.GzipDecompressionFailed);
        if (problem == DecoderProblem.Bomb) Current!.Raise(HttpEvent.CompressionBomb);
    }

    /// <summary>Sets decoders up for the codings a message names, the last named first (it was applied last).</summary>
    protected void BeginDecoding(int maximumLayers)
    {
        Span<ContentCoding> codings = stackalloc ContentCoding[DecoderChain.MaximumLayers];
        int count = 0, named = 0;
        if (Message.Headers.TryGet(KnownHeader.ContentEncoding, out ReadOnlySpan<byte> list)) ReadCodings(list, codings, ref count, ref named);
        if (Message.Headers.TryGet(KnownHeader.TransferEncoding, out list)) ReadCodings(list, codings, ref count, ref named);
        if (named > maximumLayers) Current!.Raise(HttpEvent.TooManyEncodingLayers);
        if (count == 0 || maximumLayers == 0) return;

        if (!Parser.Memory.Chains.TryTake(out DecoderChain? chain)) return;
        Message.Decoder = chain;
        int first = Math.Max(0, count - maximumLayers);
        for (int i = count - 1; i >= first; i--)
        {
            if (!chain.Add(codings[i])) break;
        }
    }

    private void ReadCodings(ReadOnlySpan<byte> value, Span<ContentCoding> codings, ref int count, ref int named)
    {
        Span<byte> clean = stackalloc byte[256];
        ReadOnlySpan<byte> list = HttpText.WithoutControls(value, clean);
        while (HttpText.NextWord(ref list, out ReadOnlySpan<byte> word))
        {
            ContentCoding coding = CodingOf(word);
            if (coding == ContentCoding.Lzma) Current!.Raise(HttpEvent.LzmaDecompressionDisabled);
            if (coding is ContentCoding.None or ContentCoding.Lzma) continue;
            named++;
            if (count < codings.Length) codings[count++] = coding;
        }
    }

    private ContentCoding CodingOf(ReadOnlySpan<byte> word)
    {
        if (Is(word, "gzip"u8) || Is(word, "x-gzip"u8)) return ContentCoding.Gzip;
        if (Is(word, "deflate"u8) || Is(word, "x-deflate"u8)) return ContentCoding.Deflate;
        if (Is(word, "br"u8)) return ContentCoding.Brotli;
        if (Is(word, "lzma"u8)) return ContentCoding.Lzma;
        if (Is(word, "identity"u8) || Is(word, "inflate"u8) || Is(word, "none"u8) || HttpText.Contains(word, "chunked"u8)) return ContentCoding.None;
        bool almost = HttpText.Contains(word, "gzip"u8) || HttpText.Contains(word, "deflate"u8);
        if (almost) Current!.Raise(HttpEvent.AbnormalCeHeader);
        return !almost ? ContentCoding.None : HttpText.Contains(word, "gzip"u8) ? ContentCoding.Gzip : ContentCoding.Deflate;
    }

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name) => System.Text.Ascii.EqualsIgnoreCase(word, name);
}
