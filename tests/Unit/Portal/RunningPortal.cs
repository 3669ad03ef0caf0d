using System.Net;
using Sensor.Cloud;
using Sensor.Portal;
using Sensor.Wire;

namespace Sensor.Tests.Portal;

/// <summary>A portal on loopback with a database of its own, and the means to talk to it.</summary>
internal sealed class RunningPortal : IAsyncDisposable
{
    public const string Token = "enrolment-token-of-the-test";

    private readonly string _folder = Directory.CreateTempSubdirectory("portal").FullName;
    private readonly PortalOptions _options;
    private PortalHost _host = null!;

    private RunningPortal(TimeProvider? time) => _options = new PortalOptions
    {
        Grpc = new IPEndPoint(IPAddress.Loopback, 0),
        Http = new IPEndPoint(IPAddress.Loopback, 0),
        DataFolder = Path.Combine(_folder, "data"),
        EnrolmentToken = Token,
        Time = time ?? TimeProvider.System,
        PortFile = Path.Combine(_folder, "ports"),
    };

    public static GrpcChannelOptions Loopback { get; } = new() { AllowPlaintextLoopback = true };

    public Uri Grpc => _host.GrpcAddress;

    public HttpClient Pages { get; private set; } = null!;

    public string Folder => _folder;

    public string PortFile => _options.PortFile!;

    public PortalOptions Options => _options;

    public static async Task<RunningPortal> StartAsync(TimeProvider? time = null, Func<PortalOptions, PortalOptions>? change = null)
    {
        RunningPortal portal = new(time);
        await portal.OpenAsync(change?.Invoke(portal._options) ?? portal._options);
        return portal;
    }

    /// <summary>Stops it and starts it again on the same database and the same gRPC port.</summary>
    public async Task RestartAsync()
    {
        IPEndPoint same = new(IPAddress.Loopback, Grpc.Port);
        await _host.DisposeAsync();
        Pages.Dispose();
        await OpenAsync(_options with { Grpc = same });
    }

    public PortalClient Client(string name, out GrpcChannel channel)
    {
        channel = new GrpcChannel(Grpc, Loopback);
        return new PortalClient(channel, SensorIdentity.LoadOrCreate(Path.Combine(_folder, name, "identity.json")));
    }

    /// <summary>A box that is enrolled.</summary>
    public async Task<PortalClient> EnrolledAsync(string name)
    {
        PortalClient client = Client(name, out _);
        await client.EnrolAsync(new EnrolRequest { SensorId = client.Identity.SensorId, Secret = client.Identity.Secret, EnrolmentToken = Token, Name = name }, default);
        return client;
    }

    public static AlertBatch Batch(PortalClient client, ulong first, params Alert[] alerts)
    {
        AlertBatch batch = new() { SensorId = client.Identity.SensorId, Epoch = 7, FirstSequence = first, LastSequence = first + (ulong)Math.Max(0, alerts.Length - 1) };
        for (int index = 0; index < alerts.Length; index++)
        {
            alerts[index].Sequence = first + (ulong)index;
            batch.Alerts.Add(alerts[index]);
        }

        return batch;
    }

    public async Task<string> GetAsync(string path, string language = "en")
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        request.Headers.AcceptLanguage.ParseAdd(language);
        using HttpResponseMessage response = await Pages.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Pages.Dispose();
        await _host.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task OpenAsync(PortalOptions options)
    {
        _host = await PortalHost.StartAsync(options);
        Pages = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = _host.HttpAddress };
    }
}
