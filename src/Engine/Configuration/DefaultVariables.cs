using Sensor.Detection;

namespace Sensor.Engine.Configuration;

/// <summary>Groups that published rules take for granted; a configuration replaces the ones it names.</summary>
public static class DefaultVariables
{
    // Server groups that some published sets use beyond those of the reference engine's shipped configuration.
    private static readonly string[] FurtherServers = ["FTP_SERVERS", "SSH_SERVERS", "SIP_SERVERS", "SNMP_SERVERS", "POP_SERVERS", "IMAP_SERVERS"];

    public static IDictionary<string, string> Addresses()
    {
        var groups = new Dictionary<string, string>(RuleDefaults.Variables.Addresses, StringComparer.Ordinal);
        foreach (string servers in FurtherServers) groups.TryAdd(servers, "$HOME_NET");
        return groups;
    }

    public static IDictionary<string, string> Ports()
    {
        var groups = new Dictionary<string, string>(RuleDefaults.Variables.Ports, StringComparer.Ordinal);
        groups.TryAdd("SMTP_PORTS", "25");
        groups.TryAdd("TELNET_PORTS", "23");
        return groups;
    }
}
