using System.Globalization;

namespace Sensor.Engine.Configuration;

/// <summary>Every key of <c>sensord.yaml</c>: what it sets, and what may stand there. Adding a setting is one line.</summary>
internal static class ConfigurationKeys
{
    /// <summary>Applies one value; answers what is wrong with it, or null.</summary>
    public delegate string? Apply(SensorConfiguration configuration, string value);

    public static IReadOnlyDictionary<string, Apply> Scalars { get; } = new Dictionary<string, Apply>(StringComparer.Ordinal)
    {
        ["sensor.name"] = Text((c, v) => c.SensorName = v),
        ["capture.interface"] = Text((c, v) => c.Capture.Interface = v),
        ["capture.loops"] = Number(0, 1_000_000, (c, v) => c.Capture.Loops = (int)v),
        ["capture.paced"] = Switch((c, v) => c.Capture.Paced = v),
        ["capture.snap-length"] = Bytes(64, 262_144, (c, v) => c.Capture.SnapLength = (int)v),
        ["capture.kernel-buffer"] = Bytes(1 << 20, 2L << 30, (c, v) => c.Capture.KernelBufferBytes = v),
        ["capture.promiscuous"] = Switch((c, v) => c.Capture.Promiscuous = v),
        ["capture.filter"] = Text((c, v) => c.Capture.Filter = v),
        ["rules.classification"] = Text((c, v) => c.ClassificationFile = v),
        ["rules.reference"] = Text((c, v) => c.ReferenceFile = v),
        ["rules.thresholds"] = Text((c, v) => c.ThresholdFile = v),
        ["engine.workers"] = Number(0, 64, (c, v) => c.Workers = (int)v),
        ["engine.queue-size"] = Bytes(1 << 20, 4L << 30, (c, v) => c.QueueBytes = v),
        ["engine.checksums"] = Choice(["validate", "none"], (c, v) => c.ValidateChecksums = v == "validate"),
        ["events.directory"] = Text((c, v) => c.Events.Directory = v),
        ["events.rotate-size"] = Bytes(1 << 20, 1L << 40, (c, v) => c.Events.RotateBytes = v),
        ["events.max-size"] = Bytes(1 << 20, 1L << 44, (c, v) => c.Events.MaximumBytes = v),
        ["events.payload"] = Switch((c, v) => c.Events.Payload = v),
        ["state.directory"] = Text((c, v) => c.StateDirectory = v),
        ["state.spool-size"] = Bytes(1 << 20, 1L << 44, (c, v) => c.SpoolBytes = v),
        ["state.store-alerts"] = Number(1_000, 100_000_000, (c, v) => c.StoreAlerts = v),
        ["uplink.portal"] = Portal,
        ["uplink.token-file"] = Text((c, v) => c.Uplink.TokenFile = v),
        ["uplink.ca-file"] = Text((c, v) => c.Uplink.CertificateAuthorityFile = v),
        ["uplink.allow-plaintext"] = Switch((c, v) => c.Uplink.AllowPlaintext = v),
        ["uplink.heartbeat"] = Number(1, 3600, (c, v) => c.Uplink.Heartbeat = TimeSpan.FromSeconds(v)),
        ["control.socket"] = Text((c, v) => c.ControlSocket = v),
        ["control.group"] = Text((c, v) => c.ControlGroup = v),
    };

    public static IReadOnlyDictionary<string, Action<SensorConfiguration, string>> Lists { get; } = new Dictionary<string, Action<SensorConfiguration, string>>(StringComparer.Ordinal)
    {
        ["capture.files"] = (c, v) => c.Capture.Files.Add(v),
        ["rules.files"] = (c, v) => c.RuleFiles.Add(v),
        ["lists.files"] = (c, v) => c.ListFiles.Add(v),
    };

    /// <summary>Maps whose keys are the user's own.</summary>
    public static IReadOnlyDictionary<string, Action<SensorConfiguration, string, string>> Maps { get; } = new Dictionary<string, Action<SensorConfiguration, string, string>>(StringComparer.Ordinal)
    {
        ["vars.address-groups"] = (c, k, v) => c.AddressGroups[k] = v,
        ["vars.port-groups"] = (c, k, v) => c.PortGroups[k] = v,
        ["engine.settings"] = (c, k, v) => c.EngineSettings[k] = v,
    };

    private static Apply Text(Action<SensorConfiguration, string> set) => (configuration, value) =>
    {
        set(configuration, value);
        return null;
    };

    private static Apply Switch(Action<SensorConfiguration, bool> set) => (configuration, value) =>
    {
        bool? on = value switch { "yes" or "true" or "on" => true, "no" or "false" or "off" => false, _ => null };
        if (on is not { } known) return $"\"{value}\" is neither yes nor no; write yes or no";
        set(configuration, known);
        return null;
    };

    private static Apply Choice(string[] choices, Action<SensorConfiguration, string> set) => (configuration, value) =>
    {
        if (!choices.Contains(value)) return $"\"{value}\" is not possible here; write one of {string.Join(", ", choices)}";
        set(configuration, value);
        return null;
    };

    private static Apply Number(long least, long most, Action<SensorConfiguration, long> set) => (configuration, value) =>
    {
        if (!long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) || number < least || number > most)
            return $"\"{value}\" is not a number from {least} to {most}";
        set(configuration, number);
        return null;
    };

    private static Apply Bytes(long least, long most, Action<SensorConfiguration, long> set) => (configuration, value) =>
    {
        if (!TryParseBytes(value, out long number)) return $"\"{value}\" is not a size; write for example 64mb, 1gb or 262144";
        if (number < least || number > most) return $"{value} is out of range; {least} to {most} bytes are possible";
        set(configuration, number);
        return null;
    };

    private static string? Portal(SensorConfiguration configuration, string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
            return $"\"{value}\" is not a portal address; write https://portal.example.jp:443";
        configuration.Uplink.Portal = value;
        return null;
    }

    internal static bool TryParseBytes(string text, out long bytes)
    {
        ReadOnlySpan<char> value = text.AsSpan().Trim();
        long unit = 1;
        foreach ((string suffix, long factor) in ((string, long)[])[("kb", 1L << 10), ("mb", 1L << 20), ("gb", 1L << 30), ("tb", 1L << 40), ("k", 1L << 10), ("m", 1L << 20), ("g", 1L << 30), ("t", 1L << 40)])
        {
            if (!value.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) continue;
            unit = factor;
            value = value[..^suffix.Length].TrimEnd();
            break;
        }

        bool parsed = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= long.MaxValue / unit;
        bytes = parsed ? number * unit : 0;
        return parsed;
    }
}
