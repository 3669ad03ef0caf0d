using System.Globalization;
using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>
/// The settings every protocol has (user guide, "Suricata.yaml", app-layer): <c>app-layer.protocols.NAME.enabled</c>
/// (yes, no, detection-only), <c>.detection-ports.dp</c> and <c>.max-tx</c>, each also below <c>.tcp</c> or <c>.udp</c>.
/// </summary>
public static class ProtocolSettings
{
    /// <summary>Open transactions one flow may have (the reference engine's usual <c>max-tx</c>).</summary>
    public const int DefaultMaximumTransactions = 1024;

    public static bool IsEnabled(ProtocolOptions options, IAppProtocol protocol, Transports transport) =>
        Find(options, protocol, transport, "enabled") is not { } value ? protocol.IsEnabledByDefault : !IsNo(value);

    /// <summary>The protocol is named, its content is not read.</summary>
    public static bool IsDetectionOnly(ProtocolOptions options, IAppProtocol protocol, Transports transport) =>
        Find(options, protocol, transport, "enabled") is "detection-only";

    /// <summary>Ports where its probe is asked first: as configured, else <see cref="IAppProtocol.UsualPorts"/>.</summary>
    public static IReadOnlyList<int> Ports(ProtocolOptions options, IAppProtocol protocol, Transports transport) =>
        Find(options, protocol, transport, "detection-ports.dp") is { } text ? ParsePorts(text) : protocol.UsualPorts;

    public static int MaximumTransactions(ProtocolOptions options, string protocol, int byDefault = DefaultMaximumTransactions) =>
        (int)Math.Clamp(options.Number($"app-layer.protocols.{protocol}.max-tx", byDefault), 1, int.MaxValue);

    private static string? Find(ProtocolOptions options, IAppProtocol protocol, Transports transport, string setting) =>
        options.Find($"app-layer.protocols.{protocol.Name}.{(transport == Transports.Tcp ? "tcp" : "udp")}.{setting}")
        ?? options.Find($"app-layer.protocols.{protocol.Name}.{setting}");

    private static bool IsNo(string value) =>
        value.Equals("no", StringComparison.OrdinalIgnoreCase) || value.Equals("false", StringComparison.OrdinalIgnoreCase)
        || value.Equals("off", StringComparison.OrdinalIgnoreCase) || value == "0";

    /// <summary><c>53</c>, <c>5060, 5061</c>, <c>[139, 445]</c>, <c>8000-8010</c>; what is not a port is left out.</summary>
    private static List<int> ParsePorts(string text)
    {
        List<int> ports = [];
        foreach (string part in text.Split([',', ' ', '[', ']'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split(['-', ':']);
            if (!ushort.TryParse(ends[0], CultureInfo.InvariantCulture, out ushort first)) continue;
            ushort last = ends.Length > 1 && ushort.TryParse(ends[1], CultureInfo.InvariantCulture, out ushort end) ? end : first;
            for (int port = first; port <= last; port++) ports.Add(port);
        }

        return ports;
    }
}
