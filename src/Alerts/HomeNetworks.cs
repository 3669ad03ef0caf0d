using System.Globalization;
using Sensor.Primitives;

namespace Sensor.Alerts;

/// <summary>Which addresses are the customer's own: they decide which end of a conversation is "the device".</summary>
public sealed class HomeNetworks
{
    /// <summary>Private and link-local networks (RFC 1918, RFC 4193, RFC 3927, RFC 4291), as HOME_NET's default has them.</summary>
    public static HomeNetworks Default { get; } = Parse(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"]);

    private readonly (IpAddress Prefix, int Length)[] _networks;

    private HomeNetworks((IpAddress, int)[] networks) => _networks = networks;

    /// <exception cref="FormatException">An entry is not an address or <c>address/length</c>.</exception>
    public static HomeNetworks Parse(IEnumerable<string> networks) => new([.. networks.Select(ParseOne)]);

    public bool Contains(IpAddress address)
    {
        foreach ((IpAddress prefix, int length) in _networks)
        {
            if (address.Prefix(length) == prefix) return true;
        }

        return false;
    }

    private static (IpAddress, int) ParseOne(string text)
    {
        string[] parts = text.Split('/');
        int length = 128;
        if (parts.Length > 2 || !IpAddress.TryParse(parts[0], out IpAddress address)) throw new FormatException($"\"{text}\" is not a network; write for example 192.168.0.0/16");
        int most = address.IsIpv4 ? 32 : 128;
        if (parts.Length == 2 && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > most))
        {
            throw new FormatException($"\"{text}\" is not a network; the prefix length goes up to {most}");
        }

        if (address.IsIpv4 && parts.Length == 2) length += 96;
        return (address.Prefix(length), length);
    }
}
