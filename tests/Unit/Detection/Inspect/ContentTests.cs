using Sensor.Primitives;

namespace Sensor.Tests.Detection.Inspect;

/// <summary>What contents and their modifiers mean (user guide, "Payload Keywords"), on datagrams.</summary>
public class ContentTests
{
    private static bool Matches(string options, string payload) =>
        new RuleHarness($"alert udp any any -> any any (msg:\"x\"; {options} sid:1;)").Packet(payload).Length == 1;

    [Theory]
    [InlineData("content:\"abc\";", "xxabcxx", true)]
    [InlineData("content:\"abc\";", "xxABCxx", false)]
    [InlineData("content:\"abc\"; nocase;", "xxABCxx", true)]
    [InlineData("content:\"a|62 63|\";", "xxabcxx", true)]
    [InlineData("content:!\"abc\";", "xxabcxx", false)]
    [InlineData("content:!\"abc\";", "xxabxx", true)]
    [InlineData("content:\"a\"; content:!\"abc\";", "xxabxx", true)]
    [InlineData("content:\"abc\"; offset:2;", "xxabc", true)]
    [InlineData("content:\"abc\"; offset:3;", "xxabc", false)]
    [InlineData("content:\"abc\"; offset:3;", "xxabcabc", true)]
    [InlineData("content:\"abc\"; depth:3;", "abcx", true)]
    [InlineData("content:\"abc\"; depth:3;", "xabc", false)]
    [InlineData("content:\"abc\"; offset:1; depth:3;", "xabc", true)]
    [InlineData("content:\"abc\"; offset:1; depth:3;", "xxabc", false)]
    [InlineData("content:\"abc\"; depth:3; offset:1;", "xabc", true)]
    [InlineData("content:!\"abc\"; offset:1; depth:3;", "abcabc", true)]
    [InlineData("content:\"abc\"; startswith;", "abcd", true)]
    [InlineData("content:\"abc\"; startswith;", "xabcd", false)]
    [InlineData("content:!\"abc\"; startswith;", "xabcd", true)]
    [InlineData("content:\"abc\"; endswith;", "xxabc", true)]
    [InlineData("content:\"abc\"; endswith;", "abcabcx", false)]
    [InlineData("content:\"abc\"; startswith; endswith;", "abc", true)]
    [InlineData("content:\"abc\"; startswith; endswith;", "abcabc", false)]
    [InlineData("content:!\"abc\"; endswith;", "abcx", true)]
    public void Absolute_places(string options, string payload, bool expected) => Assert.Equal(expected, Matches(options, payload));

    [Theory]
    [InlineData("content:\"ab\"; content:\"cd\"; distance:0;", "abcd", true)]
    [InlineData("content:\"ab\"; content:\"cd\"; distance:1;", "abcd", false)]
    [InlineData("content:\"ab\"; content:\"cd\"; distance:1;", "abxcd", true)]
    [InlineData("content:\"ab\"; content:\"cd\"; distance:0; within:2;", "abcd", true)]
    [InlineData("content:\"ab\"; content:\"cd\"; distance:0; within:2;", "abxcd", false)]
    [InlineData("content:\"ab\"; content:\"cd\"; within:3;", "abxcd", true)]
    [InlineData("content:\"ab\"; content:\"cd\"; distance:2; within:2;", "abxxcd", true)]
    [InlineData("content:\"ab\"; content:\"cd\"; distance:2; within:2;", "abxxxcd", false)]
    [InlineData("content:\"cd\"; content:\"ab\"; distance:-4;", "abcd", true)]
    [InlineData("content:\"ab\"; content:!\"cd\"; within:2;", "abxxcd", true)]
    [InlineData("content:\"ab\"; content:!\"cd\"; within:2;", "abcd", false)]
    [InlineData("content:\"ab\"; content:!\"cd\"; distance:0; content:\"ef\"; distance:0;", "abxxef", true)]
    public void Relative_places(string options, string payload, bool expected) => Assert.Equal(expected, Matches(options, payload));

    [Theory]
    // The first "ab" has no "cd" right behind it, the second has.
    [InlineData("content:\"ab\"; content:\"cd\"; distance:0; within:2;", "abxxabcd", true)]
    // Two levels: the right first match is the last of three.
    [InlineData("content:\"a\"; content:\"b\"; distance:1; within:1; content:\"c\"; distance:1; within:1;", "a.b.. a.b.x a.b.c", true)]
    [InlineData("content:\"a\"; content:\"b\"; distance:1; within:1; content:\"c\"; distance:1; within:1;", "a.b.. a.b.x a.bc", false)]
    // A negated relative content makes the one before it try again.
    [InlineData("content:\"ab\"; content:!\"cd\"; within:2;", "abcdabxx", true)]
    // isdataat, byte_test and pcre make earlier contents try again too.
    [InlineData("content:\"ab\"; isdataat:!1,relative;", "ab.ab", true)]
    [InlineData("content:\"ab\"; byte_test:1,=,0x31,0,relative;", "ab0ab1", true)]
    [InlineData("content:\"ab\"; pcre:\"/^cd/R\";", "abxxabcd", true)]
    [InlineData("pcre:\"/a[0-9]/\"; content:\"z\"; distance:0; within:1;", "a1y a2z", true)]
    public void An_earlier_match_tries_its_next_occurrence(string options, string payload, bool expected) => Assert.Equal(expected, Matches(options, payload));

    [Fact]
    public void Nested_retries_end_at_the_step_limit()
    {
        string chain = string.Concat(Enumerable.Range(0, 6).Select(_ => "content:\"a\"; distance:0; "));
        RuleHarness harness = new($"alert udp any any -> any any (msg:\"x\"; content:\"a\"; {chain} content:\"b\"; distance:0; within:1; sid:1;)");
        Assert.Empty(harness.Packet(new string('a', 1400) + "cb"));
        Assert.Equal(1, harness.Engine.Counters.StepLimitReached);
    }

    [Theory]
    [InlineData("isdataat:3;", "abcd", true)]
    [InlineData("isdataat:4;", "abcd", false)]
    [InlineData("isdataat:!4;", "abcd", true)]
    [InlineData("content:\"ab\"; isdataat:2,relative;", "abcd", true)]
    [InlineData("content:\"ab\"; isdataat:3,relative;", "abcd", false)]
    [InlineData("content:\"cd\"; isdataat:!1,relative;", "abcd", true)]
    [InlineData("dsize:4;", "abcd", true)]
    [InlineData("dsize:>4;", "abcd", false)]
    [InlineData("dsize:3<>5;", "abcd", true)]
    [InlineData("dsize:4<>6;", "abcd", false)]
    [InlineData("bsize:4;", "abcd", true)]
    [InlineData("bsize:<4;", "abcd", false)]
    public void Sizes(string options, string payload, bool expected) => Assert.Equal(expected, Matches(options, payload));

    [Theory]
    [InlineData("byte_test:2,=,258,0;", "\u0001\u0002", true)]
    [InlineData("byte_test:2,=,513,0,little;", "\u0001\u0002", true)]
    [InlineData("byte_test:2,!=,258,0;", "\u0001\u0002", false)]
    [InlineData("byte_test:1,&,0x80,0;", "\u0081", true)]
    [InlineData("byte_test:1,!&,0x80,0;", "\u0081", false)]
    [InlineData("byte_test:4,>,1000,0,string,dec;", "1001", true)]
    [InlineData("byte_test:4,=,0x1f,0,string,hex;", "001f", true)]
    [InlineData("byte_test:4,<,10,-4,relative; content:\"xx\";", "xx", false)]
    [InlineData("content:\"ab\"; byte_test:1,=,0x64,1,relative;", "abcd", true)]
    [InlineData("byte_test:1,=,3,0,bitmask 0xf0;", "\u0035", true)]
    [InlineData("byte_test:1,>=,5,9;", "abcd", false)]
    [InlineData("byte_jump:1,0; content:\"x\"; distance:0; within:1;", "\u0002abx", true)]
    [InlineData("byte_jump:1,0; content:\"x\"; distance:0; within:1;", "\u0003abx", false)]
    [InlineData("byte_jump:1,0,multiplier 2; content:\"x\"; distance:0; within:1;", "\u0001abx", true)]
    [InlineData("byte_jump:1,0,align; content:\"x\"; distance:0; within:1;", "\u0003abcdx", true)]
    [InlineData("byte_jump:1,0,from_beginning; content:\"x\"; distance:0; within:1;", "\u0003abx", true)]
    [InlineData("byte_jump:1,0,post_offset -1; content:\"x\"; distance:0; within:1;", "\u0003abx", true)]
    [InlineData("byte_jump:0,0,from_end,post_offset -2; content:\"yz\"; distance:0; within:2;", "abxyz", true)]
    [InlineData("byte_extract:1,0,n; content:\"x\"; offset:n;", "\u0002\u0000x", true)]
    [InlineData("byte_extract:1,0,n; content:\"x\"; offset:n;", "\u0003\u0000x", false)]
    [InlineData("byte_extract:1,0,n; byte_test:1,=,n,1;", "\u0007\u0007", true)]
    [InlineData("byte_extract:1,0,n,multiplier 2; isdataat:!n;", "\u0002abc", true)]
    [InlineData("byte_math:bytes 1, offset 0, oper +, rvalue 1, result n; byte_test:1,=,n,1;", "\u0007\u0008", true)]
    [InlineData("byte_math:bytes 1, offset 0, oper <<, rvalue 1, result n; byte_test:1,=,n,1;", "\u0004\u0008", true)]
    [InlineData("byte_extract:1,0,a; byte_math:bytes 1, offset 1, oper *, rvalue a, result n; byte_test:1,=,n,2;", "\u0003\u0004\u000c", true)]
    public void Numbers_in_the_data(string options, string payload, bool expected) => Assert.Equal(expected, Matches(options, payload));

    [Theory]
    [InlineData("content:\"x=\"; base64_decode:bytes 8, relative; base64_data; content:\"hello\";", "x=aGVsbG8=", true)]
    [InlineData("base64_decode; base64_data; content:\"hello\"; startswith;", "aGVsbG8gd29ybGQ=", true)]
    [InlineData("base64_decode:bytes 4; base64_data; content:\"hello\";", "aGVsbG8=", false)]
    [InlineData("base64_decode; base64_data; content:\"hellO\";", "aGVsbG8=", false)]
    [InlineData("base64_decode; base64_data; content:\"hello\"; pkt_data; content:\"aGVs\"; depth:4;", "aGVsbG8=", true)]
    public void Base64(string options, string payload, bool expected) => Assert.Equal(expected, Matches(options, payload));

    [Theory]
    [InlineData("pcre:\"/ab+c/\";", "xabbbc", true)]
    [InlineData("pcre:\"/AB+C/i\";", "xabbbc", true)]
    [InlineData("pcre:!\"/ab+c/\";", "xabbbc", false)]
    [InlineData("pcre:!\"/ab+c/\";", "xac", true)]
    [InlineData("content:\"x\"; pcre:\"/^ab/R\";", "xab", true)]
    [InlineData("content:\"x\"; pcre:\"/^ab/R\";", "xxab", true)]
    [InlineData("content:\"x\"; depth:1; pcre:\"/^ab/R\";", "xxab", false)]
    public void Expressions(string options, string payload, bool expected) => Assert.Equal(expected, Matches(options, payload));

    [Theory]
    [InlineData("entropy: value > 2.9;", "abcdefgh", true)]
    [InlineData("entropy: value < 0.1;", "aaaaaaaa", true)]
    [InlineData("entropy: bytes 4, offset 4, value = 0;", "abcdaaaa", true)]
    [InlineData("entropy: value >= 6;", "abcdefgh", false)]
    public void Entropy(string options, string payload, bool expected) => Assert.Equal(expected, Matches(options, payload));

    [Fact]
    public void Fast_pattern_changes_nothing_about_what_matches()
    {
        foreach (string choice in new[] { "", "fast_pattern;", "fast_pattern:only;", "fast_pattern:1,3;" })
        {
            string options = $"content:\"GET /\"; depth:5; content:\"evil\"; {choice}";
            Assert.True(Matches(options, "GET /evil"));
            Assert.False(Matches(options, "POST /evil"));
        }
    }

    [Fact]
    public void Direction_of_a_rule_is_that_of_its_addresses()
    {
        RuleHarness harness = new(
            "alert udp $HOME_NET any -> $EXTERNAL_NET any (content:\"a\"; sid:1;)",
            "alert udp $EXTERNAL_NET any -> $HOME_NET any (content:\"a\"; sid:2;)",
            "alert udp any any <> any 40000 (content:\"a\"; sid:3;)",
            "alert udp any any -> any any (flow:to_client; content:\"a\"; sid:4;)");
        Assert.Equal([1, 3], harness.Packet("a"));
        Assert.Equal([2, 3, 4], harness.Packet("a", Direction.ToClient));
    }
}
