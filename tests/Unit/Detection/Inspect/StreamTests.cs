using System.Text;
using Sensor.Tests.Support.Traffic;

namespace Sensor.Tests.Detection.Inspect;

/// <summary>Contents of TCP rules: on the stream, whatever its segments, and on packets where the rule asks for them.</summary>
public class StreamTests
{
    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>A conversation on a port that no protocol claims, with text no protocol does.</summary>
    private static TrafficBuilder Talk(params string[] clientSays)
    {
        TrafficBuilder traffic = new();
        TcpConversation conversation = traffic.Connect(RoadHarness.Client, RoadHarness.Server, 9999);
        foreach (string said in clientSays) conversation.ClientSends(Bytes(said));
        conversation.Close();
        return traffic;
    }

    [Fact]
    public void A_content_cut_by_segments_is_found_at_every_cut()
    {
        const string Said = "....hello attacker....";
        for (int cut = 1; cut < Said.Length; cut++)
        {
            using RoadHarness harness = new("alert tcp any any -> any any (msg:\"x\"; content:\"attacker\"; sid:1;)");
            harness.Run(Talk(Said[..cut], Said[cut..])).End();
            Assert.Equal([1], harness.Reported);
        }
    }

    [Fact]
    public void A_content_across_two_chunks_is_found_once()
    {
        for (int at = 2560 - 10; at < 2560 + 10; at++)
        {
            string said = new string('.', at) + "attacker" + new string('.', 3000);
            using RoadHarness harness = new("alert tcp any any -> any any (msg:\"x\"; content:\"attacker\"; sid:1;)");
            harness.Run(Talk(said)).End();
            Assert.Equal([1], harness.Reported);
        }
    }

    [Fact]
    public void A_relative_pair_across_two_chunks_is_found()
    {
        string said = new string('.', 2555) + "one--two" + new string('.', 3000);
        using RoadHarness harness = new("alert tcp any any -> any any (msg:\"x\"; content:\"one\"; content:\"two\"; distance:2; within:3; sid:1;)");
        harness.Run(Talk(said)).End();
        Assert.Equal([1], harness.Reported);
    }

    [Fact]
    public void Contents_with_places_look_at_packets_too()
    {
        using RoadHarness harness = new(
            "alert tcp any any -> any any (msg:\"x\"; content:\"second\"; depth:6; sid:1;)",
            "alert tcp-pkt any any -> any any (msg:\"x\"; content:\"second\"; startswith; sid:2;)",
            "alert tcp-stream any any -> any any (msg:\"x\"; content:\"second\"; startswith; sid:3;)",
            "alert tcp any any -> any any (msg:\"x\"; content:\"first\"; startswith; sid:4;)");
        harness.Run(Talk("first..", "second..")).End();
        Assert.Equal([1, 2, 4, 4], harness.Reported.Order());
    }

    [Fact]
    public void Rules_that_ask_for_packets_do_not_see_the_stream()
    {
        using RoadHarness harness = new(
            "alert tcp any any -> any any (msg:\"x\"; content:\"attacker\"; dsize:<100; sid:1;)",
            "alert tcp any any -> any any (msg:\"x\"; content:\"attacker\"; flow:no_stream; sid:2;)",
            "alert tcp any any -> any any (msg:\"x\"; content:\"attacker\"; flow:only_stream; sid:3;)");
        harness.Run(Talk("atta", "cker")).End();
        Assert.Equal([3], harness.Reported);
    }

    [Fact]
    public void Established_holds_from_the_end_of_the_handshake()
    {
        using RoadHarness harness = new(
            "alert tcp any any -> any any (msg:\"x\"; flags:S; flow:not_established; sid:1;)",
            "alert tcp any any -> any any (msg:\"x\"; flags:S; flow:established; sid:2;)",
            "alert tcp any any -> any any (msg:\"x\"; flags:PA; flow:established,to_server; sid:3;)");
        harness.Run(Talk("hello")).End();
        Assert.Equal([1, 3], harness.Reported);
    }

    [Fact]
    public void Contents_of_a_rule_on_a_protocol_wait_until_it_is_known()
    {
        TrafficBuilder traffic = new();
        TcpConversation conversation = traffic.Connect(RoadHarness.Client, RoadHarness.Server, 8080);
        conversation.ClientSends(Bytes("GET /evil HTTP/1.1\r\nHost: example.com\r\n\r\n")).ServerSends(Bytes("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc")).Close();
        using RoadHarness harness = new(
            "alert http any any -> any any (msg:\"x\"; content:\"evil\"; sid:1;)",
            "alert http any any -> any any (msg:\"x\"; http.uri; content:\"/evil\"; sid:2;)",
            "alert tls any any -> any any (msg:\"x\"; content:\"evil\"; sid:3;)",
            "alert http any any -> any any (msg:\"x\"; http.stat_code; content:\"404\"; sid:4;)",
            "alert tcp any any -> any any (msg:\"x\"; file.data; content:\"abc\"; sid:5;)",
            "alert http any any -> any any (msg:\"x\"; content:\"Host\"; http.method; content:\"GET\"; sid:6;)");
        harness.Run(traffic).End();
        Assert.Equal([1, 2, 4, 5, 6], harness.Reported.Order());
    }

    [Fact]
    public void What_was_said_last_is_inspected_when_the_flow_ends()
    {
        TrafficBuilder traffic = new();
        traffic.Connect(RoadHarness.Client, RoadHarness.Server, 9999).ClientSends(Bytes("attacker"));
        using RoadHarness harness = new("alert tcp any any -> any any (msg:\"x\"; content:\"attacker\"; sid:1;)");
        harness.Run(traffic);
        Assert.Empty(harness.Reported);
        harness.End();
        Assert.Equal([1], harness.Reported);
    }

    [Fact]
    public void Protocol_detection_is_asked_once_per_direction()
    {
        TrafficBuilder traffic = new();
        TcpConversation conversation = traffic.Connect(RoadHarness.Client, RoadHarness.Server, 8080);
        conversation.ClientSends(Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).ServerSends(Bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")).Close();
        using RoadHarness harness = new(
            "alert tcp any any -> any any (msg:\"x\"; app-layer-protocol:http; flow:to_server; sid:1;)",
            "alert tcp any any -> any any (msg:\"x\"; app-layer-protocol:!http; sid:2;)");
        harness.Run(traffic).End();
        Assert.Equal([1], harness.Reported);
    }
}
