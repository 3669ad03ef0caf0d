using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Sensor.Wire;

namespace Sensor.Cloud;

/// <summary>Reads the answer of a unary call: headers, one framed message, trailers.</summary>
internal static class GrpcResponse
{
    /// <summary>The message's bytes of a call that ended with OK.</summary>
    /// <exception cref="GrpcException">It ended otherwise, or is not a well-formed unary answer.</exception>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage response, int maximumBytes, CancellationToken cancellation)
    {
        ThrowUnlessOk(StatusOf(response.Headers)); // "trailers-only": the status comes first and alone
        if (response.StatusCode != HttpStatusCode.OK)
            throw new GrpcException(FromHttp((int)response.StatusCode), $"the portal answered HTTP {(int)response.StatusCode}, not gRPC; is this address its gRPC port?");
        if (!GrpcNames.IsGrpc(response.Content.Headers.ContentType?.ToString()))
            throw new GrpcException(GrpcStatus.Unknown, $"the portal answered with content type \"{response.Content.Headers.ContentType}\", not application/grpc");

        Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            byte[]? message = await ReadMessageAsync(body, maximumBytes, cancellation).ConfigureAwait(false);
            if (message is not null && await body.ReadAsync(new byte[1], cancellation).ConfigureAwait(false) != 0)
                throw new GrpcException(GrpcStatus.Internal, "the portal sent more than one message in answer to a unary call");

            (GrpcStatus Status, string Message)? end = StatusOf(response.TrailingHeaders);
            if (end is null && StatusOf(response.Headers) is null)
                throw new GrpcException(GrpcStatus.Unknown, "the answer ended without grpc-status");
            ThrowUnlessOk(end);
            return message ?? throw new GrpcException(GrpcStatus.Internal, "the portal said OK but sent no message");
        }
    }

    /// <summary>What an HTTP status without gRPC means (grpc/doc/http-grpc-status-mapping.md).</summary>
    public static GrpcStatus FromHttp(int status) => status switch
    {
        400 => GrpcStatus.Internal,
        401 => GrpcStatus.Unauthenticated,
        403 => GrpcStatus.PermissionDenied,
        404 => GrpcStatus.Unimplemented,
        429 or 502 or 503 or 504 => GrpcStatus.Unavailable,
        _ => GrpcStatus.Unknown,
    };

    private static void ThrowUnlessOk((GrpcStatus Status, string Message)? end)
    {
        if (end is { Status: not GrpcStatus.Ok } failed) throw new GrpcException(failed.Status, failed.Message);
    }

    private static (GrpcStatus Status, string Message)? StatusOf(HttpHeaders headers)
    {
        if (!headers.TryGetValues(GrpcNames.Status, out IEnumerable<string>? values)) return null;
        bool known = int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out int code) && Enum.IsDefined((GrpcStatus)code);
        string text = headers.TryGetValues(GrpcNames.Message, out IEnumerable<string>? messages) ? GrpcMessageText.Decode(messages.First()) : "";
        return (known ? (GrpcStatus)code : GrpcStatus.Unknown, text);
    }

    /// <summary>The framed message, or null when the body is empty.</summary>
    private static async Task<byte[]?> ReadMessageAsync(Stream body, int maximumBytes, CancellationToken cancellation)
    {
        byte[] prefix = new byte[GrpcFrame.PrefixLength];
        int read = await body.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (read == 0) return null;
        if (read < prefix.Length) throw new GrpcException(GrpcStatus.Internal, "the answer ended within its message prefix");

        byte[] message = new byte[GrpcFrame.CheckPrefix(prefix, maximumBytes)];
        read = await body.ReadAtLeastAsync(message, message.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        return read == message.Length ? message : throw new GrpcException(GrpcStatus.Internal, $"the answer ended after {read} of {message.Length} bytes");
    }
}
