using Sensor.Detection;
using Sensor.Primitives;

namespace Sensor.Tests.Detection.Keywords;

/// <summary>Counting matches before they become alerts (user guide, "Thresholding Keywords").</summary>
public class ThresholdTests
{
    private static string Count(RuleHarness harness, int packets, int secondsBetween = 0)
    {
        string alerts = "";
        for (int at = 0; at < packets; at++)
        {
            alerts += harness.Packet("a").Length == 1 ? "A" : ".";
            harness.Wait(secondsBetween);
        }

        return alerts;
    }

    private static RuleHarness With(string threshold) => new($"alert udp any any -> any any (content:\"a\"; {threshold} sid:1;)");

    [Theory]
    [InlineData("threshold:type limit, track by_src, count 2, seconds 60;", "AA....")]
    [InlineData("threshold:type threshold, track by_src, count 3, seconds 60;", "..A..A")]
    [InlineData("threshold:type both, track by_dst, count 2, seconds 60;", ".A....")]
    [InlineData("detection_filter:track by_src, count 3, seconds 60;", "...AAA")]
    [InlineData("threshold:type backoff, track by_flow, count 1, multiplier 2;", "AA.A..")]
    [InlineData("threshold:type limit, track by_rule, count 1, seconds 60;", "A.....")]
    public void Types(string threshold, string expected)
    {
        using RuleHarness harness = With(threshold);
        Assert.Equal(expected, Count(harness, 6));
    }

    [Fact]
    public void A_new_window_begins_when_the_old_one_is_over()
    {
        using RuleHarness harness = With("threshold:type limit, track by_src, count 1, seconds 10;");
        Assert.Equal("A.A.A.", Count(harness, 6, secondsBetween: 5));
    }

    [Fact]
    public void Tracks_are_counted_apart()
    {
        using RuleHarness harness = With("threshold:type limit, track by_flow, count 1, seconds 60;");
        Assert.Equal("A.", Count(harness, 2));
        harness.StartFlow(2);
        Assert.Equal("A.", Count(harness, 2));
    }

    [Fact]
    public void By_both_is_the_same_pair_in_both_directions()
    {
        using RuleHarness harness = With("threshold:type limit, track by_both, count 1, seconds 60;");
        Assert.Single(harness.Packet("a"));
        Assert.Empty(harness.Packet("a", Direction.ToClient));
    }

    [Fact]
    public void Counting_goes_on_after_a_change_of_rules()
    {
        const string Rule = "alert udp any any -> any any (content:\"a\"; sid:1; threshold:type limit, track by_src, count 1, seconds 60;)";
        using RuleHarness harness = new(Rule);
        Assert.Single(harness.Packet("a"));
        harness.Swap(Rule);
        Assert.Empty(harness.Packet("a"));
        Assert.Equal(1, harness.Engine.Counters.AlertsSuppressed);
    }

    [Fact]
    public void A_full_table_lets_the_oldest_go_and_counts()
    {
        DetectionOptions options = new() { TrackedEntries = 8 };
        using RuleHarness harness = new(options, "alert udp any any -> any any (content:\"a\"; threshold:type limit, track by_flow, count 1, seconds 60; sid:1;)");
        for (int flow = 0; flow < 20; flow++)
        {
            harness.StartFlow(flow);
            Assert.Single(harness.Packet("a"));
            harness.Wait(1);
        }

        Assert.Equal(12, harness.Engine.Tables.Evicted);
    }
}
