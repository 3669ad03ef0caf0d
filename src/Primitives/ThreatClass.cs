namespace Sensor.Primitives;

/// <summary>What kind of attack an alert is about, in the words the service uses towards its customers. Values are wire values: they never change.</summary>
public enum ThreatClass : byte
{
    Other = 0,
    Reconnaissance = 1,
    RedirectSite = 2,
    TamperedSite = 3,
    MaliciousAdvertising = 4,
    BrowserExploitSite = 5,
    BrowserProfilingSite = 6,
    MalwareDownload = 7,
    ExploitKitDownload = 8,
    CommandAndControl = 9,
    Ransomware = 10,
    LateralSpread = 11,
    Tor = 12,
}

/// <summary>The slug of each class, as rules (<c>metadata: threat_class c2</c>), lists and records write it.</summary>
public static class ThreatClasses
{
    private static readonly string[] Slugs =
    [
        "other", "reconnaissance", "redirect-site", "tampered-site", "malicious-advertising", "browser-exploit-site",
        "browser-profiling-site", "malware-download", "exploit-kit-download", "c2", "ransomware", "lateral-spread", "tor",
    ];

    public static int Count => Slugs.Length;

    public static string Slug(ThreatClass threat) => (int)threat < Slugs.Length ? Slugs[(int)threat] : Slugs[0];

    public static bool TryParse(string? slug, out ThreatClass threat)
    {
        int index = slug is null ? -1 : Array.IndexOf(Slugs, slug);
        threat = index < 0 ? ThreatClass.Other : (ThreatClass)index;
        return index >= 0;
    }
}
