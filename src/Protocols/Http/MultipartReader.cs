using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>
/// Finds the files in a multipart/form-data request body (RFC 7578) as it passes. Keeps at most one boundary's length
/// of bytes back, and the headers of the current part.
/// </summary>
internal sealed class MultipartReader(ByteSlab slab)
{
    /// <summary>Longest boundary (RFC 2046 section 5.1.1 says 70; clients exceed it).</summary>
    private const int MaximumBoundary = 250;

    /// <summary>Header bytes of one part; a part with more is passed over and told.</summary>
    private const int MaximumPartHeaders = 8 * 1024;

    private enum Stage : byte { Preamble, AfterBoundary, Headers, Content, Over }

    private readonly GrowingBytes _pending = new(slab);
    private readonly byte[] _boundary = new byte[MaximumBoundary + 4];
    private int _boundaryLength;
    private Stage _stage;
    private HttpFile _file = HttpFile.None;
    private HttpTransaction? _transaction;
    private Flow? _flow;
    private IFileSink _files = NoFiles.Instance;
    private PacketTime _time;

    /// <summary>Takes the boundary of a Content-Type value; false when it has none.</summary>
    public bool Begin(ReadOnlySpan<byte> contentType, HttpTransaction transaction)
    {
        if (!HttpText.TryParameter(contentType, "boundary"u8, out ReadOnlySpan<byte> boundary) || boundary.IsEmpty || boundary.Length > MaximumBoundary)
        {
            transaction.Raise(HttpEvent.MultipartGenericError);
            return false;
        }

        "\r\n--"u8.CopyTo(_boundary);
        boundary.CopyTo(_boundary.AsSpan(4));
        _boundaryLength = boundary.Length + 4;
        _transaction = transaction;
        _stage = Stage.Preamble;

        // The first boundary may stand at the very beginning, without the line end before it.
        _pending.Append("\r\n"u8);
        return true;
    }

    public void At(in ParseContext context)
    {
        _flow = context.Flow;
        _files = context.Files;
        _time = context.Time;
    }

    public void Read(ReadOnlySpan<byte> bytes)
    {
        if (_stage == Stage.Over) return;
        if (!_pending.Append(bytes)) Fail(HttpEvent.MultipartGenericError);
        int at = 0;
        bool again = true;
        while (again && _stage != Stage.Over)
        {
            again = Step(_pending.Span[at..], out int taken);
            at += taken;
        }

        _pending.RemoveFront(at);
        if (_stage == Stage.Over) _pending.Truncate(0);
    }

    /// <summary>The body is over: a part that still runs is closed as incomplete.</summary>
    public void Finish()
    {
        if (_stage == Stage.Content) _file.Append(_pending.Span);
        if (_stage != Stage.Over) _transaction?.Raise(_stage == Stage.Preamble ? HttpEvent.MultipartNoFiledata : HttpEvent.MultipartGenericError);
        _file.Close(complete: false, _time);
        _stage = Stage.Over;
    }

    public void Release()
    {
        _file.Close(complete: false, _time);
        _pending.Release();
        _transaction = null;
        _flow = null;
        _files = NoFiles.Instance;
        _stage = Stage.Preamble;
    }

    /// <summary>False when more bytes are needed.</summary>
    private bool Step(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = 0;
        return _stage switch
        {
            Stage.Preamble or Stage.Content => FindBoundary(bytes, out taken),
            Stage.AfterBoundary => ReadAfterBoundary(bytes, out taken),
            Stage.Headers => ReadHeaders(bytes, out taken),
            _ => false,
        };
    }

    private bool FindBoundary(ReadOnlySpan<byte> bytes, out int taken)
    {
        int at = bytes.IndexOf(_boundary.AsSpan(0, _boundaryLength));
        int content = at >= 0 ? at : Math.Max(0, bytes.Length - _boundaryLength + 1);
        if (_stage == Stage.Content) _file.Append(bytes[..content]);
        taken = content;
        if (at < 0) return false;
        taken += _boundaryLength;
        _file.Close(complete: true, _time);
        _stage = Stage.AfterBoundary;
        return true;
    }

    private bool ReadAfterBoundary(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = 0;
        if (bytes.Length < 2) return false;
        if (bytes.StartsWith("--"u8))
        {
            _stage = Stage.Over;
            return false;
        }

        int line = bytes.IndexOf((byte)'\n');
        if (line < 0 && bytes.Length <= MaximumPartHeaders) return false;
        taken = line < 0 ? bytes.Length : line + 1;
        _stage = line < 0 ? Stage.Content : Stage.Headers;
        return true;
    }

    private bool ReadHeaders(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = 0;
        int end = bytes.StartsWith("\r\n"u8) ? 0 : bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            if (bytes.Length <= MaximumPartHeaders) return false;
            _transaction?.Raise(HttpEvent.MultipartInvalidHeader);
            _stage = Stage.Content;
            return true;
        }

        // An empty part's boundary begins with the line end that closed its headers, so that line end is left in place
        // until it is known whether a boundary follows.
        int lineEnd = end == 0 ? 0 : end + 2;
        ReadOnlySpan<byte> boundary = _boundary.AsSpan(0, _boundaryLength);
        ReadOnlySpan<byte> rest = bytes[lineEnd..];
        if (rest.Length < boundary.Length && boundary.StartsWith(rest)) return false;

        taken = rest.StartsWith(boundary) ? lineEnd : lineEnd + 2;
        _stage = Stage.Content;
        if (end == 0) _transaction?.Raise(HttpEvent.MultipartInvalidHeader);
        else OpenFile(bytes[..end]);
        return true;
    }

    private void OpenFile(ReadOnlySpan<byte> headers)
    {
        int at = HttpText.IndexOf(headers, "content-disposition"u8);
        if (at < 0) return;
        ReadOnlySpan<byte> value = headers[at..];
        int end = value.IndexOf("\r\n"u8);
        if (end >= 0) value = value[..end];
        if (!HttpText.TryParameter(value, "filename"u8, out ReadOnlySpan<byte> name)) return;
        _file = new HttpFile { Sink = _files, Handle = _files.Open(_flow!, _transaction!, Direction.ToServer, name, _time) };
    }

    private void Fail(HttpEvent number)
    {
        _transaction?.Raise(number);
        _stage = Stage.Over;
    }
}
