using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection;

/// <summary>What rules mean beside their own text: variables, classes, references.</summary>
public sealed record RuleSetOptions
{
    public RuleVariables Variables { get; init; } = RuleDefaults.Variables;

    /// <summary>Classes by short name (classification.config).</summary>
    public IReadOnlyDictionary<string, (string Description, int Priority)> Classes { get; init; } = new Dictionary<string, (string, int)>();

    /// <summary>What stands before a reference of each system (reference.config): <c>url</c> is <c>http://</c>.</summary>
    public IReadOnlyDictionary<string, string> ReferencePrefixes { get; init; } = RuleDefaults.ReferencePrefixes;

    /// <summary>Categories and scores of addresses for <c>iprep</c> (reputation-categories-file, reputation-files); empty without.</summary>
    public string ReputationCategoryFile { get; init; } = "";

    public IReadOnlyList<string> ReputationFiles { get; init; } = [];

    /// <summary>Lines of threshold.config files (threshold-file).</summary>
    public IReadOnlyList<string> ThresholdFiles { get; init; } = [];

    /// <summary>
    /// Takes what the reference engine's settings name: threshold-file, reputation-categories-file, reputation-files.N.
    /// Paths are relative to <paramref name="folder"/>.
    /// </summary>
    public RuleSetOptions WithSettings(IReadOnlyDictionary<string, string> settings, string folder)
    {
        string Resolve(string path) => Path.Combine(folder, path);
        RuleSetOptions options = this;
        if (settings.TryGetValue("threshold-file", out string? thresholds)) options = options with { ThresholdFiles = [Resolve(thresholds)] };
        if (settings.TryGetValue("reputation-categories-file", out string? categories)) options = options with { ReputationCategoryFile = Resolve(categories) };
        string[] scores = [.. settings.Where(setting => setting.Key.StartsWith("reputation-files.", StringComparison.Ordinal)).OrderBy(setting => setting.Key, StringComparer.Ordinal).Select(setting => Resolve(setting.Value))];
        return scores.Length == 0 ? options : options with { ReputationFiles = scores };
    }

    /// <summary>Version of the reference engine whose rules are understood; what <c>requires: version</c> compares with.</summary>
    public Version Understands { get; init; } = new(8, 0, 0);
}

/// <summary>Defaults where the configuration is silent: the variables and reference systems the reference engine ships.</summary>
public static class RuleDefaults
{
    public static RuleVariables Variables { get; } = new()
    {
        Addresses = new Dictionary<string, string>
        {
            ["HOME_NET"] = "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]",
            ["EXTERNAL_NET"] = "!$HOME_NET",
            ["HTTP_SERVERS"] = "$HOME_NET",
            ["SMTP_SERVERS"] = "$HOME_NET",
            ["SQL_SERVERS"] = "$HOME_NET",
            ["DNS_SERVERS"] = "$HOME_NET",
            ["TELNET_SERVERS"] = "$HOME_NET",
            ["AIM_SERVERS"] = "$EXTERNAL_NET",
            ["DC_SERVERS"] = "$HOME_NET",
            ["DNP3_SERVER"] = "$HOME_NET",
            ["DNP3_CLIENT"] = "$HOME_NET",
            ["MODBUS_SERVER"] = "$HOME_NET",
            ["MODBUS_CLIENT"] = "$HOME_NET",
            ["ENIP_SERVER"] = "$HOME_NET",
            ["ENIP_CLIENT"] = "$HOME_NET",
        },
        Ports = new Dictionary<string, string>
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
        },
    };

    public static IReadOnlyDictionary<string, string> ReferencePrefixes { get; } = new Dictionary<string, string>
    {
        ["bugtraq"] = "http://www.securityfocus.com/bid/",
        ["bid"] = "http://www.securityfocus.com/bid/",
        ["cve"] = "http://cve.mitre.org/cgi-bin/cvename.cgi?name=",
        ["secunia"] = "http://www.secunia.com/advisories/",
        ["arachnids"] = "http://www.whitehats.com/info/IDS",
        ["mcafee"] = "http://vil.nai.com/vil/dispVirus.asp?virus_k=",
        ["nessus"] = "http://cgi.nessus.org/plugins/dump.php3?id=",
        ["url"] = "http://",
        ["et"] = "http://doc.emergingthreats.net/",
        ["etpro"] = "http://doc.emergingthreatspro.com/",
        ["telus"] = "http://",
        ["osvdb"] = "http://osvdb.org/show/osvdb/",
        ["threatexpert"] = "http://www.threatexpert.com/report.aspx?md5=",
        ["md5"] = "http://www.threatexpert.com/report.aspx?md5=",
        ["exploitdb"] = "http://www.exploit-db.com/exploits/",
        ["openpacket"] = "https://www.openpacket.org/capture/grab/",
        ["securitytracker"] = "http://securitytracker.com/id?",
        ["xforce"] = "http://xforce.iss.net/xforce/xfdb/",
        ["msft"] = "http://technet.microsoft.com/security/bulletin/",
    };
}
