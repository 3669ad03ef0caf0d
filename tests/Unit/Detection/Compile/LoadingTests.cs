using System.Text;
using System.Text.Json;
using Sensor.Detection;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Tests.Detection.Compile;

/// <summary>What is said about rules that cannot be loaded, and which of two rules stays.</summary>
public class LoadingTests
{
    [Theory]
    [InlineData("alert http any any -> any any (http.urii; content:\"a\"; sid:1;)", "http.urii", "did you mean \"http.uri\"?")]
    [InlineData("alert htpp any any -> any any (content:\"a\"; sid:1;)", "", "did you mean \"http\"?")]
    [InlineData("alert tcp any any -> any any (content:\"abc\"; depth:2; sid:1;)", "depth", "shorter than the content")]
    [InlineData("alert tcp any any -> any any (nocase; sid:1;)", "nocase", "no content stands before it")]
    [InlineData("alert tcp any any -> any any (content:\"a\";)", "", "needs a sid")]
    [InlineData("alert tcp any any -> any any (lua:x.lua; sid:1;)", "lua", "script")]
    [InlineData("alert tcp any any -> any any (mqtt.connect.clientid; content:\"a\"; sid:1;)", "mqtt.connect.clientid", "does not read MQTT")]
    [InlineData("alert http any any -> any any (flow:to_server; http.stat_code; content:\"a\"; sid:1;)", "", "flow says otherwise")]
    [InlineData("alert http any any -> any any (http.uri; content:\"a\"; http.stat_code; content:\"a\"; sid:1;)", "", "different sides")]
    [InlineData("alert tcp $NOWHERE any -> any any (content:\"a\"; sid:1;)", "", "NOWHERE")]
    [InlineData("alert tcp any any -> any any (flowbits:sett,a; sid:1;)", "flowbits", "unknown")]
    [InlineData("alert tcp any any -> any any (pcre:\"/(/\"; sid:1;)", "pcre", "")]
    [InlineData("alert tcp any any -> any any (byte_test:4,>,n,0; sid:1;)", "byte_test", "fills \"n\"")]
    public void A_rule_that_cannot_be_loaded_says_where_and_why(string rule, string keyword, string reason)
    {
        RuleError error = Assert.Single(RuleHarness.Load("# comment", rule, "alert tcp any any -> any any (content:\"fine\"; sid:99;)").Failed);
        Assert.Equal("test.rules", error.File);
        Assert.Equal(2, error.Line);
        Assert.Equal(keyword, error.Keyword);
        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
        if (rule.Contains("sid:1;", StringComparison.Ordinal)) Assert.Equal(1, error.Sid);
        // At the keyword, or inside its value.
        if (keyword.Length > 0) Assert.InRange(error.Column - 1, rule.IndexOf(keyword, StringComparison.Ordinal), rule.IndexOf(';', rule.IndexOf(keyword, StringComparison.Ordinal)));
    }

    [Fact]
    public void Of_two_rules_with_one_sid_the_newer_revision_stays()
    {
        RuleSet set = RuleHarness.Load("alert udp any any -> any any (content:\"old\"; sid:1; rev:1;)", "alert udp any any -> any any (content:\"new\"; sid:1; rev:2;)", "alert udp any any -> any any (content:\"same\"; sid:1; rev:2;)", "alert udp any any -> any any (content:\"other\"; sid:1; gid:2;)");
        Assert.Equal(2, set.Loaded);
        Assert.Equal(2, set.Rules.Single(rule => rule.Gid == 1).Revision);
        Assert.Equal([1, 3], set.Failed.Select(error => error.Line));
        Assert.All(set.Failed, error => Assert.Contains("duplicate sid 1", error.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("version >= 7.0.3", true)]
    [InlineData("version >= 7.0.3 < 9", true)]
    [InlineData("version >= 9", false)]
    [InlineData("version < 8", false)]
    [InlineData("version >= 9 | < 9", true)]
    [InlineData("feature output::file-store", false)]
    [InlineData("keyword http.uri", true)]
    [InlineData("keyword http.nonsense", false)]
    [InlineData("moon full", false)]
    public void Requires_leaves_rules_out_without_calling_them_wrong(string requirement, bool loads)
    {
        RuleSet set = RuleHarness.Load($"alert udp any any -> any any (requires:{requirement}; content:\"a\"; sid:1;)");
        Assert.Equal(loads ? 1 : 0, set.Loaded);
        Assert.Equal(loads ? 0 : 1, set.Skipped.Count);
        Assert.Empty(set.Failed);
    }

    [Fact]
    public void Rules_of_protocols_that_are_not_read_yet_load_and_wait()
    {
        RuleSet set = RuleHarness.Load(
            "alert mqtt any any -> any any (content:\"a\"; sid:1;)",
            "alert smtp any any -> any any (file.data; content:\"a\"; sid:2;)",
            "alert ssh any any -> any any (flow:established; app-layer-event:ssh.odd; sid:3;)");
        Assert.Empty(set.Failed);
        Assert.Equal(3, set.Loaded);
    }

    [Fact]
    public void What_is_said_about_a_rule_comes_out_with_its_alert()
    {
        RuleSetOptions options = new() { Classes = new Dictionary<string, (string, int)> { ["trojan-activity"] = ("A Network Trojan was detected", 1) } };
        RuleSet set = new RuleSetBuilder(options).AddText("a.rules",
            "alert tcp any any -> any any (msg:\"say \\\"hi\\\"\\; ok\"; classtype:trojan-activity; reference:url,example.com/x; reference:cve,2021-44228; metadata:created_at 2024_01_01, tag a, tag b; target:dest_ip; gid:3; sid:7; rev:4; content:\"a\";)").Build();
        Rule rule = Assert.Single(set.Rules);
        Assert.Equal("say \"hi\"; ok", Encoding.UTF8.GetString(rule.Message.Span));
        Assert.Equal(("trojan-activity", "A Network Trojan was detected", 1), (rule.ClassType, rule.Category, rule.Priority));
        Assert.Equal(["http://example.com/x", "http://cve.mitre.org/cgi-bin/cvename.cgi?name=2021-44228"], rule.References);
        Assert.Equal(["created_at:2024_01_01", "tag:a,b"], rule.Metadata.Select(pair => pair.Key + ":" + string.Join(',', pair.Values)));
        Assert.Equal(("dest_ip", 3, 7L, 4, "a.rules:1"), (rule.Target, rule.Gid, rule.Sid, rule.Revision, rule.Origin));
    }

    [Fact]
    public void The_check_is_json()
    {
        RuleSet set = RuleHarness.Load("alert tcp any any -> any any (content:\"a\"; sid:1;)", "alert tcp any any -> any any (nonsense; sid:2;)");
        using MemoryStream output = new();
        Sensor.Detection.RuleCheck.WriteJson(set, output);
        using JsonDocument json = JsonDocument.Parse(output.ToArray());
        Assert.Equal(1, json.RootElement.GetProperty("loaded").GetInt32());
        JsonElement failed = json.RootElement.GetProperty("failed")[0];
        Assert.Equal(("test.rules", 2, 2L, "nonsense"), (failed.GetProperty("file").GetString(), failed.GetProperty("line").GetInt32(), failed.GetProperty("sid").GetInt64(), failed.GetProperty("keyword").GetString()));
    }

    [SharedFact]
    public void Published_rules_load()
    {
        RuleSet set = new RuleSetBuilder().AddFiles(SharedMaterial.Path("rules", "et-open-2024-04")).Build();
        int all = set.Loaded + set.Failed.Count + set.Skipped.Count;
        Assert.Equal(24_827, all);
        Assert.True(set.Loaded >= all * 0.998, $"{set.Loaded} of {all}; " + string.Join("; ", set.Failed.Take(20).Select(error => $"{error.Sid} {error.Keyword}: {error.Reason}")));
        Assert.All(set.Failed, error => Assert.NotEmpty(error.Reason));
    }
}
