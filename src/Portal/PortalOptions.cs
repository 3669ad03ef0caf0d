using System.Globalization;
using System.Net;

namespace Sensor.Portal;

/// <summary>The portal's command line.</summary>
public sealed record PortalOptions
{
    public const string Usage = """
        portal - where sensors report to

          --grpc ADDRESS:PORT        gRPC from sensors (default 127.0.0.1:8443; port 0 chooses a free one)
          --http ADDRESS:PORT        pages and JSON (default 127.0.0.1:8080). The pages have no login of their own:
                                     beyond loopback put them behind a proxy that has one
          --data DIR                 database and enrolment token (default ./portal-data)
          --port-file FILE           write the chosen addresses there once the portal listens: "grpc=URL" and "http=URL"
          --enrolment-token TEXT     token sensors enrol with (default: DIR/enrolment-token, made when missing)
          --tls-certificate FILE     PEM certificate chain for both ports; without it both speak plain text
          --tls-key FILE             its PEM key
          --client-authority FILE    PEM certificates of the authority that signs sensors' certificates; then gRPC needs one
          --keep-days N              days alerts are kept (default 365)
          --keep-alerts N            alerts kept at most (default 5000000)
        """;

    public IPEndPoint Grpc { get; init; } = new(IPAddress.Loopback, 8443);
    public IPEndPoint Http { get; init; } = new(IPAddress.Loopback, 8080);
    public string DataFolder { get; init; } = "portal-data";
    public string? PortFile { get; init; }
    public string? EnrolmentToken { get; init; }
    public string? TlsCertificate { get; init; }
    public string? TlsKey { get; init; }
    public string? ClientAuthority { get; init; }

    /// <summary>Security logs are kept a year as the services promise; longer by setting.</summary>
    public int KeepDays { get; init; } = 365;

    /// <summary>Rows; about 2 KiB each with indexes, so 5 million are 10 GB.</summary>
    public long KeepAlerts { get; init; } = 5_000_000;

    /// <summary>The clock, for tests.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">It cannot be understood; the message says which part.</exception>
    public static PortalOptions Parse(IReadOnlyList<string> arguments)
    {
        PortalOptions options = new();
        for (int index = 0; index < arguments.Count; index += 2)
        {
            string name = arguments[index];
            if (index + 1 == arguments.Count) throw new ArgumentException($"cannot read {name}: a value must follow it (--help lists the options)");
            string value = arguments[index + 1];
            options = name switch
            {
                "--grpc" => options with { Grpc = Endpoint(name, value) },
                "--http" => options with { Http = Endpoint(name, value) },
                "--data" => options with { DataFolder = value },
                "--port-file" => options with { PortFile = value },
                "--enrolment-token" => options with { EnrolmentToken = value },
                "--tls-certificate" => options with { TlsCertificate = value },
                "--tls-key" => options with { TlsKey = value },
                "--client-authority" => options with { ClientAuthority = value },
                "--keep-days" => options with { KeepDays = (int)Number(name, value, 36_500) },
                "--keep-alerts" => options with { KeepAlerts = Number(name, value, long.MaxValue) },
                _ => throw new ArgumentException($"cannot read {name}: there is no such option (--help lists them)"),
            };
        }

        if (options.TlsCertificate is null != options.TlsKey is null) throw new ArgumentException("cannot use TLS: --tls-certificate and --tls-key belong together");
        if (options.ClientAuthority is not null && options.TlsCertificate is null) throw new ArgumentException("cannot ask for client certificates: --client-authority needs --tls-certificate");
        return options;
    }

    private static IPEndPoint Endpoint(string name, string value) =>
        IPEndPoint.TryParse(value.StartsWith("localhost:", StringComparison.Ordinal) ? "127.0.0.1" + value["localhost".Length..] : value, out IPEndPoint? endpoint) && value.Contains(':', StringComparison.Ordinal)
            ? endpoint
            : throw new ArgumentException($"cannot read {name} {value}: write ADDRESS:PORT, such as 127.0.0.1:8443");

    private static long Number(string name, string value, long most) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0 && number <= most
            ? number
            : throw new ArgumentException($"cannot read {name} {value}: write a whole number from 1 to {most}");
}
