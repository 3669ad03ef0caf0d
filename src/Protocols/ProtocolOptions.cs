namespace Sensor.Protocols;

/// <summary>
/// Settings of the protocols, by the reference engine's dotted keys (<c>app-layer.protocols.http.enabled</c>), so
/// that its configurations carry over. Typed views are made by each protocol at start, not on the path.
/// </summary>
public sealed record ProtocolOptions
{
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Flows with an application protocol that a worker has room for from the start: sessions, and of each protocol the
    /// parsers and transactions of its share (<see cref="IAppProtocol.ShareOfFlows"/>). More are made as they are needed.
    /// </summary>
    public int ExpectedFlows { get; init; } = 256;

    /// <summary>How many of the expected flows a share of them is, at least 16.</summary>
    public int Expected(double share) => Math.Max(16, (int)(ExpectedFlows * share));

    public string? Find(string key) => Settings.TryGetValue(key, out string? value) ? value : null;

    public bool IsOn(string key, bool byDefault) =>
        Find(key) is { } value ? value.ToLowerInvariant() is "yes" or "true" or "1" or "on" : byDefault;

    /// <summary>A number with an optional unit: <c>100kb</c>, <c>1mb</c>, <c>3</c>.</summary>
    public long Number(string key, long byDefault)
    {
        if (Find(key) is not { } text) return byDefault;
        ReadOnlySpan<char> value = text.AsSpan().Trim();
        long unit = 1;
        foreach ((string suffix, long factor) in Units)
        {
            if (!value.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) continue;
            unit = factor;
            value = value[..^suffix.Length].TrimEnd();
            break;
        }

        return long.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out long number) ? number * unit : byDefault;
    }

    private static readonly (string, long)[] Units =
        [("kib", 1024), ("mib", 1 << 20), ("gib", 1 << 30), ("kb", 1024), ("mb", 1 << 20), ("gb", 1 << 30), ("k", 1024), ("m", 1 << 20), ("g", 1 << 30)];
}
