using Sensor.Detection;
using Sensor.Primitives;
using Sensor.Tests.Support.Traffic;

namespace Sensor.Tests.Detection.Keywords;

/// <summary>Keywords that look things up in files beside the rules: datasets, address scores, thresholds, digests.</summary>
public sealed class ListKeywordTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sensor-lists-").FullName;

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private RuleSet Build(RuleSetOptions options, params string[] rules)
    {
        RuleSet set = new RuleSetBuilder(options).AddFiles(Write("test.rules", string.Join('\n', rules))).Build();
        Assert.Empty(set.Failed);
        return set;
    }

    private static TrafficBuilder Request(string host, string agent = "x", string answer = "abc")
    {
        TrafficBuilder traffic = new();
        TcpConversation conversation = traffic.Connect(RoadHarness.Client, RoadHarness.Server, 80);
        conversation.ClientSends(System.Text.Encoding.ASCII.GetBytes($"GET /a.exe HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\n\r\n"));
        conversation.ServerSends(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {answer.Length}\r\n\r\n{answer}")).Close();
        return traffic;
    }

    private static long[] Run(RuleSet set, params TrafficBuilder[] traffic)
    {
        using RoadHarness harness = new(set);
        foreach (TrafficBuilder one in traffic) harness.Run(one).End();
        return [.. harness.Reported.Order()];
    }

    [Fact]
    public void Datasets_are_asked_and_filled()
    {
        Write("hosts.lst", Convert.ToBase64String("bad.example"u8) + "\n");
        Write("hosts.rep", Convert.ToBase64String("bad.example"u8) + ",90\n");
        Write("addresses.lst", "203.0.113.5\n2001:db8::1\n");
        RuleSet set = Build(new RuleSetOptions(),
            "alert http any any -> any any (http.host; dataset:isset,bad,type string,load hosts.lst; sid:1;)",
            "alert http any any -> any any (http.host; dataset:isnotset,bad,type string,load hosts.lst; sid:2;)",
            "alert http any any -> any any (http.user_agent; dataset:set,agents,type string; sid:3;)",
            "alert http any any -> any any (http.host; datarep:scores,>,80,load hosts.rep,type string; sid:4;)",
            "alert http any any -> any any (flow:to_server; http.host; content:\"e\"; ip.dst; dataset:isset,addresses,type ip,load addresses.lst; sid:5;)",
            "alert http any any -> any any (flow:to_server; http.host; content:\"e\"; ip.src; dataset:isset,addresses,type ip,load addresses.lst; sid:6;)");
        Assert.Equal([1, 3, 4, 5], Run(set, Request("bad.example")));
        Assert.Equal([2, 5], Run(set, Request("good.example")));
    }

    [Fact]
    public void A_dataset_that_cannot_be_read_says_where()
    {
        Write("broken.lst", "fine\n!!\n");
        RuleSet set = new RuleSetBuilder().AddFiles(Write("test.rules",
            "alert http any any -> any any (http.host; dataset:isset,a,type string,load missing.lst; sid:1;)\n" +
            "alert http any any -> any any (http.host; dataset:isset,b,type string,load broken.lst; sid:2;)")).Build();
        Assert.Contains("missing.lst", set.Failed[0].Reason, StringComparison.Ordinal);
        Assert.Contains("broken.lst:", set.Failed[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Address_scores()
    {
        RuleSetOptions options = new RuleSetOptions().WithSettings(new Dictionary<string, string> { ["reputation-categories-file"] = "categories.txt", ["reputation-files.0"] = "scores.list" }, _folder);
        Write("categories.txt", "1,BadHosts,Known bad hosts\n2,Slow,Slow hosts\n");
        Write("scores.list", "203.0.113.0/24,1,60\n203.0.113.5,1,90\n192.168.1.10,2,10\n");
        RuleSet set = Build(options,
            "alert tcp any any -> any any (flags:S; iprep:dst,BadHosts,>,80; sid:1;)",
            "alert tcp any any -> any any (flags:S; iprep:dst,BadHosts,<,80; sid:2;)",
            "alert tcp any any -> any any (flags:S; iprep:any,Slow,=,10; sid:3;)",
            "alert tcp any any -> any any (flags:S; iprep:both,BadHosts,>,0; sid:4;)");
        Assert.Equal([1, 3], Run(set, Request("a")));
        Assert.Contains("no file of categories", new RuleSetBuilder(options).AddText("x", "alert ip any any -> any any (iprep:dst,Nobody,>,1; sid:1;)").Build().Failed[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Threshold_config_limits_and_suppresses()
    {
        RuleSetOptions options = new RuleSetOptions().WithSettings(new Dictionary<string, string> { ["threshold-file"] = "threshold.config" }, _folder);
        Write("threshold.config", """
            suppress gen_id 1, sig_id 1
            suppress gen_id 1, sig_id 2, track by_src, ip 192.168.1.0/24
            suppress gen_id 1, sig_id 3, track by_dst, ip 192.168.1.0/24
            threshold gen_id 1, sig_id 4, type limit, track by_src, count 1, seconds 60
            rate_filter gen_id 1, sig_id 5, track by_src, count 1, seconds 60, new_action pass, timeout 60
            """);
        string[] rules = [.. Enumerable.Range(1, 5).Select(sid => $"alert tcp any any -> any any (flow:to_server; flags:PA; sid:{sid};)")];
        Assert.Equal([3, 3, 4, 5], Run(Build(options, rules), Request("a"), Request("b")));
    }

    [Fact]
    public void Lists_of_digests_ask_for_their_digest()
    {
        Write("md5.lst", "# comment\n900150983cd24fb0d6963f7d28e17f72  abc\n");
        RuleSet set = Build(new RuleSetOptions(), "alert http any any -> any any (filemd5:md5.lst; sid:1;)");
        Assert.Equal(Sensor.Files.FileHashes.Md5, set.FileHashes);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
