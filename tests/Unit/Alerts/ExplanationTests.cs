using System.Text;
using Sensor.Alerts;
using Sensor.Alerts.Explanations;
using Sensor.Detection;
using Sensor.Primitives;

namespace Sensor.Tests.Alerts;

public class ExplanationTests
{
    private static readonly AdviceNames Names = new("192.168.1.10", "203.0.113.5", "site.example", "evil.exe", "RULE");

    private static Rule Rule(string message, string classType = "", params (string, IReadOnlyList<string>)[] metadata) =>
        new() { Sid = 1, Message = Encoding.UTF8.GetBytes(message), ClassType = classType, Metadata = metadata };

    [Fact]
    public void Every_class_is_explained_in_both_languages_with_every_name_filled_in()
    {
        Assert.Equal(ThreatClasses.Count, ExplanationCatalog.All.Count);
        for (int i = 0; i < ThreatClasses.Count; i++)
        {
            Explanation explanation = ExplanationCatalog.Of((ThreatClass)i);
            Assert.Equal((ThreatClass)i, explanation.Class);
            foreach (Advice advice in new[] { explanation.Usual, explanation.FromOutside }.OfType<Advice>())
            {
                foreach (LocalizedText text in new[] { advice.WhatHappened, advice.WhatToDo })
                {
                    LocalizedText filled = AdviceText.Fill(text, Names);
                    Assert.DoesNotContain('{', filled.Japanese + filled.English);
                    Assert.EndsWith("。", filled.Japanese.Replace("）。", "。", StringComparison.Ordinal), StringComparison.Ordinal);
                    Assert.Contains(filled.Japanese, one => one is >= 'ぁ' and <= 'ん');
                    Assert.EndsWith(".", filled.English, StringComparison.Ordinal);
                    Assert.Contains("192.168.1.10", filled.English + filled.Japanese, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void Names_from_the_wire_cannot_rewrite_the_sentence()
    {
        var hostile = Names with { Site = "{device}\r\n\u202Eevil" + new string('x', 500), File = "a\u0000b" };
        string filled = AdviceText.Fill(new("", "{site} {file}"), hostile).English;
        Assert.StartsWith("{device}evilxxx", filled, StringComparison.Ordinal);
        Assert.EndsWith("… the file \"ab\"", filled, StringComparison.Ordinal);
        Assert.True(filled.Length < 150);
    }

    [Theory]
    [InlineData("ET MALWARE Cobalt Strike Beacon Activity", "trojan-activity", ThreatClass.CommandAndControl)]
    [InlineData("ET MALWARE Win32/Agent Payload Download", "trojan-activity", ThreatClass.MalwareDownload)]
    [InlineData("ET MALWARE Anything Else", "trojan-activity", ThreatClass.CommandAndControl)]
    [InlineData("ET MALWARE WannaCry Ransomware Kill Switch", "trojan-activity", ThreatClass.Ransomware)]
    [InlineData("ET TOR Known Tor Relay/Router (Not Exit) Node Traffic group 1", "misc-attack", ThreatClass.Tor)]
    [InlineData("ET SCAN Nmap Scripting Engine", "web-application-attack", ThreatClass.Reconnaissance)]
    [InlineData("ET EXPLOIT_KIT RIG EK Landing", "exploit-kit", ThreatClass.BrowserExploitSite)]
    [InlineData("ET EXPLOIT_KIT RIG EK Payload Jan 1", "exploit-kit", ThreatClass.ExploitKitDownload)]
    [InlineData("ET EXPLOIT_KIT Redirect to Evil Site", "exploit-kit", ThreatClass.RedirectSite)]
    [InlineData("ET CURRENT_EVENTS Malvertising Redirect", "trojan-activity", ThreatClass.MaliciousAdvertising)]
    [InlineData("ET NETBIOS PsExec service created", "attempted-admin", ThreatClass.LateralSpread)]
    [InlineData("GPL NETBIOS anything", "domain-c2", ThreatClass.CommandAndControl)]
    [InlineData("ET INFO something", "misc-activity", ThreatClass.Other)]
    [InlineData("", "", ThreatClass.Other)]
    public void A_class_is_read_from_classification_and_message(string message, string classType, ThreatClass expected) =>
        Assert.Equal(expected, ThreatClassifier.Of(Rule(message, classType), null));

    [Fact]
    public void What_a_list_or_the_rule_says_comes_first()
    {
        Rule rule = Rule("ET TOR x", "domain-c2", ("threat_class", ["tampered-site"]));
        Assert.Equal(ThreatClass.TamperedSite, ThreatClassifier.Of(rule, null));
        Assert.Equal(ThreatClass.Ransomware, ThreatClassifier.Of(rule, new ReputationEntry("l", "c", "e", "host", "ransomware", 1, "high")));
        Assert.Equal(ThreatClass.Tor, ThreatClassifier.Of(Rule("ET TOR x", "", ("threat_class", ["no-such-class"])), null));
    }

    [Fact]
    public void Severity_is_a_total_function_that_never_rises_with_a_milder_word_or_priority()
    {
        string?[] words = ["Critical", "Major", null, "Minor", "Informational"];
        foreach (int priority in new[] { int.MinValue, -1, 0, 1, 2, 3, 4, 5, 255, int.MaxValue })
        {
            foreach (string? word in words.Append("nonsense").Append(""))
            {
                Severity severity = SeverityPolicy.Of(priority, word);
                Assert.InRange(severity, Severity.Info, Severity.High);
                Assert.True(priority == int.MaxValue || SeverityPolicy.Of(priority + 1, word) <= severity);
            }
        }

        Assert.Equal(Severity.High, SeverityPolicy.Of(1, null));
        Assert.Equal(Severity.Medium, SeverityPolicy.Of(2, "Major"));
        Assert.Equal(Severity.Low, SeverityPolicy.Of(1, "informational"));
        Assert.Equal(Severity.Low, SeverityPolicy.Of(Rule("x"), new ReputationEntry("l", "c", "e", "host", "tor", 1, "low")));
        foreach (Severity severity in Enum.GetValues<Severity>()) Assert.True(SeverityPolicy.TryParse(SeverityPolicy.Label(severity), out Severity back) && back == severity);
        Assert.False(SeverityPolicy.TryParse("none", out _));
    }

    [SharedFact]
    public void Every_published_classification_gets_a_severity_and_a_class()
    {
        foreach (string line in File.ReadLines(SharedMaterial.Path("rules", "classification.config")).Where(line => line.StartsWith("config classification:", StringComparison.Ordinal)))
        {
            string[] parts = line["config classification:".Length..].Split(',');
            Assert.InRange(SeverityPolicy.Of(int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture), null), Severity.Info, Severity.High);
            Assert.InRange(ThreatClassifier.Of(Rule("ET X y", parts[0].Trim()), null), ThreatClass.Other, ThreatClass.Tor);
        }
    }
}
