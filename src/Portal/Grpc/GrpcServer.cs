using System.Data.Common;
using Google.Protobuf;
using Sensor.Wire;

namespace Sensor.Portal.Grpc;

/// <summary>
/// The server side of unary gRPC on Kestrel (grpc/doc/PROTOCOL-HTTP2.md): checks and reads one framed message, calls the
/// method's handler, writes one framed answer and the status. What a caller sends can end only its own call.
/// </summary>
internal sealed class GrpcServer(ILogger logger)
{
    /// <summary>Longest deadline honoured; also that of a call without one.</summary>
    public static readonly TimeSpan LongestDeadline = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, Func<byte[], GrpcCall, IMessage>> _methods = new(StringComparer.Ordinal);

    /// <summary>Adds a method by its path.</summary>
    public GrpcServer Add<TRequest>(string path, MessageParser<TRequest> parser, Func<TRequest, GrpcCall, IMessage> handle)
        where TRequest : IMessage<TRequest>
    {
        _methods.Add(path, (bytes, call) => handle(Parse(parser, bytes), call));
        return this;
    }

    public async Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || !GrpcNames.IsGrpc(context.Request.ContentType))
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        context.Response.ContentType = GrpcNames.ContentType;
        try
        {
            byte[] answer = await AnswerAsync(context).ConfigureAwait(false);
            await context.Response.Body.WriteAsync(answer, context.RequestAborted).ConfigureAwait(false);
            context.Response.AppendTrailer(GrpcNames.Status, "0");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; there is nobody to answer.
        }
        catch (Exception failure)
        {
            if (context.Response.HasStarted) context.Abort();
            else AnswerWith(context, Explain(failure, context.Request.Path));
        }
    }

    private async Task<byte[]> AnswerAsync(HttpContext context)
    {
        if (!_methods.TryGetValue(context.Request.Path.Value ?? "", out Func<byte[], GrpcCall, IMessage>? method))
            throw new GrpcException(GrpcStatus.Unimplemented, $"unknown method {context.Request.Path}");

        using CancellationTokenSource expired = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        string? header = context.Request.Headers[GrpcNames.Timeout];
        TimeSpan deadline = LongestDeadline;
        if (header is not null && !GrpcTimeout.TryParse(header, out deadline)) throw new GrpcException(GrpcStatus.Internal, "grpc-timeout is malformed");
        if (deadline <= TimeSpan.Zero) throw new GrpcException(GrpcStatus.DeadlineExceeded, "the deadline passed before the call came");
        expired.CancelAfter(deadline < LongestDeadline ? deadline : LongestDeadline);
        try
        {
            byte[] message = await ReadMessageAsync(context, expired.Token).ConfigureAwait(false);
            expired.Token.ThrowIfCancellationRequested();
            return GrpcFrame.Encode(method(message, new GrpcCall(Bearer(context), context.Connection.RemoteIpAddress, expired.Token)));
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new GrpcException(GrpcStatus.DeadlineExceeded, "the deadline passed before the call was done");
        }
    }

    private static async Task<byte[]> ReadMessageAsync(HttpContext context, CancellationToken cancellation)
    {
        Stream body = context.Request.Body;
        byte[] prefix = new byte[GrpcFrame.PrefixLength];
        if (await body.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false) < prefix.Length)
            throw new GrpcException(GrpcStatus.Internal, "the request ended before its message");

        byte[] message = new byte[GrpcFrame.CheckPrefix(prefix, GrpcFrame.MaximumMessageBytes)];
        if (await body.ReadAtLeastAsync(message, message.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false) < message.Length)
            throw new GrpcException(GrpcStatus.Internal, "the request ended within its message");
        if (await body.ReadAsync(new byte[1], cancellation).ConfigureAwait(false) != 0)
            throw new GrpcException(GrpcStatus.Internal, "a unary call carries one message");
        return message;
    }

    private static string Bearer(HttpContext context)
    {
        const string scheme = "Bearer ";
        string? header = context.Request.Headers.Authorization;
        return header is not null && header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : "";
    }

    private static TRequest Parse<TRequest>(MessageParser<TRequest> parser, byte[] bytes) where TRequest : IMessage<TRequest>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw new GrpcException(GrpcStatus.InvalidArgument, "the message cannot be parsed: " + broken.Message);
        }
    }

    private GrpcException Explain(Exception failure, string method)
    {
        switch (failure)
        {
            case GrpcException known:
                return known;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return new GrpcException(GrpcStatus.ResourceExhausted, $"the request is longer than {GrpcFrame.MaximumMessageBytes} bytes");
            case BadHttpRequestException or IOException:
                return new GrpcException(GrpcStatus.Cancelled, "the request broke off");
            case DbException storage:
                logger.LogError(storage, "cannot store {Method}: {Reason}; boxes keep their alerts and try again", method, storage.Message);
                return new GrpcException(GrpcStatus.Unavailable, "the portal cannot store now");
            default:
                logger.LogError(failure, "cannot answer {Method}: {Reason}", method, failure.Message);
                return new GrpcException(GrpcStatus.Internal, "the portal failed");
        }
    }

    /// <summary>"Trailers-only": status and message in the one header block that is the whole answer.</summary>
    private static void AnswerWith(HttpContext context, GrpcException end)
    {
        context.Response.Headers[GrpcNames.Status] = ((int)end.Status).ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers[GrpcNames.Message] = GrpcMessageText.Encode(end.Message);
        if (end.Status == GrpcStatus.Unimplemented) context.Response.Headers[GrpcNames.AcceptEncoding] = GrpcNames.Identity;
    }
}
