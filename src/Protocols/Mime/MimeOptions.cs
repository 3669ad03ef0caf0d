using System.Text;

namespace Sensor.Protocols.Mime;

/// <summary>Settings <c>app-layer.protocols.smtp.mime.*</c> (user guide, "Suricata.yaml", SMTP).</summary>
internal sealed record MimeOptions
{
    private const string Prefix = "app-layer.protocols.smtp.mime.";

    /// <summary>Links kept are longer than their scheme; a scheme is at most this long.</summary>
    private const int LongestScheme = 32;

    public bool DecodesMime { get; init; } = true;

    public bool DecodesBase64 { get; init; } = true;

    public bool DecodesQuotedPrintable { get; init; } = true;

    /// <summary>Bytes kept of one header field. The reference engine's default.</summary>
    public int HeaderValueLimit { get; init; } = 2000;

    public bool ExtractsUrls { get; init; } = true;

    public bool KeepsScheme { get; init; }

    public bool HashesBody { get; init; } = true;

    /// <summary>Beginnings of links: <c>http://</c>, <c>mailto:</c>.</summary>
    public byte[][] Schemes { get; init; } = [[.. "http://"u8]];

    public static MimeOptions From(ProtocolOptions options) => new()
    {
        DecodesMime = options.IsOn(Prefix + "decode-mime", true),
        DecodesBase64 = options.IsOn(Prefix + "decode-base64", true),
        DecodesQuotedPrintable = options.IsOn(Prefix + "decode-quoted-printable", true),
        HeaderValueLimit = (int)Math.Clamp(options.Number(Prefix + "header-value-depth", 2000), 1, 32 * 1024),
        ExtractsUrls = options.IsOn(Prefix + "extract-urls", true),
        KeepsScheme = options.IsOn(Prefix + "log-url-scheme", false),
        HashesBody = options.Find(Prefix + "body-md5") is not { } text || text.Equals("auto", StringComparison.OrdinalIgnoreCase) || options.IsOn(Prefix + "body-md5", true),
        Schemes = [.. SchemesOf(options).Where(scheme => scheme.Length is > 0 and <= LongestScheme)
            .Select(scheme => Encoding.ASCII.GetBytes(scheme.ToLowerInvariant() + (scheme.Equals("mailto", StringComparison.OrdinalIgnoreCase) ? ":" : "://")))],
    };

    private static string[] SchemesOf(ProtocolOptions options)
    {
        const string Key = Prefix + "extract-urls-schemes";
        if (options.Find(Key) is { } list) return list.Split([',', ' ', '[', ']', '"', '\''], StringSplitOptions.RemoveEmptyEntries);
        List<string> schemes = [];
        while (options.Find($"{Key}.{schemes.Count}") is { } scheme) schemes.Add(scheme);
        return schemes.Count == 0 ? ["http"] : [.. schemes];
    }
}
