using System.Text.Json;
using Sensor.Engine;
using Sensor.Tests.Support.Traffic;

namespace Sensor.Tests.Engine;

/// <summary>What a replay writes for a few frames and rules: settings and modes as they reach the rooms.</summary>
public sealed class ReplayRecordsTests : IDisposable
{
    private static readonly Host Client = new("192.168.1.10", 0x0200_0000_0001), Server = new("203.0.113.9", 0x0200_0000_0002);

    private readonly string _folder = Directory.CreateTempSubdirectory("replay-records").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private List<JsonElement> Run(TrafficBuilder traffic, string rules, bool inline = false, params string[] settings)
    {
        string capture = Path.Combine(_folder, "in.pcap"), ruleFile = Path.Combine(_folder, "in.rules");
        File.WriteAllBytes(capture, traffic.ToPcap());
        File.WriteAllText(ruleFile, rules);
        Replay.Run(
            new ReplayOptions { Captures = [capture], Rules = [ruleFile], OutputFolder = _folder, Inline = inline, Payload = true, Small = true, Settings = settings, SettingsFolder = _folder },
            _ => { },
            CancellationToken.None);
        return [.. File.ReadLines(Path.Combine(_folder, "eve.json")).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static IEnumerable<JsonElement> Of(List<JsonElement> records, string type) => records.Where(record => record.GetProperty("event_type").GetString() == type);

    private static TrafficBuilder Datagrams() => new TrafficBuilder()
        .Datagram(Client, 40000, Server, 9999, "first"u8).Datagram(Client, 40000, Server, 9999, "second"u8).Datagram(Server, 9999, Client, 40000, "third"u8);

    private const string DropAddress = "drop ip 192.168.1.10 any -> any any (msg:\"dropped\"; sid:1;)";

    [Fact]
    public void A_bridge_says_which_packets_it_dropped_and_why()
    {
        List<JsonElement> records = Run(Datagrams(), DropAddress, inline: true);
        Assert.Equal(["rules", "flow drop", "flow drop"], Of(records, "drop").Select(record => record.GetProperty("drop").GetProperty("reason").GetString()));
        Assert.Equal(1, Of(records, "drop").First().GetProperty("alert").GetProperty("signature_id").GetInt32());
        Assert.Equal("blocked", Assert.Single(Of(records, "alert")).GetProperty("alert").GetProperty("action").GetString());
        Assert.Equal("drop", Assert.Single(Of(records, "flow")).GetProperty("flow").GetProperty("action").GetString());
    }

    [Fact]
    public void A_passive_box_drops_nothing_even_when_it_reads_streams_as_a_bridge()
    {
        List<JsonElement> records = Run(Datagrams(), DropAddress, inline: false, "stream.inline=true");
        Assert.Empty(Of(records, "drop"));
        Assert.Equal("allowed", Of(records, "alert").First().GetProperty("alert").GetProperty("action").GetString());
        Assert.False(Assert.Single(Of(records, "flow")).GetProperty("flow").TryGetProperty("action", out _));
    }

    [Fact]
    public void A_threshold_file_is_found_beside_the_case()
    {
        const string rule = "alert udp any any -> any 9999 (msg:\"seen\"; content:\"s\"; sid:1;)";
        Assert.Equal(2, Of(Run(Datagrams(), rule), "alert").Count());
        File.WriteAllText(Path.Combine(_folder, "threshold.config"), "suppress gen_id 1, sig_id 1\n");
        Assert.Empty(Of(Run(Datagrams(), rule, inline: false, "threshold-file=./threshold.config"), "alert"));
    }

    [Fact]
    public void Notes_of_rules_are_in_the_records_of_their_flow()
    {
        const string rules = """
            alert udp any any -> any 9999 (msg:"id"; content:"first"; flowbits:set,traffic/id/sample; flowbits:set,seen.first; sid:1;)
            alert udp any any -> any 9999 (msg:"label"; content:"first"; flowbits:set,traffic/label/known; flowint:count,=,3; sid:2;)
            """;
        JsonElement flow = Assert.Single(Of(Run(Datagrams(), rules), "flow"));
        Assert.Equal("sample", flow.GetProperty("traffic").GetProperty("id")[0].GetString());
        Assert.Equal("known", flow.GetProperty("traffic").GetProperty("label")[0].GetString());
        Assert.Equal("seen.first", flow.GetProperty("metadata").GetProperty("flowbits")[0].GetString());
        Assert.Equal(3, flow.GetProperty("metadata").GetProperty("flowints").GetProperty("count").GetInt32());
    }

    [Fact]
    public void An_unknown_datagram_says_failed_and_a_later_known_one_corrects_it()
    {
        Assert.Equal("failed", Assert.Single(Of(Run(Datagrams(), ""), "flow")).GetProperty("app_proto").GetString());
        TrafficBuilder mixed = new TrafficBuilder().Datagram(Client, 40000, Server, 53, "junk"u8).Datagram(Client, 40000, Server, 53, DnsMessage.Query(7, "example.jp"));
        Assert.Equal("dns", Assert.Single(Of(Run(mixed, ""), "flow")).GetProperty("app_proto").GetString());
    }

    [Fact]
    public void A_coded_request_body_is_read_decoded()
    {
        using var coded = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(coded, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true)) gzip.Write("name=value"u8);
        var traffic = new TrafficBuilder();
        byte[] head = System.Text.Encoding.ASCII.GetBytes($"POST /form HTTP/1.1\r\nHost: example.jp\r\nContent-Encoding: gzip\r\nContent-Length: {coded.Length}\r\n\r\n");
        traffic.Connect(Client, Server, 80).ClientSends([.. head, .. coded.ToArray()]).ServerSends("HTTP/1.1 204 No Content\r\n\r\n"u8).Close();
        const string rule = "alert http any any -> any any (msg:\"form\"; flow:to_server; http.request_body; content:\"name=value\"; sid:1;)";
        Assert.Single(Of(Run(traffic, rule), "alert"));
    }

    [Fact]
    public void A_piece_of_a_file_says_where_it_belongs()
    {
        var traffic = new TrafficBuilder();
        traffic.Connect(Client, Server, 80).ClientSends("GET /big HTTP/1.1\r\nHost: example.jp\r\n\r\n"u8)
            .ServerSends("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 500-503/9000\r\nContent-Length: 4\r\n\r\nabcd"u8).Close();
        JsonElement file = Assert.Single(Of(Run(traffic, ""), "fileinfo")).GetProperty("fileinfo");
        Assert.Equal((500, 503, 4), (file.GetProperty("start").GetInt32(), file.GetProperty("end").GetInt32(), file.GetProperty("size").GetInt32()));
    }
}
