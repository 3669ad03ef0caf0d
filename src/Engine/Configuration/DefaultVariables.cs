namespace Sensor.Engine.Configuration;

/// <summary>
/// Groups that published rules take for granted (Suricata's shipped suricata.yaml, "vars"). A configuration replaces
/// the ones it names.
/// </summary>
public static class DefaultVariables
{
    public static IDictionary<string, string> Addresses()
    {
        var groups = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME_NET"] = "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]",
            ["EXTERNAL_NET"] = "!$HOME_NET",
        };
        foreach (string servers in (string[])["HTTP_SERVERS", "SMTP_SERVERS", "SQL_SERVERS", "DNS_SERVERS", "TELNET_SERVERS", "AIM_SERVERS", "DC_SERVERS", "DNP3_SERVER", "DNP3_CLIENT", "MODBUS_CLIENT", "MODBUS_SERVER", "ENIP_CLIENT", "ENIP_SERVER", "FTP_SERVERS", "SSH_SERVERS", "SIP_SERVERS", "SNMP_SERVERS"])
        {
            groups[servers] = "$HOME_NET";
        }

        return groups;
    }

    public static IDictionary<string, string> Ports() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["HTTP_PORTS"] = "80",
        ["SHELLCODE_PORTS"] = "!80",
        ["ORACLE_PORTS"] = "1521",
        ["SSH_PORTS"] = "22",
        ["DNP3_PORTS"] = "20000",
        ["MODBUS_PORTS"] = "502",
        ["FILE_DATA_PORTS"] = "[$HTTP_PORTS,110,143]",
        ["FTP_PORTS"] = "21",
        ["GENEVE_PORTS"] = "6081",
        ["VXLAN_PORTS"] = "4789",
        ["TEREDO_PORTS"] = "3544",
        ["SIP_PORTS"] = "[5060,5061]",
        ["SMTP_PORTS"] = "25",
        ["TELNET_PORTS"] = "23",
    };
}
