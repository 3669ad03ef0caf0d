using Sensor.Detection;
using Sensor.Primitives;

namespace Sensor.Tests.Detection.Keywords;

/// <summary>Keywords that remember something on a flow or an address.</summary>
public class FlowKeywordTests
{
    [Fact]
    public void Flowbits_set_by_one_direction_are_seen_by_the_other()
    {
        using RuleHarness harness = new(
            "alert udp any any -> any any (content:\"login\"; flow:to_server; flowbits:set,asked; flowbits:noalert; sid:1;)",
            "alert udp any any -> any any (content:\"ok\"; flow:to_client; flowbits:isset,asked; sid:2;)",
            "alert udp any any -> any any (content:\"ok\"; flow:to_client; flowbits:isnotset,asked; sid:3;)");
        Assert.Equal([3], harness.Packet("ok", Direction.ToClient));
        Assert.Empty(harness.Packet("login"));
        Assert.Equal([2], harness.Packet("ok", Direction.ToClient));
        harness.StartFlow(2);
        Assert.Equal([3], harness.Packet("ok", Direction.ToClient));
    }

    [Fact]
    public void Flowbits_unset_toggle_and_alternatives()
    {
        using RuleHarness harness = new(
            "alert udp any any -> any any (content:\"s\"; flowbits:set,a; noalert; sid:1;)",
            "alert udp any any -> any any (content:\"u\"; flowbits:unset,a; noalert; sid:2;)",
            "alert udp any any -> any any (content:\"t\"; flowbits:toggle,b; noalert; sid:3;)",
            "alert udp any any -> any any (content:\"?\"; flowbits:isset,a|b; sid:4;)");
        Assert.Empty(harness.Packet("?"));
        harness.Packet("s");
        Assert.Equal([4], harness.Packet("?"));
        harness.Packet("u");
        Assert.Empty(harness.Packet("?"));
        harness.Packet("t");
        Assert.Equal([4], harness.Packet("?"));
        harness.Packet("t");
        Assert.Empty(harness.Packet("?"));
    }

    [Fact]
    public void A_bit_set_and_asked_for_in_one_packet_works_whatever_the_order_in_the_file()
    {
        using RuleHarness harness = new(
            "alert udp any any -> any any (content:\"a\"; flowbits:isset,b; sid:1;)",
            "alert udp any any -> any any (content:\"a\"; flowbits:set,b; sid:2;)");
        Assert.Equal([2, 1], harness.Packet("a"));
    }

    [Fact]
    public void Flowbits_survive_a_change_of_rules()
    {
        using RuleHarness harness = new("alert udp any any -> any any (content:\"a\"; flowbits:set,kept; noalert; sid:1;)");
        harness.Packet("a");
        harness.Swap("alert udp any any -> any any (content:\"b\"; flowbits:isset,kept; sid:2;)");
        Assert.Equal([2], harness.Packet("b"));
    }

    [Fact]
    public void Flowint_counts()
    {
        using RuleHarness harness = new(
            "alert udp any any -> any any (content:\"try\"; flowint:tries,+,1; noalert; sid:1;)",
            "alert udp any any -> any any (content:\"try\"; flowint:tries,>=,3; sid:2;)",
            "alert udp any any -> any any (content:\"x\"; flowint:tries,isnotset; sid:3;)");
        Assert.Equal([3], harness.Packet("x"));
        Assert.Empty(harness.Packet("try"));
        Assert.Empty(harness.Packet("try"));
        Assert.Equal([2], harness.Packet("try"));
        Assert.Empty(harness.Packet("x"));
    }

    [Fact]
    public void Xbits_belong_to_addresses_and_expire()
    {
        using RuleHarness harness = new(
            "alert udp any any -> any any (content:\"set\"; flow:to_server; xbits:set,seen,track ip_src,expire 60; noalert; sid:1;)",
            "alert udp any any -> any any (content:\"ask\"; flow:to_server; xbits:isset,seen,track ip_src; sid:2;)");
        Assert.Empty(harness.Packet("ask"));
        harness.Packet("set");
        harness.StartFlow(2);
        Assert.Equal([2], harness.Packet("ask"));
        harness.Wait(59);
        Assert.Equal([2], harness.Packet("ask"));
        harness.Wait(1);
        Assert.Empty(harness.Packet("ask"));
    }

    [Theory]
    [InlineData("established", true)]
    [InlineData("not_established", false)]
    [InlineData("stateless", true)]
    [InlineData("to_server", true)]
    [InlineData("from_client,established", true)]
    [InlineData("to_client", false)]
    public void Flow(string value, bool expected)
    {
        using RuleHarness harness = new($"alert udp any any -> any any (content:\"a\"; flow:{value}; sid:1;)");
        Assert.Equal(expected, harness.Packet("a").Length == 1);
    }

    [Fact]
    public void Flow_of_a_packet_without_one_is_neither_established_nor_going_anywhere()
    {
        using RuleHarness harness = new(
            "alert udp any any -> any any (content:\"a\"; flow:to_server; sid:1;)",
            "alert udp any any -> any any (content:\"a\"; flow:established; sid:2;)",
            "alert udp any any -> any any (content:\"a\"; flow:stateless; sid:3;)");
        Assert.Equal([3], harness.Packet("a"u8.ToArray(), hasFlow: false));
    }

    [Fact]
    public void Flow_counters()
    {
        using RuleHarness harness = new(
            "alert udp any any -> any any (flow.pkts:toserver,>2; sid:1;)",
            "alert udp any any -> any any (flow.bytes:both,500; sid:2;)",
            "alert udp any any -> any any (flow.age:>5; sid:3;)");
        harness.Flow.ToServer.Packets = 3;
        harness.Flow.ToServer.Bytes = 300;
        harness.Flow.ToClient.Bytes = 200;
        harness.Flow.FirstSeen = PacketTime.FromUnix(10, 0);
        harness.Flow.LastSeen = PacketTime.FromUnix(16, 0);
        Assert.Equal([1, 2, 3], harness.Packet(""));
    }

    [Fact]
    public void What_rules_noted_on_a_flow_can_be_told()
    {
        using RuleHarness harness = new(
            "alert udp any any -> any any (content:\"a\"; flowbits:set,told.one; flowint:told.count,=,7; sid:1;)",
            "alert udp any any -> any any (content:\"a\"; flowbits:set,told.two; sid:2;)");
        Assert.Equal(0, FlowAnnotations.BitCount(harness.Flow));
        harness.Packet("a");
        Assert.Equal(["told.one", "told.two"], Enumerable.Range(0, FlowAnnotations.BitCount(harness.Flow)).Select(at => System.Text.Encoding.UTF8.GetString(FlowAnnotations.Bit(harness.Flow, at))));
        Assert.Equal("told.count"u8, FlowAnnotations.Counter(harness.Flow, 0, out uint value));
        Assert.Equal(7u, value);
    }

    [Fact]
    public void A_config_rule_leaves_a_record_out_and_is_not_reported()
    {
        using RuleHarness harness = new("config http any any -> any any (http.host; content:\"quiet\"; config:logging disable, type tx, scope tx; sid:1;)");
        TestTransaction quiet = harness.Open().Set("http.host", "quiet"), loud = harness.Open().Set("http.host", "loud");
        Assert.Empty(harness.Move(quiet, 1));
        Assert.Empty(harness.Move(loud, 1));
        Assert.True(quiet.Logged);
        Assert.False(loud.Logged);
    }
}
