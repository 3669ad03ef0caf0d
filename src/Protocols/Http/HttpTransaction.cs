using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>Progress of either side of an exchange; names as rule hooks use them.</summary>
internal static class HttpProgress
{
    public const int Started = 0, Line = 1, Headers = 2, Body = 3, Trailer = 4, Complete = 5;
}

/// <summary>A request with its response.</summary>
public sealed class HttpTransaction : Transaction
{
    internal HttpTransaction(HttpMemory memory)
    {
        Memory = memory;
        Request = new HttpMessage(memory);
        Response = new HttpMessage(memory);
        Uri = new GrowingBytes(memory.Bytes);
        Host = new GrowingBytes(memory.Bytes);
        Reset();
    }

    internal HttpMemory Memory { get; }

    internal HttpMessage Request { get; }

    internal HttpMessage Response { get; }

    /// <summary>Ranges of the start lines, in the raw bytes of the message.</summary>
    internal ByteRange Method, RawUri, RequestProtocol, ResponseProtocol, Status, StatusMessage;

    /// <summary>The normalised URI.</summary>
    internal GrowingBytes Uri { get; }

    /// <summary>Host name in lower case, without port.</summary>
    internal GrowingBytes Host { get; }

    /// <summary>Length of the path at the beginning of <see cref="Uri"/>.</summary>
    internal int NormalisedPathLength;

    /// <summary>Port of the URI or the Host header, -1 when none is named.</summary>
    internal int Port;

    /// <summary>Ranges of the host name inside the raw URI (absolute URI), and of the path.</summary>
    internal ByteRange UriHost, UriPath;

    /// <summary>Response status as a number, 0 when it is none.</summary>
    internal int StatusCode;

    internal bool IsHead, IsConnect, RequestHasProtocol, ContinueSeen;

    internal ReadOnlySpan<byte> InRequest(ByteRange range) => Request.Headers.Raw.Slice(range.Start, range.Length);

    internal ReadOnlySpan<byte> InResponse(ByteRange range) => Response.Headers.Raw.Slice(range.Start, range.Length);

    internal HttpMessage Message(Direction direction) => direction == Direction.ToServer ? Request : Response;

    internal void Raise(HttpEvent number) => Events.Add((int)number);

    public override void Reset()
    {
        base.Reset();
        Request.Release();
        Response.Release();
        Uri.Release();
        Host.Release();
        Method = RawUri = RequestProtocol = ResponseProtocol = Status = StatusMessage = UriHost = UriPath = default;
        Port = -1;
        StatusCode = NormalisedPathLength = 0;
        IsHead = IsConnect = RequestHasProtocol = ContinueSeen = false;
    }
}

/// <summary>A stretch of a message's raw bytes.</summary>
internal readonly record struct ByteRange(int Start, int Length)
{
    public bool IsEmpty => Length == 0;
}
