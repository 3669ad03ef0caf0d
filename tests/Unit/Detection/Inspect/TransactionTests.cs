using Sensor.Primitives;

namespace Sensor.Tests.Detection.Inspect;

/// <summary>Rules on transactions: when they are tried, what they remember, how often they alert.</summary>
public class TransactionTests
{
    private const string Head = "alert http any any -> any any (msg:\"x\"; ";

    [Fact]
    public void Waits_for_the_progress_of_its_buffers()
    {
        using RuleHarness harness = new(Head + "http.uri; content:\"/evil\"; sid:1;)");
        TestTransaction transaction = harness.Open().Set("http.uri", "/evil");
        Assert.Empty(harness.Touch());
        Assert.Equal([1], harness.Move(transaction, 1));
        Assert.Empty(harness.Move(transaction, 2));
        Assert.True(transaction.RequestInspected);
        Assert.False(transaction.ResponseInspected);
        Assert.True(transaction.Alerted);
        Assert.True(harness.Flow.Alerted);
    }

    [Fact]
    public void Is_tried_on_packets_of_its_own_direction_only()
    {
        using RuleHarness harness = new(Head + "flow:to_client; http.stat_code; content:\"404\"; sid:1;)");
        TestTransaction transaction = harness.Open().Set("http.stat_code", "404", Direction.ToClient);
        transaction.ResponseProgress = 1;
        Assert.Empty(harness.Touch());
        Assert.Equal([1], harness.Touch(Direction.ToClient));
    }

    [Fact]
    public void All_buffers_must_match_and_may_become_readable_one_after_the_other()
    {
        using RuleHarness harness = new(Head + "http.method; content:\"POST\"; http.request_body; content:\"secret\"; sid:1;)");
        TestTransaction transaction = harness.Open().Set("http.method", "POST");
        Assert.Empty(harness.Move(transaction, 1));
        transaction.Set("http.request_body", "no se");
        Assert.Empty(harness.Touch());
        transaction.Set("http.request_body", "no secret");
        Assert.Empty(harness.Touch());
        Assert.Equal([1], harness.Move(transaction, 2));
    }

    [Fact]
    public void A_growing_body_is_looked_at_when_complete_or_large_and_a_pattern_across_two_looks_is_found()
    {
        using RuleHarness harness = new(
            Head + "http.request_body; content:\"secret\"; sid:1;)",
            Head + "http.request_body; content:!\"secret\"; sid:2;)");
        TestTransaction transaction = harness.Open().Set("http.request_body", "small");
        Assert.Empty(harness.Move(transaction, 1));
        string large = new string('x', 40_000) + "sec";
        transaction.Set("http.request_body", large);
        Assert.Equal([2], harness.Touch());
        transaction.Set("http.request_body", large + "ret");
        Assert.Empty(harness.Touch());
        transaction.Set("http.request_body", large + "ret" + new string('y', 20_000));
        Assert.Equal([1], harness.Touch());
    }

    [Fact]
    public void A_buffer_that_cannot_match_any_more_ends_the_matter()
    {
        using RuleHarness harness = new(Head + "http.uri; content:\"/a\"; fast_pattern; http.method; content:\"POST\"; http.request_body; content:\"secret\"; sid:1;)");
        TestTransaction transaction = harness.Open().Set("http.uri", "/a").Set("http.method", "GET").Set("http.request_body", "secret");
        Assert.Empty(harness.Move(transaction, 1));
        transaction.Set("http.method", "POST");
        Assert.Empty(harness.Move(transaction, 2));
    }

    [Fact]
    public void Each_transaction_alerts_by_itself()
    {
        using RuleHarness harness = new(Head + "http.uri; content:\"/evil\"; sid:1;)");
        TestTransaction one = harness.Open().Set("http.uri", "/evil"), other = harness.Open().Set("http.uri", "/evil");
        one.RequestProgress = other.RequestProgress = 2;
        Assert.Equal([1, 1], harness.Touch());
        Assert.Equal(["1 Alert packet tx 0", "1 Alert packet tx 1"], harness.Details);
    }

    [Fact]
    public void Several_instances_of_a_buffer_are_tried_each_and_mentions_may_mean_different_ones()
    {
        using RuleHarness harness = new(
            Head + "test.multi; content:\"two\"; sid:1;)",
            Head + "test.multi; content:\"one\"; test.multi; content:\"two\"; sid:2;)",
            Head + "test.multi; content:\"one\"; content:\"two\"; sid:3;)");
        TestTransaction transaction = harness.Open().Add("test.multi", "one").Add("test.multi", "two");
        Assert.Equal([1, 2], harness.Move(transaction, 2));
    }

    [Fact]
    public void Rules_without_contents_and_with_negated_ones_are_tried_too()
    {
        using RuleHarness harness = new(
            Head + "http.uri; content:!\"good\"; sid:1;)",
            Head + "urilen:5; sid:2;)",
            Head + "http.uri; pcre:\"/^.evi/\"; sid:3;)",
            Head + "http.uri; bsize:6; sid:4;)");
        TestTransaction transaction = harness.Open().Set("http.uri", "/evil");
        Assert.Equal([1, 2, 3], harness.Move(transaction, 1));
    }

    [Fact]
    public void Absence_of_a_buffer_can_be_asked_for()
    {
        using RuleHarness harness = new(
            Head + "http.cookie; absent; flow:to_server; sid:1;)",
            Head + "http.cookie; absent:or_else; content:!\"good\"; flow:to_server; sid:2;)",
            Head + "http.cookie; content:!\"good\"; flow:to_server; sid:3;)");
        Assert.Equal([1, 2], harness.Move(harness.Open(), 1));
        Assert.Equal([2, 3], harness.Move(harness.Open().Set("http.cookie", "bad"), 1));
        Assert.Empty(harness.Move(harness.Open().Set("http.cookie", "good"), 1));
    }

    [Fact]
    public void Events_of_transactions_and_of_conversations_match_once()
    {
        using RuleHarness harness = new(
            "alert http any any -> any any (msg:\"x\"; flow:to_server; app-layer-event:http.odd_thing; sid:1;)",
            "alert http any any -> any any (msg:\"x\"; flow:to_server; app-layer-event:http.odder_thing; sid:2;)");
        TestTransaction transaction = harness.Open();
        Assert.Empty(harness.Move(transaction, 1));
        transaction.Events.Add(0);
        Assert.Equal([1], harness.Touch());
        Assert.Empty(harness.Touch());
        harness.Parser.Events.Add(1);
        Assert.Equal([2], harness.Touch());
        Assert.Empty(harness.Touch());
    }

    [Fact]
    public void The_end_of_a_flow_inspects_what_is_left_in_both_directions()
    {
        using RuleHarness harness = new(
            Head + "http.uri; content:\"/evil\"; sid:1;)",
            Head + "http.stat_code; content:\"404\"; sid:2;)");
        TestTransaction transaction = harness.Open().Set("http.uri", "/evil").Set("http.stat_code", "404", Direction.ToClient);
        transaction.RequestProgress = transaction.ResponseProgress = 1;
        Assert.Equal([1, 2], harness.End());
        Assert.True(transaction.RequestInspected && transaction.ResponseInspected);
        Assert.Empty(harness.End());
    }

    [Fact]
    public void A_rule_on_both_sides_of_a_transaction()
    {
        using RuleHarness harness = new("alert http any any => any any (msg:\"x\"; http.uri; content:\"/evil\"; http.stat_code; content:\"200\"; sid:1;)");
        TestTransaction transaction = harness.Open().Set("http.uri", "/evil").Set("http.stat_code", "200", Direction.ToClient);
        Assert.Empty(harness.Move(transaction, 2));
        Assert.Equal([1], harness.Move(transaction, 1, Direction.ToClient));
    }

    [Fact]
    public void A_hook_tries_the_rule_at_that_progress()
    {
        using RuleHarness harness = new("alert http:request_complete any any -> any any (msg:\"x\"; sid:1;)");
        TestTransaction transaction = harness.Open();
        Assert.Empty(harness.Move(transaction, 1));
        Assert.Equal([1], harness.Move(transaction, 2));
    }

    [Fact]
    public void Transforms_change_the_buffer_before_options_look()
    {
        using RuleHarness harness = new(
            Head + "http.host; dotprefix; content:\".example.com\"; endswith; sid:1;)",
            Head + "http.uri; to_md5; content:\"|5d 41 40 2a bc 4b 2a 76 b9 71 9d 91 10 17 c5 92|\"; sid:2;)",
            Head + "http.uri; to_uppercase; content:\"HELLO\"; sid:3;)",
            Head + "http.uri; xor:\"20\"; content:\"HELLO\"; sid:4;)",
            Head + "http.user_agent; strip_whitespace; content:\"ab\"; startswith; endswith; sid:5;)",
            Head + "http.user_agent; compress_whitespace; content:\"a b\"; startswith; endswith; sid:6;)",
            Head + "http.header; header_lowercase; content:\"x-one: A\"; sid:7;)",
            Head + "http.cookie; url_decode; content:\"a b/c\"; sid:8;)",
            Head + "http.uri.raw; pcrexform:\"id=(\\w+)\"; content:\"42\"; startswith; endswith; sid:9;)",
            Head + "http.host.raw; from_base64; content:\"hello\"; sid:10;)");
        TestTransaction transaction = harness.Open().Set("http.host", "example.com").Set("http.uri", "hello").Set("http.user_agent", "a   b").Set("http.header", "X-One: A\r\n")
            .Set("http.cookie", "a+b%2fc").Set("http.uri.raw", "/x?id=42&y").Set("http.host.raw", "aGVsbG8=");
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], harness.Move(transaction, 1));
    }

    [Theory]
    [InlineData("content:\"/evil\"; http_uri; nocase;", "http.uri; content:\"/evil\"; nocase;")]
    [InlineData("uricontent:\"/evil\"; nocase;", "http.uri; content:\"/evil\"; nocase;")]
    [InlineData("content:\"/e\"; http_uri; content:\"vil\"; http_uri; distance:0;", "http.uri; content:\"/e\"; content:\"vil\"; distance:0;")]
    [InlineData("content:\"/e\"; http_uri; pcre:\"/^vil/UR\";", "http.uri; content:\"/e\"; pcre:\"/^vil/R\";")]
    [InlineData("content:\"GET\"; http_method; content:\"/evil\"; http_raw_uri;", "http.method; content:\"GET\"; http.uri.raw; content:\"/evil\";")]
    public void Both_spellings_are_the_same_rule(string legacy, string sticky)
    {
        foreach (string uri in new[] { "/evil", "/e.vil", "/EVIL", "/" })
        {
            using RuleHarness harness = new(Head + legacy + " sid:1;)", Head + sticky + " sid:2;)");
            TestTransaction transaction = harness.Open().Set("http.uri", uri).Set("http.uri.raw", uri).Set("http.method", "GET");
            long[] reported = harness.Move(transaction, 1);
            Assert.True(reported is [] or [1, 2], $"{uri}: {string.Join(',', reported)}");
        }
    }

    [Fact]
    public void A_change_of_rules_repeats_no_alert_and_loses_no_match()
    {
        string known = Head + "http.uri; content:\"/evil\"; sid:1;)";
        using RuleHarness harness = new(known);
        TestTransaction transaction = harness.Open().Set("http.uri", "/evil");
        Assert.Equal([1], harness.Move(transaction, 1));
        harness.Swap(known, Head + "http.uri; content:\"evil\"; sid:2;)");
        Assert.Equal([2], harness.Touch());
    }

    [Fact]
    public void The_protocol_of_the_header_must_be_that_of_the_flow()
    {
        using RuleHarness harness = new(
            "alert dns any any -> any any (msg:\"x\"; content:\"a\"; sid:1;)",
            "alert http any any -> any any (msg:\"x\"; content:\"a\"; sid:2;)",
            "alert udp any any -> any any (msg:\"x\"; http.uri; content:\"/\"; sid:3;)");
        Assert.Empty(harness.Packet("a"));
        TestTransaction transaction = harness.Open().Set("http.uri", "/");
        Assert.Equal([2], harness.Packet("a"));
        Assert.Equal([3], harness.Move(transaction, 1));
    }
}
