using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>The parts of an exchange that rules can look into (user guide, "HTTP keywords").</summary>
internal static class HttpBuffers
{
    private const Direction Client = Direction.ToServer, Server = Direction.ToClient;

    public static IReadOnlyList<BufferDefinition> All { get; } =
    [
        Of("http.method", Client, HttpProgress.Line, (one, _) => one.InRequest(one.Method)),
        Of("http.uri", Client, HttpProgress.Line, (one, _) => one.Uri.Span),
        Of("http.uri.raw", Client, HttpProgress.Line, (one, _) => one.InRequest(one.RawUri)),
        Of("http.request_line", Client, HttpProgress.Line, (one, _) => StartLine(one.Request)),
        Of("http.response_line", Server, HttpProgress.Line, (one, _) => StartLine(one.Response)),
        Of("http.protocol", null, HttpProgress.Line, (one, side) => side == Client ? one.InRequest(one.RequestProtocol) : one.InResponse(one.ResponseProtocol)),
        Of("http.stat_code", Server, HttpProgress.Line, (one, _) => one.InResponse(one.Status)),
        Of("http.stat_msg", Server, HttpProgress.Line, (one, _) => one.InResponse(one.StatusMessage)),
        Of("http.host", Client, HttpProgress.Headers, (one, _) => one.Host.Span),
        Of("http.host.raw", Client, HttpProgress.Headers, (one, _) => one.Request.Headers.TryGet(KnownHeader.Host, out ReadOnlySpan<byte> host) ? host : one.InRequest(one.UriHost)),
        Of("http.header", null, HttpProgress.Headers, (one, side) => HttpHeaderBuffers.Normalised(one.Message(side))),
        Of("http.header.raw", null, HttpProgress.Headers, (one, side) => RawHeaders(one.Message(side))),
        Of("http.header_names", null, HttpProgress.Headers, (one, side) => HttpHeaderBuffers.NamesOf(one.Message(side))),
        Of("http.start", null, HttpProgress.Headers, HttpHeaderBuffers.StartOf),
        Field("http.user_agent", Client, KnownHeader.UserAgent),
        Field("http.referer", Client, KnownHeader.Referer),
        Field("http.accept", Client, KnownHeader.Accept),
        Field("http.accept_lang", Client, KnownHeader.AcceptLanguage),
        Field("http.accept_enc", Client, KnownHeader.AcceptEncoding),
        Field("http.connection", null, KnownHeader.Connection),
        Field("http.content_type", null, KnownHeader.ContentType),
        Field("http.content_len", null, KnownHeader.ContentLength),
        Field("http.server", Server, KnownHeader.Server),
        Field("http.location", Server, KnownHeader.Location),
        Of("http.cookie", null, HttpProgress.Headers, (one, side) =>
            one.Message(side).Headers.TryGet(side == Client ? KnownHeader.Cookie : KnownHeader.SetCookie, out ReadOnlySpan<byte> cookie) ? cookie : default),
        Each("http.request_header", Client),
        Each("http.response_header", Server),
        Body("http.request_body", Client),
        Body("http.response_body", Server),
        Body("file.data", null),
    ];

    private delegate ReadOnlySpan<byte> Show(HttpTransaction one, Direction side);

    private static BufferDefinition Of(string name, Direction? side, int progress, Show show) =>
        new(name, side, progress, progress, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = new BufferView { IsFinal = true };
            if (index > 0 || transaction.Progress(direction) < progress) return false;
            view.Bytes = show((HttpTransaction)transaction, direction);
            return !view.Bytes.IsEmpty;
        });

    /// <summary>The value of one header; an empty value is a value.</summary>
    private static BufferDefinition Field(string name, Direction? side, KnownHeader header) =>
        new(name, side, HttpProgress.Headers, HttpProgress.Headers, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = new BufferView { IsFinal = true };
            if (index > 0 || transaction.Progress(direction) < HttpProgress.Headers) return false;
            bool has = ((HttpTransaction)transaction).Message(direction).Headers.TryGet(header, out ReadOnlySpan<byte> value);
            view.Bytes = value;
            return has;
        });

    /// <summary>Every header as "Name: value".</summary>
    private static BufferDefinition Each(string name, Direction side) =>
        new(name, side, HttpProgress.Headers, HttpProgress.Headers, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = new BufferView { IsFinal = true };
            if (transaction.Progress(direction) < HttpProgress.Headers) return false;
            return HttpHeaderBuffers.TryHeader(((HttpTransaction)transaction).Message(direction), index, out view.Bytes);
        })
        { IsMultiple = true };

    private static BufferDefinition Body(string name, Direction? side) =>
        new(name, side, HttpProgress.Body, HttpProgress.Body, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            HttpMessage message = ((HttpTransaction)transaction).Message(direction);
            view = new BufferView { Bytes = message.Body.Span, IsFinal = message.BodyDone || message.Body.IsCut };
            return index == 0 && message.Body.Length > 0;
        })
        { IsStreaming = true };

    private static ReadOnlySpan<byte> StartLine(HttpMessage message) =>
        message.Headers.Raw.Span[..message.Headers.StartLineLength].TrimEnd("\r\n"u8);

    private static ReadOnlySpan<byte> RawHeaders(HttpMessage message) => message.Headers.Raw.Span[message.Headers.StartLineLength..];
}
