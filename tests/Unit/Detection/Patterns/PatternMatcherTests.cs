using System.Text;
using Sensor.Detection.Patterns;

namespace Sensor.Tests.Detection.Patterns;

public class PatternMatcherTests
{
    /// <summary>Every way to match; the native one only where the library is installed.</summary>
    public static TheoryData<string> Kinds => HyperscanMatcher.IsAvailable ? ["managed", "few", "factory", "hyperscan"] : ["managed", "few", "factory"];

    private static IPatternMatcher Create(string kind, IReadOnlyList<Pattern> patterns) => kind switch
    {
        "managed" => new ManagedMatcher(patterns),
        "few" => new FewPatternsMatcher(patterns),
        "hyperscan" => new HyperscanMatcher(patterns),
        _ => PatternMatcherFactory.Create(patterns),
    };

    private static Pattern Exact(string text) => new(Encoding.Latin1.GetBytes(text), IgnoreCase: false);

    private static Pattern AnyCase(string text) => new(Encoding.Latin1.GetBytes(text), IgnoreCase: true);

    private static int[] Scan(IPatternMatcher matcher, byte[] data)
    {
        using IPatternScratch scratch = matcher.CreateScratch();
        PatternHits hits = new();
        matcher.Scan(data, scratch, hits);
        return [.. hits.Numbers.ToArray().Order()];
    }

    private static int[] Scan(string kind, Pattern[] patterns, string data)
    {
        using IPatternMatcher matcher = Create(kind, patterns);
        return Scan(matcher, Encoding.Latin1.GetBytes(data));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Tells_each_pattern_that_occurs_once(string kind) =>
        Assert.Equal([0, 2], Scan(kind, [Exact("abcd"), Exact("zzzz"), Exact("bc")], "abcd abcd bcbc"));

    [Theory, MemberData(nameof(Kinds))]
    public void Patterns_inside_each_other_are_all_told(string kind) =>
        Assert.Equal([0, 1, 2, 3, 4], Scan(kind, [Exact("ushers"), Exact("she"), Exact("hers"), Exact("s"), Exact("er")], "ushers"));

    [Theory, MemberData(nameof(Kinds))]
    public void Case_is_a_matter_of_the_pattern(string kind) =>
        Assert.Equal([0, 2, 3], Scan(kind, [AnyCase("Attack"), Exact("attack"), Exact("ATTACK"), AnyCase("ck"), Exact("ck"), AnyCase("[k")], "xxATTACKxx{k"));

    [Theory, MemberData(nameof(Kinds))]
    public void The_same_pattern_given_twice_is_told_twice(string kind) =>
        Assert.Equal([0, 1, 2, 3], Scan(kind, [Exact("same"), Exact("same"), AnyCase("SAME"), AnyCase("same")], "same"));

    [Theory, MemberData(nameof(Kinds))]
    public void A_wrong_case_first_does_not_hide_the_right_one_later(string kind) =>
        Assert.Equal([0, 1], Scan(kind, [Exact("Needle"), Exact("dl")], "needle NEEDLE Needle"));

    [Theory, MemberData(nameof(Kinds))]
    public void Bytes_are_bytes(string kind) =>
        Assert.Equal([0, 1, 2, 3], Scan(kind, [Exact("\0\0\0\0"), Exact("\0"), Exact("\u00FF\u00FE\r\n.*"), Exact("(a|b)+")], "a\0\0\0\0\u00FF\u00FE\r\n.*(a|b)+"));

    [Theory, MemberData(nameof(Kinds))]
    public void Data_shorter_than_a_pattern_and_no_data_are_fine(string kind)
    {
        Pattern[] patterns = [Exact("abcdefgh"), Exact("a"), Exact("ab")];
        Assert.Equal([1], Scan(kind, patterns, "a"));
        Assert.Empty(Scan(kind, patterns, ""));
        Assert.Empty(Scan(kind, [], "abc"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_pattern_longer_than_the_native_library_takes_is_found(string kind) =>
        Assert.Equal([0, 1], Scan(kind, [Exact(new string('x', 9000)), Exact("xxxxy")], new string('x', 9500) + "y"));

    [Theory, MemberData(nameof(Kinds))]
    public void A_pattern_without_bytes_is_refused(string kind) => Assert.Throws<ArgumentException>(() => Create(kind, [Exact("abcd"), Exact("")]));

    [Theory, MemberData(nameof(Kinds))]
    public void Scanning_allocates_nothing(string kind)
    {
        using IPatternMatcher matcher = Create(kind, [Exact("abcd"), AnyCase("bc"), Exact("d"), AnyCase("dabc")]);
        using IPatternScratch scratch = matcher.CreateScratch();
        byte[] data = "xxabcdabcdxx"u8.ToArray();
        PatternHits hits = new();
        matcher.Scan(data, scratch, hits);
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int round = 0; round < 1000; round++)
            {
                hits.Clear();
                matcher.Scan(data, scratch, hits);
            }
        }));
        Assert.Equal(4, hits.Count);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Threads_share_a_matcher_with_a_scratch_each(string kind)
    {
        using IPatternMatcher matcher = Create(kind, [Exact("abcd"), Exact("b"), Exact("cdab")]);
        Parallel.For(0, 64, round => Assert.Equal([0, 1, 2], Scan(matcher, Encoding.ASCII.GetBytes(new string('.', round) + "abcdabcd"))));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Agrees_with_the_definition_on_random_data(string kind)
    {
        Random random = new(5);
        byte[] small = "aAbB\0"u8.ToArray(), wide = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        for (int round = 0; round < 300; round++)
        {
            byte[] alphabet = round % 3 == 2 ? wide : small;
            Pattern[] patterns = [.. Enumerable.Range(0, 1 + random.Next(60)).Select(_ =>
                new Pattern(random.GetItems(alphabet, 1 + random.Next(round % 2 == 0 ? 4 : 9)), random.Next(2) == 0))];
            using IPatternMatcher matcher = Create(kind, patterns);
            using IPatternScratch scratch = matcher.CreateScratch();
            PatternHits hits = new();
            for (int scan = 0; scan < 20; scan++)
            {
                byte[] data = random.GetItems(alphabet, random.Next(80));
                hits.Clear();
                matcher.Scan(data, scratch, hits);
                int[] expected = [.. Enumerable.Range(0, patterns.Length).Where(number => Occurs(patterns[number], data))];
                Assert.Equal(expected, hits.Numbers.ToArray().Order());
            }
        }
    }

    [Fact]
    public void The_factory_takes_what_was_measured_to_be_quickest()
    {
        Pattern[] patterns = [.. Enumerable.Range(0, 20).Select(number => Exact($"pattern {number}"))];
        using IPatternMatcher few = PatternMatcherFactory.Create(patterns[..2]), many = PatternMatcherFactory.Create(patterns);
        Assert.IsType<FewPatternsMatcher>(few);
        Assert.Equal(HyperscanMatcher.IsAvailable ? typeof(HyperscanMatcher) : typeof(ManagedMatcher), many.GetType());
    }

    /// <summary>The definition, as plainly as it can be said.</summary>
    private static bool Occurs(Pattern pattern, byte[] data)
    {
        ReadOnlySpan<byte> bytes = pattern.Bytes.Span;
        for (int at = 0; at + bytes.Length <= data.Length; at++)
        {
            bool equal = true;
            for (int index = 0; index < bytes.Length && equal; index++)
            {
                equal = data[at + index] == bytes[index] || (pattern.IgnoreCase && Lower(data[at + index]) == Lower(bytes[index]));
            }

            if (equal) return true;
        }

        return false;
    }

    private static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value + 32) : value;

    /// <summary>The worst an attacker can send a search with failure links: work may only double with the data.</summary>
    [Fact]
    public void Many_nested_patterns_are_told_in_one_pass()
    {
        Pattern[] patterns = [.. Enumerable.Range(1, 300).Select(length => AnyCase(new string('a', length)))];
        using ManagedMatcher matcher = new(patterns);
        Assert.Equal(300, Scan(matcher, Encoding.ASCII.GetBytes(new string('a', 100_000))).Length);
    }

    [Fact]
    public void Twenty_thousand_patterns_stay_within_sensible_memory()
    {
        Random random = new(3);
        Pattern[] patterns = [.. Enumerable.Range(0, 20_000).Select(_ => new Pattern(random.GetItems("abcdefghijklmnop/.=0123"u8.ToArray(), 4 + random.Next(20)), random.Next(2) == 0))];
        long before = GC.GetAllocatedBytesForCurrentThread();
        using ManagedMatcher matcher = new(patterns);
        using IPatternScratch scratch = matcher.CreateScratch();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1L << 20, 60L << 20); // what building needs and drops included
    }

    [Fact]
    public void A_saved_database_is_taken_up_for_its_own_patterns_only()
    {
        if (!HyperscanMatcher.IsAvailable) return;
        Pattern[] patterns = [Exact("abcd"), AnyCase("efgh"), Exact("x")];
        using HyperscanMatcher compiled = new(patterns);
        byte[] saved = compiled.Serialize();
        Assert.True(HyperscanMatcher.TryDeserialize(saved, patterns, out HyperscanMatcher? restored));
        using (restored) Assert.Equal([0, 1, 2], Scan(restored, "abcdEFGHx"u8.ToArray()));

        Assert.False(HyperscanMatcher.TryDeserialize(saved, [patterns[0], patterns[1]], out _));
        Assert.False(HyperscanMatcher.TryDeserialize(saved, [Exact("abcd"), Exact("efgh"), Exact("x")], out _));
        Assert.False(HyperscanMatcher.TryDeserialize(saved.AsSpan(0, saved.Length / 2), patterns, out _));
        Assert.False(HyperscanMatcher.TryDeserialize([], patterns, out _));
        saved[^40] ^= 1;
        Assert.False(HyperscanMatcher.TryDeserialize(saved, patterns, out _));
    }
}
