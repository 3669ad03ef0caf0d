using System.Net;
using System.Net.Http;
using System.Security.Authentication;
using Sensor.Wire;

namespace Sensor.Cloud;

/// <summary>What a broken connection or a reset stream means in gRPC's words (PROTOCOL-HTTP2, "Errors").</summary>
internal static class TransportFailure
{
    // Error codes of RFC 9113 section 7.
    private const long RefusedStream = 0x7, Cancel = 0x8, EnhanceYourCalm = 0xb, InadequateSecurity = 0xc;

    public static GrpcException ToGrpc(Exception broken, Uri address)
    {
        string what = $"cannot talk to the portal at {address}: {Innermost(broken).Message}";
        if (Find<AuthenticationException>(broken) is { } refused)
            return new GrpcException(GrpcStatus.Unavailable, $"cannot trust the portal at {address}: {refused.Message}; check its certificate, the configured authority and the clock", broken);
        return new GrpcException(Find<HttpProtocolException>(broken) is { } protocol ? FromHttp2(protocol.ErrorCode) : GrpcStatus.Unavailable, what, broken);
    }

    private static GrpcStatus FromHttp2(long code) => code switch
    {
        RefusedStream => GrpcStatus.Unavailable,
        Cancel => GrpcStatus.Cancelled,
        EnhanceYourCalm => GrpcStatus.ResourceExhausted,
        InadequateSecurity => GrpcStatus.PermissionDenied,
        _ => GrpcStatus.Internal,
    };

    private static T? Find<T>(Exception? exception) where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found) return found;
        }

        return null;
    }

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is not null) exception = exception.InnerException;
        return exception;
    }
}
