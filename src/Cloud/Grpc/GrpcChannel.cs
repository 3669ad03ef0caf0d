using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Sensor.Wire;

namespace Sensor.Cloud;

/// <summary>
/// Unary gRPC calls over <see cref="HttpClient"/> (grpc/doc/PROTOCOL-HTTP2.md). One channel is one HTTP/2 connection,
/// opened when needed and again after it broke. The wire is plain gRPC: any server answers.
/// </summary>
public sealed class GrpcChannel : IDisposable
{
    private readonly GrpcChannelOptions _options;
    private readonly HttpClient _client;
    private readonly Uri _address;

    /// <param name="address"><c>https://host:port</c>, or <c>http://</c> to a loopback address where the options allow it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">The address is not one of these.</exception>
    public GrpcChannel(Uri address, GrpcChannelOptions? options = null)
    {
        _options = options ?? new GrpcChannelOptions();
        _address = address;
        bool plaintext = RequireAllowed(address, _options);
        _client = new HttpClient(CreateHandler(_options, plaintext)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public Uri Address => _address;

    /// <summary>Calls a method and waits for its one answer.</summary>
    /// <param name="method">Path: <c>/package.Service/Method</c>.</param>
    /// <param name="request">The message; not kept.</param>
    /// <param name="parser">Parser of the answer.</param>
    /// <param name="deadline">Time the whole call may take; every call has one.</param>
    /// <param name="bearer">Secret sent as <c>authorization: Bearer</c>, or null.</param>
    /// <param name="cancellation">Ends the call with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="GrpcException">Every other end but OK.</exception>
    public async Task<TReply> CallAsync<TReply>(
        string method, IMessage request, MessageParser<TReply> parser, TimeSpan deadline, string? bearer, CancellationToken cancellation)
        where TReply : IMessage<TReply>
    {
        int size = request.CalculateSize();
        if (size > _options.MaximumSendBytes)
            throw new GrpcException(GrpcStatus.ResourceExhausted, $"cannot send {method}: the message has {size} bytes, the limit is {_options.MaximumSendBytes}");

        using CancellationTokenSource expiry = new(deadline, _options.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellation);
        try
        {
            using HttpRequestMessage message = CreateRequest(method, request, deadline, bearer);
            using HttpResponseMessage response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return parser.ParseFrom(await GrpcResponse.ReadAsync(response, _options.MaximumReceiveBytes, either.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new GrpcException(GrpcStatus.DeadlineExceeded, $"cannot finish {method}: no answer from {_address} within {deadline.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw new GrpcException(GrpcStatus.Internal, $"cannot read the answer to {method}: {broken.Message}", broken);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw TransportFailure.ToGrpc(broken, _address);
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage CreateRequest(string method, IMessage request, TimeSpan deadline, string? bearer)
    {
        HttpRequestMessage message = new(HttpMethod.Post, new Uri(_address, method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(GrpcFrame.Encode(request)),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(GrpcNames.ContentType);
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        message.Headers.TryAddWithoutValidation(GrpcNames.Timeout, GrpcTimeout.Format(deadline));
        message.Headers.TryAddWithoutValidation(GrpcNames.AcceptEncoding, GrpcNames.Identity);
        message.Headers.TryAddWithoutValidation("user-agent", _options.UserAgent);
        if (bearer is not null) message.Headers.TryAddWithoutValidation("authorization", "Bearer " + bearer);
        return message;
    }

    private static bool RequireAllowed(Uri address, GrpcChannelOptions options)
    {
        if (address.IsAbsoluteUri && address.Scheme == Uri.UriSchemeHttps) return false;
        if (!address.IsAbsoluteUri || address.Scheme != Uri.UriSchemeHttp)
            throw new ArgumentException($"cannot use {address} as the portal's address: write https://host:port");
        if (!address.IsLoopback || !options.AllowPlaintextLoopback)
            throw new ArgumentException($"cannot use {address} as the portal's address: without TLS only a loopback address is allowed, and only when the configuration says so");
        return true;
    }

    private static SocketsHttpHandler CreateHandler(GrpcChannelOptions options, bool plaintext)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = !plaintext, // HTTPS_PROXY with CONNECT is the way out of some customers' networks
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            KeepAlivePingDelay = options.KeepAlivePingDelay,
            KeepAlivePingTimeout = options.KeepAlivePingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
            MaxResponseHeadersLength = 16, // KiB
        };
        if (options.ClientCertificate is not null) handler.SslOptions.ClientCertificates = [options.ClientCertificate];
        if (options.TrustedAuthorities is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(options.TrustedAuthorities);
        }

        return handler;
    }
}
