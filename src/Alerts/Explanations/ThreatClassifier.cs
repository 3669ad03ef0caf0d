using System.Text;
using Sensor.Detection;
using Sensor.Primitives;

namespace Sensor.Alerts.Explanations;

/// <summary>
/// Which threat class a rule is about. In order: what a blacklist says, what the rule says (<c>metadata: threat_class</c>),
/// classification names that leave no doubt, words of the message, classification names that leave some.
/// </summary>
public static class ThreatClassifier
{
    /// <summary>Short names of classification.config with one meaning here.</summary>
    private static readonly (string ClassType, ThreatClass Class)[] CertainClassTypes =
    [
        ("command-and-control", ThreatClass.CommandAndControl), ("domain-c2", ThreatClass.CommandAndControl),
        ("network-scan", ThreatClass.Reconnaissance), ("attempted-recon", ThreatClass.Reconnaissance),
        ("successful-recon-limited", ThreatClass.Reconnaissance), ("successful-recon-largescale", ThreatClass.Reconnaissance),
    ];

    /// <summary>Rows in order: the message begins so (after the vendor's two letters) and contains one of the words. The first that fits counts.</summary>
    private static readonly (string Prefix, string[] Words, ThreatClass Class)[] Messages =
    [
        ("", ["malvertis", "malvertiz"], ThreatClass.MaliciousAdvertising),
        ("TOR", [], ThreatClass.Tor),
        ("POLICY", ["tor get ", ".onion", "tor2web", "tor proxy"], ThreatClass.Tor),
        ("", ["ransom", "wannacry", "wanadecrypt", "locky ", "cryptolocker", "lockbit", ".cryptowall"], ThreatClass.Ransomware),
        ("", ["psexec", "eternalblue", "eternalromance", "ms17-010", "lateral", "svcctl", "remote service creation"], ThreatClass.LateralSpread),
        ("EXPLOIT_KIT", ["redirect", "tds ", "gate "], ThreatClass.RedirectSite),
        ("EXPLOIT_KIT", ["payload", "download", "jar ", "executable", "dll "], ThreatClass.ExploitKitDownload),
        ("EXPLOIT_KIT", ["plugin-detect", "plugindetect", "fingerprint", "profil"], ThreatClass.BrowserProfilingSite),
        ("EXPLOIT_KIT", [], ThreatClass.BrowserExploitSite),
        ("", ["injected", "compromised site", "compromised website", "hacked site", "fakeupdate", "socgholish"], ThreatClass.TamperedSite),
        ("WEB_CLIENT", [], ThreatClass.BrowserExploitSite),
        ("SCAN", [], ThreatClass.Reconnaissance),
        ("MALWARE", ["cnc", "c2 ", "beacon", "checkin", "check-in", "cobalt strike", "sinkhole", "rat "], ThreatClass.CommandAndControl),
        ("TROJAN", ["cnc", "c2 ", "beacon", "checkin", "check-in", "cobalt strike", "sinkhole", "rat "], ThreatClass.CommandAndControl),
        ("MALWARE", ["download", "dropper", "payload", "executable", ".exe", "pe exe", "loader"], ThreatClass.MalwareDownload),
        ("TROJAN", ["download", "dropper", "payload", "executable", ".exe", "pe exe", "loader"], ThreatClass.MalwareDownload),
        ("MALWARE", [], ThreatClass.CommandAndControl),
        ("TROJAN", [], ThreatClass.CommandAndControl),
        ("MOBILE_MALWARE", [], ThreatClass.CommandAndControl),
        ("CNC", [], ThreatClass.CommandAndControl),
    ];

    private static readonly (string ClassType, ThreatClass Class)[] LikelyClassTypes =
    [
        ("exploit-kit", ThreatClass.BrowserExploitSite), ("trojan-activity", ThreatClass.MalwareDownload),
        ("targeted-activity", ThreatClass.CommandAndControl), ("coin-mining", ThreatClass.CommandAndControl),
    ];

    public static ThreatClass Of(Rule rule, ReputationEntry? listed)
    {
        if (ThreatClasses.TryParse(listed?.ThreatClass, out ThreatClass threat)) return threat;
        if (ThreatClasses.TryParse(RuleMetadata.Find(rule, "threat_class"), out threat)) return threat;
        if (TryFind(CertainClassTypes, rule.ClassType, out threat)) return threat;
        if (TryReadMessage(Encoding.UTF8.GetString(rule.Message.Span), out threat)) return threat;
        return TryFind(LikelyClassTypes, rule.ClassType, out threat) ? threat : ThreatClass.Other;
    }

    private static bool TryFind((string ClassType, ThreatClass Class)[] table, string classType, out ThreatClass threat)
    {
        int index = Array.FindIndex(table, row => row.ClassType == classType);
        threat = index < 0 ? ThreatClass.Other : table[index].Class;
        return index >= 0;
    }

    private static bool TryReadMessage(string message, out ThreatClass threat)
    {
        // "ET MALWARE ...", "ETPRO MALWARE ...", "GPL SCAN ...": the vendor's word says nothing about the class.
        int space = message.IndexOf(' ', StringComparison.Ordinal);
        ReadOnlySpan<char> subject = space > 0 ? message.AsSpan(space + 1) : message;
        foreach ((string prefix, string[] words, ThreatClass found) in Messages)
        {
            bool begins = prefix.Length == 0 || (subject.StartsWith(prefix, StringComparison.Ordinal) && (subject.Length == prefix.Length || subject[prefix.Length] == ' '));
            if (!begins || (words.Length > 0 && !words.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase)))) continue;
            threat = found;
            return true;
        }

        threat = ThreatClass.Other;
        return false;
    }
}
