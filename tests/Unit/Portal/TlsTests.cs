using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sensor.Cloud;
using Sensor.Wire;

namespace Sensor.Tests.Portal;

/// <summary>Who may talk to whom when the line is encrypted.</summary>
public sealed class TlsTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("tls").FullName;
    private readonly X509Certificate2 _authority = Authority("CN=the portal's authority");
    private readonly X509Certificate2 _stranger = Authority("CN=somebody else");

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_portal_with_a_certificate_of_the_configured_authority_is_trusted()
    {
        await using RunningPortal portal = await StartAsync(Issue(_authority, "localhost", Days(-1), Days(30)));
        Assert.Equal("https", portal.Grpc.Scheme);
        Assert.Equal(GrpcStatus.Ok, await CheckAsync(portal, new GrpcChannelOptions { TrustedAuthorities = [_authority] }));
    }

    [Fact]
    public async Task An_authority_that_is_not_the_configured_one_is_not()
    {
        await using RunningPortal portal = await StartAsync(Issue(_authority, "localhost", Days(-1), Days(30)));
        GrpcException refused = await RefusedAsync(portal, new GrpcChannelOptions { TrustedAuthorities = [_stranger] });
        Assert.Contains("cannot trust the portal", refused.Message, StringComparison.Ordinal);
        await RefusedAsync(portal, new GrpcChannelOptions()); // the machine's own authorities
    }

    [Fact]
    public async Task An_expired_certificate_is_refused()
    {
        await using RunningPortal portal = await StartAsync(Issue(_authority, "localhost", Days(-20), Days(-10)));
        await RefusedAsync(portal, new GrpcChannelOptions { TrustedAuthorities = [_authority] });
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused()
    {
        await using RunningPortal portal = await StartAsync(Issue(_authority, "portal.example", Days(-1), Days(30)));
        await RefusedAsync(portal, new GrpcChannelOptions { TrustedAuthorities = [_authority] });
    }

    [Fact]
    public async Task A_portal_that_answers_in_plain_text_is_refused()
    {
        await using RunningPortal portal = await RunningPortal.StartAsync();
        GrpcException refused = await Assert.ThrowsAsync<GrpcException>(() => CheckAsync(new Uri($"https://localhost:{portal.Grpc.Port}"), new GrpcChannelOptions { TrustedAuthorities = [_authority] }));
        Assert.Equal(GrpcStatus.Unavailable, refused.Status);
    }

    [Fact]
    public async Task A_portal_that_asks_for_client_certificates_takes_only_those_of_its_authority()
    {
        await using RunningPortal portal = await StartAsync(Issue(_authority, "localhost", Days(-1), Days(30)), askClients: true);
        using X509Certificate2 own = Issue(_authority, "box", Days(-1), Days(30)), foreign = Issue(_stranger, "box", Days(-1), Days(30));
        GrpcChannelOptions trusting = new() { TrustedAuthorities = [_authority] };
        Assert.Equal(GrpcStatus.Ok, await CheckAsync(portal, trusting with { ClientCertificate = own }));
        await RefusedAsync(portal, trusting with { ClientCertificate = foreign });
        await RefusedAsync(portal, trusting);
    }

    private static DateTimeOffset Days(int days) => DateTimeOffset.UtcNow.AddDays(days);

    private static X509Certificate2 Authority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(Days(-100), Days(100));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name, DateTimeOffset from, DateTimeOffset until)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 issued = request.Create(authority, from, until, RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    private async Task<RunningPortal> StartAsync(X509Certificate2 certificate, bool askClients = false)
    {
        string Write(string name, string pem)
        {
            string path = Path.Combine(_folder, name);
            File.WriteAllText(path, pem);
            return path;
        }

        using (certificate)
        {
            string chain = Write("portal.pem", certificate.ExportCertificatePem());
            string key = Write("portal.key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
            string clients = Write("clients.pem", _authority.ExportCertificatePem());
            return await RunningPortal.StartAsync(change: options => options with { TlsCertificate = chain, TlsKey = key, ClientAuthority = askClients ? clients : null });
        }
    }

    private static async Task<GrpcException> RefusedAsync(RunningPortal portal, GrpcChannelOptions options)
    {
        GrpcException refused = await Assert.ThrowsAsync<GrpcException>(() => CheckAsync(portal, options));
        Assert.Equal(GrpcStatus.Unavailable, refused.Status);
        return refused;
    }

    private static Task<GrpcStatus> CheckAsync(RunningPortal portal, GrpcChannelOptions options) => CheckAsync(new Uri($"https://localhost:{portal.Grpc.Port}"), options);

    private static async Task<GrpcStatus> CheckAsync(Uri address, GrpcChannelOptions options)
    {
        using GrpcChannel channel = new(address, options);
        await channel.CallAsync(GrpcNames.HealthCheck, new HealthCheckRequest(), HealthCheckResponse.Parser, Deadline, null, default);
        return GrpcStatus.Ok;
    }
}
