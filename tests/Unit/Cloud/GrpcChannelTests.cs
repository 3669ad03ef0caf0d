using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Sensor.Cloud;
using Sensor.Wire;

namespace Sensor.Tests.Cloud;

/// <summary>The client against right and wrong answers (grpc/doc/PROTOCOL-HTTP2.md).</summary>
public sealed class GrpcChannelTests
{
    private static readonly GrpcChannelOptions Loopback = new() { AllowPlaintextLoopback = true };
    private static readonly AlertAck Ack = new() { ThroughSequence = 5 };

    [Fact]
    public async Task A_call_is_plain_grpc()
    {
        IHeaderDictionary? headers = null;
        byte[] body = [];
        string path = "", protocol = "";
        await using ScriptedServer server = await ScriptedServer.StartAsync(http =>
        {
            headers = http.Request.Headers;
            body = ScriptedServer.Request(http);
            (path, protocol) = (http.Request.Path, http.Request.Protocol);
            return ScriptedServer.Ok(http, Ack);
        });
        HeartbeatRequest request = new() { SensorId = "x" };
        Assert.Equal(5ul, (await Call(server.Address, request: request, bearer: "secret")).ThroughSequence);
        Assert.Equal("HTTP/2", protocol);
        Assert.Equal("/sensor.portal.v1.Portal/UploadAlerts", path);
        Assert.Equal("application/grpc", headers!.ContentType);
        Assert.Equal("trailers", headers["te"]);
        Assert.Equal("5000000u", headers["grpc-timeout"]);
        Assert.Equal("identity", headers["grpc-accept-encoding"]);
        Assert.Equal("Bearer secret", headers.Authorization);
        Assert.Equal(ScriptedServer.Frame(request.ToByteArray()), body);
    }

    public static TheoryData<string, GrpcStatus, string> WrongAnswers => new()
    {
        { "trailers only", GrpcStatus.ResourceExhausted, "100% voll" },
        { "status after message", GrpcStatus.Unavailable, "later" },
        { "unknown status", GrpcStatus.Unknown, "" },
        { "http 503", GrpcStatus.Unavailable, "HTTP 503" },
        { "http 404", GrpcStatus.Unimplemented, "HTTP 404" },
        { "http 401 with grpc status", GrpcStatus.PermissionDenied, "from grpc" },
        { "html", GrpcStatus.Unknown, "text/html" },
        { "no status", GrpcStatus.Unknown, "without grpc-status" },
        { "no message", GrpcStatus.Internal, "no message" },
        { "two messages", GrpcStatus.Internal, "more than one" },
        { "compressed", GrpcStatus.Unimplemented, "compressed" },
        { "too long", GrpcStatus.ResourceExhausted, "limit" },
        { "half a prefix", GrpcStatus.Internal, "prefix" },
        { "half a message", GrpcStatus.Internal, "1 of 9" },
        { "not a message", GrpcStatus.Internal, "cannot read the answer" },
        { "connection cut", GrpcStatus.Internal, "cannot talk" },
    };

    [Theory]
    [MemberData(nameof(WrongAnswers))]
    public async Task A_wrong_answer_has_a_status_and_a_reason(string answer, GrpcStatus status, string reason)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(http => AnswerWrongly(http, answer));
        GrpcException failure = await Assert.ThrowsAsync<GrpcException>(() => Call(server.Address));
        Assert.Equal(status, failure.Status);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    private static async Task AnswerWrongly(HttpContext http, string answer)
    {
        byte[] ok = ScriptedServer.Frame(Ack.ToByteArray());
        http.Response.ContentType = answer == "html" ? "text/html" : "application/grpc";
        byte[] body = answer switch
        {
            "two messages" => [.. ok, .. ok],
            "compressed" => ScriptedServer.Frame([1], flags: 1),
            "too long" => ScriptedServer.Frame([1], length: int.MaxValue),
            "half a prefix" => [0, 0],
            "half a message" => ScriptedServer.Frame([1], length: 9),
            "not a message" => ScriptedServer.Frame([0xFF, 0xFF, 0xFF]),
            "status after message" or "unknown status" or "no status" or "html" or "connection cut" => ok,
            _ => [],
        };
        switch (answer)
        {
            case "trailers only":
                http.Response.Headers["grpc-status"] = "8";
                http.Response.Headers["grpc-message"] = "100%25 voll";
                return;
            case "http 503":
                http.Response.StatusCode = 503;
                return;
            case "http 404":
                http.Response.StatusCode = 404;
                return;
            case "http 401 with grpc status":
                http.Response.StatusCode = 401;
                http.Response.Headers["grpc-status"] = "7";
                http.Response.Headers["grpc-message"] = "from grpc";
                return;
        }

        await http.Response.Body.WriteAsync(body);
        await http.Response.Body.FlushAsync();
        if (answer == "connection cut") http.Abort();
        else if (answer == "status after message") http.Response.AppendTrailer("grpc-status", "14");
        else if (answer == "unknown status") http.Response.AppendTrailer("grpc-status", "99");
        else if (answer is not ("no status" or "html")) http.Response.AppendTrailer("grpc-status", "0");
        if (answer == "status after message") http.Response.AppendTrailer("grpc-message", "later");
    }

    [Fact]
    public async Task A_server_that_hangs_ends_with_the_deadline()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(http => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
        GrpcException failure = await Assert.ThrowsAsync<GrpcException>(() => Call(server.Address, deadline: TimeSpan.FromMilliseconds(50)));
        Assert.Equal(GrpcStatus.DeadlineExceeded, failure.Status);
    }

    [Fact]
    public async Task A_server_that_hangs_within_its_message_ends_with_the_deadline()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.WriteAsync(ScriptedServer.Frame([8], length: 2));
            await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        GrpcException failure = await Assert.ThrowsAsync<GrpcException>(() => Call(server.Address, deadline: TimeSpan.FromMilliseconds(200)));
        Assert.Equal(GrpcStatus.DeadlineExceeded, failure.Status);
    }

    [Fact]
    public async Task Cancelling_is_not_an_error_of_the_portal()
    {
        using CancellationTokenSource stop = new();
        await using ScriptedServer server = await ScriptedServer.StartAsync(async http =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Call(server.Address, cancellation: stop.Token));
    }

    [Fact]
    public async Task Nobody_listening_is_unavailable()
    {
        using TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        int port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        GrpcException failure = await Assert.ThrowsAsync<GrpcException>(() => Call(new Uri($"http://127.0.0.1:{port}")));
        Assert.Equal(GrpcStatus.Unavailable, failure.Status);
        Assert.StartsWith("cannot talk to the portal at", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_over_the_limit_is_not_sent()
    {
        GrpcException failure = await Assert.ThrowsAsync<GrpcException>(
            () => Call(new Uri("http://127.0.0.1:1"), request: new HeartbeatRequest { Version = new string('x', 5 << 20) }));
        Assert.Equal(GrpcStatus.ResourceExhausted, failure.Status);
    }

    [Theory]
    [InlineData("http://portal.example:8443")]
    [InlineData("http://192.0.2.1")]
    [InlineData("ftp://127.0.0.1")]
    public void Without_tls_only_loopback_is_allowed(string address) => Assert.Throws<ArgumentException>(() => new GrpcChannel(new Uri(address), Loopback));

    [Fact]
    public void Even_loopback_needs_the_configurations_word() =>
        Assert.Throws<ArgumentException>(() => new GrpcChannel(new Uri("http://127.0.0.1:1"), new GrpcChannelOptions()));

    private static async Task<AlertAck> Call(
        Uri address, IMessage? request = null, TimeSpan? deadline = null, string? bearer = null, CancellationToken cancellation = default)
    {
        using GrpcChannel channel = new(address, Loopback);
        return await channel.CallAsync(GrpcNames.UploadAlerts, request ?? new HeartbeatRequest(), AlertAck.Parser, deadline ?? TimeSpan.FromSeconds(5), bearer, cancellation);
    }
}
