using Sensor.Detection;
using Sensor.Primitives;

namespace Sensor.Tests.Detection.Inspect;

/// <summary>Order of alerts, pass rules, verdicts, limits.</summary>
public class VerdictTests
{
    [Fact]
    public void Alerts_come_by_action_then_priority()
    {
        using RuleHarness harness = new(
            "alert udp any any -> any any (content:\"a\"; priority:3; sid:1;)",
            "alert udp any any -> any any (content:\"a\"; priority:1; sid:2;)",
            "drop udp any any -> any any (content:\"a\"; priority:3; sid:3;)");
        Assert.Equal([3, 2, 1], harness.Packet("a"));
        Assert.Equal(Verdict.Drop, harness.Verdict);
    }

    [Fact]
    public void A_pass_rule_keeps_everything_behind_it_back()
    {
        using RuleHarness harness = new(
            "alert udp any any -> any any (content:\"a\"; sid:1;)",
            "pass udp any any -> any any (content:\"ab\"; sid:2;)");
        Assert.Equal([1], harness.Packet("a"));
        Assert.Empty(harness.Packet("ab"));
        Assert.Equal([1], harness.Packet("a"));
    }

    [Fact]
    public void A_pass_rule_on_a_transaction_holds_for_the_flow()
    {
        using RuleHarness harness = new(
            "alert udp any any -> any any (content:\"a\"; sid:1;)",
            "pass http any any -> any any (http.uri; content:\"/ok\"; sid:2;)");
        TestTransaction transaction = harness.Open().Set("http.uri", "/ok");
        Assert.Empty(harness.Move(transaction, 1));
        Assert.True(harness.Flow.Passed);
        Assert.Empty(harness.Packet("a"));
        Assert.True(transaction.RequestInspected);
    }

    [Fact]
    public void Address_rules_are_tried_once_per_direction()
    {
        using RuleHarness harness = new(
            "alert ip 192.168.1.10 any -> any any (msg:\"x\"; sid:1;)",
            "alert udp any any -> 192.168.1.10 any (msg:\"x\"; sid:2;)",
            "alert udp 192.168.1.10 any -> !10.0.0.0/8 any (msg:\"x\"; sid:3;)");
        Assert.Equal([1, 3], harness.Packet("a"));
        Assert.Equal([3], harness.Packet("a"));
        Assert.Equal([2], harness.Packet("a", Direction.ToClient));
        Assert.Empty(harness.Packet("a", Direction.ToClient));
    }

    [Fact]
    public void More_alerts_than_the_limit_lose_the_worst_placed()
    {
        using RuleHarness harness = new(new DetectionOptions { PacketAlertMax = 2 },
            "alert udp any any -> any any (content:\"a\"; priority:3; sid:1;)",
            "alert udp any any -> any any (content:\"a\"; priority:2; sid:2;)",
            "alert udp any any -> any any (content:\"a\"; priority:1; sid:3;)");
        Assert.Equal([3, 2], harness.Packet("a"));
        Assert.Equal(1, harness.Engine.Counters.AlertQueueOverflow);
    }

    [Fact]
    public void A_dropped_flow_stays_dropped_in_bridge_mode_only()
    {
        const string Rule = "drop http any any -> any any (http.uri; content:\"a\"; sid:1;)";
        using RuleHarness passive = new(Rule);
        passive.Move(passive.Open().Set("http.uri", "a"), 1);
        Assert.False(passive.Flow.Dropped);
        using RuleHarness inline = new(new DetectionOptions { Inline = true }, Rule);
        inline.Move(inline.Open().Set("http.uri", "a"), 1);
        Assert.True(inline.Flow.Dropped);
        inline.Packet("b");
        Assert.Equal(Verdict.Drop, inline.Verdict);
    }

    [Fact]
    public void A_packet_rule_drops_the_packet_alone()
    {
        using RuleHarness harness = new(new DetectionOptions { Inline = true }, "drop udp any any -> any any (dsize:1; sid:1;)");
        harness.Packet("a");
        Assert.Equal(Verdict.Drop, harness.Verdict);
        harness.Packet("bb");
        Assert.Equal(Verdict.Pass, harness.Verdict);
    }

    [Fact]
    public void A_pass_rule_that_also_alerts_is_reported_and_keeps_the_rest_back()
    {
        using RuleHarness harness = new(
            "alert udp any any -> any any (content:\"a\"; sid:1;)",
            "pass udp any any -> any any (content:\"a\"; alert; sid:2;)");
        Assert.Equal([2], harness.Packet("a"));
    }
}
