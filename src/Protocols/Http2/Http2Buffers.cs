using Sensor.Primitives;
using Sensor.Protocols.Http;

namespace Sensor.Protocols.Http2;

/// <summary>The parts of a stream under the names rules use for HTTP/1 (user guide, "HTTP keywords" and "HTTP/2 keywords").</summary>
internal static class Http2Buffers
{
    private const Direction Client = Direction.ToServer, Server = Direction.ToClient;

    private delegate ReadOnlySpan<byte> Show(Http2Transaction one, Direction side);

    public static IReadOnlyList<BufferDefinition> All { get; } =
    [
        Header("http.method", Client, ":method", ":method"),
        Header("http.uri", Client, ":path", ":path"),
        Header("http.uri.raw", Client, ":path", ":path"),
        Of("http.request_line", Client, (one, side) => one.StartLine(side)),
        Of("http.response_line", Server, (one, side) => one.StartLine(side)),
        Of("http.protocol", null, (one, side) => one.TryHeader(side, 0, out _, out _) ? "HTTP/2"u8 : default),
        Header("http.stat_code", Server, ":status", ":status"),
        Empty("http.stat_msg"),
        Of("http.host", Client, (one, _) => one.Host.Span),
        Of("http.host.raw", Client, (one, side) => one.TryGet(side, ":authority"u8, out ReadOnlySpan<byte> host) || one.TryGet(side, "host"u8, out host) ? host : default),
        Of("http.header", null, (one, side) => one.AllHeaders(side)),
        Of("http.header.raw", null, (one, side) => one.AllHeaders(side)),
        Of("http.header_names", null, (one, side) => one.TryHeader(side, 0, out _, out _) ? one.HeaderNames(side) : default),
        Header("http.user_agent", Client, "user-agent", "user-agent"),
        Header("http.referer", Client, "referer", "referer"),
        Header("http.accept", Client, "accept", "accept"),
        Header("http.accept_lang", Client, "accept-language", "accept-language"),
        Header("http.accept_enc", Client, "accept-encoding", "accept-encoding"),
        Header("http.content_type", null, "content-type", "content-type"),
        Header("http.content_len", null, "content-length", "content-length"),
        Header("http.server", Server, "server", "server"),
        Header("http.location", Server, "location", "location"),
        Header("http.cookie", null, "cookie", "set-cookie"),
        Each("http.request_header", Client),
        Each("http.response_header", Server),
        Names("http2.header_name"),
        Body("http.request_body", Client),
        Body("http.response_body", Server),
        Body("file.data", null),
    ];

    private static BufferDefinition Of(string name, Direction? side, Show show) =>
        new(name, side, Http2Progress.Headers, Http2Progress.Headers, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = new BufferView { IsFinal = true };
            if (index > 0) return false;
            view.Bytes = show((Http2Transaction)transaction, direction);
            return !view.Bytes.IsEmpty;
        });

    private static BufferDefinition Header(string name, Direction? side, string inRequest, string inResponse)
    {
        byte[] request = System.Text.Encoding.ASCII.GetBytes(inRequest), response = System.Text.Encoding.ASCII.GetBytes(inResponse);
        return new(name, side, Http2Progress.Headers, Http2Progress.Headers, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = new BufferView { IsFinal = true };
            if (index > 0 || !((Http2Transaction)transaction).TryGet(direction, direction == Client ? request : response, out ReadOnlySpan<byte> value)) return false;
            view.Bytes = value;
            return true;
        });
    }

    /// <summary>HTTP/2 has no reason phrase: a response shows an empty one.</summary>
    private static BufferDefinition Empty(string name) =>
        new(name, Server, Http2Progress.Headers, Http2Progress.Headers, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = new BufferView { IsFinal = true };
            return index == 0 && ((Http2Transaction)transaction).TryGet(Server, ":status"u8, out _);
        });

    private static BufferDefinition Each(string name, Direction side) =>
        new(name, side, Http2Progress.Headers, Http2Progress.Headers, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = new BufferView { IsFinal = true };
            var one = (Http2Transaction)transaction;
            if (!one.TryFind(Http2Transaction.Kind(side, Http2Field.RequestHeader), index, out Fields.Field field)) return false;
            view.Bytes = one.Text(field);
            return true;
        })
        { IsMultiple = true };

    private static BufferDefinition Names(string name) =>
        new(name, null, Http2Progress.Headers, Http2Progress.Headers, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = new BufferView { IsFinal = true };
            bool has = ((Http2Transaction)transaction).TryHeader(direction, index, out ReadOnlySpan<byte> header, out _);
            view.Bytes = header;
            return has;
        })
        { IsMultiple = true };

    private static BufferDefinition Body(string name, Direction? side) =>
        new(name, side, Http2Progress.Headers, Http2Progress.Headers, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            HttpMessage message = ((Http2Transaction)transaction).Message(direction);
            view = new BufferView { Bytes = message.Body.Span, IsFinal = message.BodyDone || message.Body.IsCut };
            return index == 0 && message.Body.Length > 0;
        })
        { IsStreaming = true };
}
