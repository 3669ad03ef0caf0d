using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Sensor.Portal.Api;
using Sensor.Portal.Grpc;
using Sensor.Portal.Pages;
using Sensor.Portal.Storage;
using Sensor.Wire;

namespace Sensor.Portal;

/// <summary>The running portal: one port for sensors (gRPC over HTTP/2), one for people and scripts.</summary>
public sealed class PortalHost : IAsyncDisposable
{
    /// <summary>Marks connections that came in by the sensors' port.</summary>
    private static readonly object SensorPort = new();

    private readonly WebApplication _app;
    private readonly Database _database;
    private readonly Retention _retention;
    private readonly CancellationTokenSource _stopping = new();
    private Task _sweeping = Task.CompletedTask;

    private PortalHost(WebApplication app, Database database, Retention retention, string enrolmentToken)
    {
        _app = app;
        _database = database;
        _retention = retention;
        EnrolmentToken = enrolmentToken;
    }

    public string EnrolmentToken { get; }

    /// <summary>Where sensors reach it.</summary>
    public Uri GrpcAddress { get; private set; } = new("http://invalid");

    /// <summary>Where people reach it.</summary>
    public Uri HttpAddress { get; private set; } = new("http://invalid");

    /// <summary>Opens the database, listens, and writes the port file.</summary>
    public static async Task<PortalHost> StartAsync(PortalOptions options, Action<ILoggingBuilder>? logging = null)
    {
        Directory.CreateDirectory(options.DataFolder);
        SqliteDatabase database = new(Path.Combine(options.DataFolder, "portal.db"));
        Schema.Create(database);
        string token = options.EnrolmentToken ?? StoredToken(Path.Combine(options.DataFolder, "enrolment-token"));

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "portal" });
        builder.Logging.ClearProviders();
        if (logging is not null) logging(builder.Logging);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Listen(kestrel, options));
        builder.Host.ConfigureHostOptions(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        WebApplication app = builder.Build();
        PortalHost portal = new(app, database, new Retention(database, options.Time, options.KeepDays, options.KeepAlerts), token);
        Route(app, database, token, options.Time);
        await app.StartAsync().ConfigureAwait(false);
        portal.Announce(options);
        portal._sweeping = Task.Run(() => portal.SweepAsync(options.Time));
        return portal;
    }

    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        await _sweeping.ConfigureAwait(false);
        _database.Dispose();
        _stopping.Dispose();
    }

    private static void Route(WebApplication app, Database database, string token, TimeProvider time)
    {
        SensorStore sensors = new(database, time);
        AlertStore alerts = new(database, time);
        IncidentStore incidents = new(database);
        GrpcServer grpc = new(app.Logger);
        new PortalService(sensors, alerts, token, time).AddTo(grpc);

        app.Use(async (http, next) =>
        {
            if (http.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(SensorPort) == true)
            {
                await grpc.HandleAsync(http).ConfigureAwait(false);
                return;
            }

            PageRoutes.Protect(http.Response);
            await next(http).ConfigureAwait(false);
        });
        JsonApi.Map(app, sensors, alerts, incidents);
        PageRoutes.Map(app, sensors, alerts, incidents, time);
    }

    private static void Listen(KestrelServerOptions kestrel, PortalOptions options)
    {
        kestrel.AddServerHeader = false; // no banner for strangers
        kestrel.Limits.MaxRequestBodySize = GrpcFrame.MaximumMessageBytes + GrpcFrame.PrefixLength;
        kestrel.Limits.MaxConcurrentConnections = 2 * SensorStore.MaximumSensors;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(60);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        X509Certificate2? certificate = options.TlsCertificate is null ? null : LoadCertificate(options.TlsCertificate, options.TlsKey!);
        X509Certificate2Collection? clients = options.ClientAuthority is null ? null : LoadAuthorities(options.ClientAuthority);
        kestrel.Listen(options.Grpc, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => connection =>
            {
                connection.Items[SensorPort] = null;
                return next(connection);
            });
            if (certificate is not null) listen.UseHttps(https => Secure(https, certificate, clients));
        });
        kestrel.Listen(options.Http, listen =>
        {
            listen.Protocols = certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2; // browsers speak HTTP/2 only over TLS
            if (certificate is not null) listen.UseHttps(https => Secure(https, certificate, null));
        });
    }

    private static void Secure(HttpsConnectionAdapterOptions https, X509Certificate2 certificate, X509Certificate2Collection? clients)
    {
        https.ServerCertificate = certificate;
        if (clients is null) return;
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (presented, _, _) =>
        {
            using X509Chain chain = new();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.CustomTrustStore.AddRange(clients);
            return chain.Build(presented);
        };
    }

    private static X509Certificate2 LoadCertificate(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception broken) when (broken is CryptographicException or IOException)
        {
            throw new ArgumentException($"cannot use the certificate {certificate} with {key}: {broken.Message}", broken);
        }
    }

    private static X509Certificate2Collection LoadAuthorities(string path)
    {
        X509Certificate2Collection authorities = [];
        authorities.ImportFromPemFile(path);
        return authorities.Count > 0 ? authorities : throw new ArgumentException($"cannot use {path}: there is no PEM certificate in it");
    }

    private static string StoredToken(string path)
    {
        if (File.Exists(path)) return File.ReadAllText(path).Trim();
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using StreamWriter file = new(path, options);
        file.WriteLine(token);
        return token;
    }

    /// <summary>Takes the chosen ports; the port file appears whole, by a rename, so a script may wait for it.</summary>
    private void Announce(PortalOptions options)
    {
        string[] addresses = [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        GrpcAddress = new Uri(addresses[0]);
        HttpAddress = new Uri(addresses[1]);
        if (options.PortFile is null) return;
        string temporary = options.PortFile + ".new";
        File.WriteAllText(temporary, $"grpc={GrpcAddress}\nhttp={HttpAddress}\n");
        File.Move(temporary, options.PortFile, overwrite: true);
    }

    private async Task SweepAsync(TimeProvider time)
    {
        try
        {
            while (true)
            {
                Sweep();
                await Task.Delay(Retention.Interval, time, _stopping.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The portal stops.
        }
    }

    private void Sweep()
    {
        try
        {
            long deleted = _retention.Sweep();
            if (deleted > 0) _app.Logger.LogInformation("deleted {Count} alerts whose retention period is over", deleted);
        }
        catch (System.Data.Common.DbException broken)
        {
            _app.Logger.LogError(broken, "cannot delete old alerts: {Reason}; tried again within the hour", broken.Message);
        }
    }
}
