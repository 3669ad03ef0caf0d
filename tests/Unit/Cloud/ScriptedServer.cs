using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sensor.Tests.Cloud;

/// <summary>An HTTP/2 server whose answers a test writes by hand, right or wrong.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedServer(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = new("http://invalid");

    public static async Task<ScriptedServer> StartAsync(Func<HttpContext, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        WebApplication app = builder.Build();
        app.Run(async http =>
        {
            using MemoryStream request = new();
            await http.Request.Body.CopyToAsync(request);
            http.Items["request"] = request.ToArray();
            await answer(http);
        });
        await app.StartAsync();
        return new ScriptedServer(app) { Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
    }

    public static byte[] Request(HttpContext http) => (byte[])http.Items["request"]!;

    /// <summary>A well-formed answer.</summary>
    public static async Task Ok(HttpContext http, IMessage message)
    {
        http.Response.ContentType = "application/grpc";
        await http.Response.Body.WriteAsync(Frame(message.ToByteArray()));
        http.Response.AppendTrailer("grpc-status", "0");
    }

    public static byte[] Frame(byte[] message, byte flags = 0, int? length = null)
    {
        byte[] frame = [flags, 0, 0, 0, 0, .. message];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), length ?? message.Length);
        return frame;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
