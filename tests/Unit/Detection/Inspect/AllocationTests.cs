using System.Text;
using Sensor.Detection;
using Sensor.Primitives;
using Sensor.Tests.Support.Traffic;

namespace Sensor.Tests.Detection.Inspect;

/// <summary>Once warm, inspection allocates nothing.</summary>
public class AllocationTests
{
    private static readonly string[] Rules =
    [
        "alert http any any -> any any (msg:\"x\"; http.method; content:\"GET\"; http.uri; content:\"/evil\"; nocase; pcre:\"/evil[0-9]+/\"; flowbits:set,evil; sid:1;)",
        "alert http any any -> any any (msg:\"x\"; flow:to_client; flowbits:isset,evil; http.stat_code; content:\"404\"; threshold:type limit, track by_src, count 1, seconds 1; sid:2;)",
        "alert http any any -> any any (msg:\"x\"; http.host; dotprefix; content:\".example.com\"; endswith; sid:3;)",
        "alert tcp any any -> any any (msg:\"x\"; content:\"GET\"; depth:3; content:\"Host\"; distance:0; xbits:set,seen,track ip_src,expire 10; sid:4;)",
        "alert tcp any any -> any any (msg:\"x\"; content:\"Content-Length|3a 20|\"; byte_test:1,>,0,0,relative,string,dec; sid:5;)",
        "alert udp any any -> any 53 (msg:\"x\"; content:\"|00 01 00 00|\"; offset:4; depth:4; sid:6;)",
        "alert dns any any -> any any (msg:\"x\"; dns.query; content:\"example\"; flowint:asked,+,1; sid:7;)",
        "alert tcp any any -> any any (msg:\"x\"; flags:S; sid:8;)",
        "alert http any any -> any any (msg:\"x\"; file.data; content:\"abc\"; sid:9;)",
        "alert ip any any -> 203.0.113.0/24 any (msg:\"x\"; sid:10;)",
    ];

    [Fact]
    public void Steady_traffic_allocates_nothing()
    {
        byte[][] frames = Frames();
        using RoadHarness harness = new(Rules) { CountsOnly = true };
        long microseconds = 1_795_000_000_000_000;
        for (int round = 0; round < 50; round++) Play(harness, frames, ref microseconds);
        long alerts = harness.Count;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 50; round++) Play(harness, frames, ref microseconds);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
        Assert.True(harness.Count > alerts + 500, $"only {harness.Count - alerts} alerts: the rules were not at work");
    }

    private static void Play(RoadHarness harness, byte[][] frames, ref long microseconds)
    {
        foreach (byte[] frame in frames) harness.Process(frame, new PacketTime((microseconds += 100) * 1000));
        harness.End();
    }

    private static byte[][] Frames()
    {
        TrafficBuilder traffic = new();
        for (int at = 0; at < 2; at++)
        {
            TcpConversation conversation = traffic.Connect(RoadHarness.Client, RoadHarness.Server, 8080);
            for (int request = 0; request < 3; request++)
            {
                conversation.ClientSends(Encoding.Latin1.GetBytes($"GET /Evil{request} HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: x\r\n\r\n"));
                conversation.ServerSends(Encoding.Latin1.GetBytes("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc"));
            }

            conversation.Close();
        }

        traffic.Datagram(RoadHarness.Client, 5353, RoadHarness.Server, 53, DnsQuery());
        return [.. traffic.Frames.Select(frame => frame.Bytes)];
    }

    private static byte[] DnsQuery() => [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, .. "example"u8, 3, .. "com"u8, 0, 0, 1, 0, 1];
}
