namespace Sensor.Protocols.Tls;

/// <summary>What happens to a connection once it is encrypted (user guide, "Encrypted traffic").</summary>
public enum EncryptionHandling : byte
{
    /// <summary>Records are followed (heartbeats, progress), their content is not inspected.</summary>
    TrackOnly,
    /// <summary>Nothing more is read.</summary>
    Bypass,
    /// <summary>As if it were not encrypted.</summary>
    Full,
}

/// <summary>Settings below <c>app-layer.protocols.tls</c>, read once per worker.</summary>
public sealed record TlsSettings
{
    /// <summary><c>ja3-fingerprints</c>: on unless switched off ("auto" means on).</summary>
    public bool Ja3 { get; init; } = true;

    /// <summary><c>ja4-fingerprints</c>, likewise.</summary>
    public bool Ja4 { get; init; } = true;

    /// <summary><c>encryption-handling</c>, in older configurations <c>encrypt-handling</c>.</summary>
    public EncryptionHandling Encryption { get; init; }

    public static TlsSettings From(ProtocolOptions options) => new()
    {
        Ja3 = !IsOff(options.Find("app-layer.protocols.tls.ja3-fingerprints")),
        Ja4 = !IsOff(options.Find("app-layer.protocols.tls.ja4-fingerprints")),
        Encryption = (options.Find("app-layer.protocols.tls.encryption-handling") ?? options.Find("app-layer.protocols.tls.encrypt-handling")) switch
        {
            "bypass" => EncryptionHandling.Bypass,
            "full" => EncryptionHandling.Full,
            _ => EncryptionHandling.TrackOnly,
        },
    };

    private static bool IsOff(string? value) => value is not null
        && (value.Equals("no", StringComparison.OrdinalIgnoreCase) || value.Equals("false", StringComparison.OrdinalIgnoreCase)
            || value.Equals("off", StringComparison.OrdinalIgnoreCase) || value == "0");
}
