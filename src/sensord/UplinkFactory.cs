using System.Security.Cryptography.X509Certificates;
using Sensor.Alerts.Spool;
using Sensor.Cloud;
using Sensor.Engine.Configuration;

namespace Sensor.Daemon;

/// <summary>Makes the uplink the configuration asks for.</summary>
internal static class UplinkFactory
{
    public static PortalUplink? Create(SensorConfiguration configuration, AlertSpool spool, Func<SensorState> state)
    {
        UplinkSettings settings = configuration.Uplink;
        if (settings.Portal.Length == 0) return null;
        X509Certificate2Collection? authorities = null;
        if (settings.CertificateAuthorityFile is { } file)
        {
            authorities = [];
            authorities.ImportFromPemFile(file);
        }

        return new PortalUplink(
            new PortalUplinkOptions
            {
                Address = new Uri(settings.Portal),
                StateFolder = Path.Combine(configuration.StateDirectory, "uplink"),
                EnrolmentToken = settings.TokenFile is { } token ? File.ReadAllText(token).Trim() : "",
                Name = configuration.SensorName,
                Version = StateReport.Version,
                Channel = new GrpcChannelOptions { AllowPlaintextLoopback = settings.AllowPlaintext, TrustedAuthorities = authorities },
            },
            new SpoolUploadSource(spool),
            state);
    }
}
