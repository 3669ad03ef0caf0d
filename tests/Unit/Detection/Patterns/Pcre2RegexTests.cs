using System.Text;
using Sensor.Detection.Patterns;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Tests.Detection.Patterns;

public class Pcre2RegexTests
{
    private static (bool Found, int Start, int End) Match(string expression, string subject, PcreOptions options = PcreOptions.None, int offset = 0)
    {
        using Pcre2Regex regex = new(expression, options);
        bool found = regex.TryMatch(Encoding.Latin1.GetBytes(subject), offset, out int start, out int end);
        return (found, start, end);
    }

    [Theory]
    [InlineData("b+", "abbbc", PcreOptions.None, 1, 4)]
    [InlineData("B+", "abbbc", PcreOptions.IgnoreCase, 1, 4)]
    [InlineData("a.c", "a\nc", PcreOptions.DotAll, 0, 3)]
    [InlineData("^b", "a\nb", PcreOptions.Multiline, 2, 3)]
    [InlineData("a b # c", "ab", PcreOptions.Extended, 0, 2)]
    [InlineData("a+", "aaa", PcreOptions.Ungreedy, 0, 1)]
    [InlineData("a$", "a\n", PcreOptions.None, 0, 1)]
    [InlineData("\\x00\\xff", "a\0\u00FF", PcreOptions.None, 1, 3)]
    [InlineData("\\;\\\"", "x;\"", PcreOptions.None, 1, 3)]
    [InlineData("\\w", "\u00E9a", PcreOptions.None, 1, 2)]
    public void Finds(string expression, string subject, PcreOptions options, int start, int end) =>
        Assert.Equal((true, start, end), Match(expression, subject, options));

    [Theory]
    [InlineData("a.c", "a\nc", PcreOptions.None)]
    [InlineData("^b", "a\nb", PcreOptions.None)]
    [InlineData("b", "ab", PcreOptions.Anchored)]
    [InlineData("a$", "a\n", PcreOptions.DollarEndOnly)]
    [InlineData("a$", "a\r", PcreOptions.None)]
    [InlineData("A", "a", PcreOptions.None)]
    public void Does_not_find(string expression, string subject, PcreOptions options) => Assert.False(Match(expression, subject, options).Found);

    [Fact]
    public void The_offset_is_where_the_search_begins_not_where_the_subject_does()
    {
        Assert.Equal((true, 3, 4), Match("a", "a..a", offset: 1));
        Assert.False(Match("^a", "a..a", offset: 1).Found);
        Assert.Equal((true, 3, 4), Match("(?<=\\.)a", "a..a", offset: 3));
        Assert.False(Match("a", "a", offset: 2).Found);
        Assert.False(Match("a", "a", offset: -1).Found);
        Assert.Equal((true, 1, 1), Match("$", "a", offset: 1));
    }

    [Fact]
    public void An_empty_subject_is_a_subject()
    {
        Assert.Equal((true, 0, 0), Match("^$", ""));
        Assert.False(Match("a", "").Found);
    }

    [Fact]
    public void Captures_are_told_with_their_names()
    {
        using Pcre2Regex regex = new("(?P<flow_key>k\\d)(x)?=(\\w+)");
        Assert.Equal(3, regex.CaptureCount);
        Assert.Equal([("flow_key", 1)], regex.NamedCaptures());
        Assert.True(regex.TryMatch("..k7=abc"u8, 0, out int start, out int end));
        Assert.Equal((2, 8), (start, end));
        Assert.True(regex.TryGetCapture(1, out start, out end));
        Assert.Equal((2, 4), (start, end));
        Assert.False(regex.TryGetCapture(2, out _, out _));
        Assert.True(regex.TryGetCapture(3, out start, out end));
        Assert.Equal((5, 8), (start, end));
        Assert.False(regex.TryGetCapture(4, out _, out _));
        Assert.False(regex.TryGetCapture(-1, out _, out _));
    }

    [Fact]
    public void More_captures_than_there_is_room_for_still_match()
    {
        using Pcre2Regex regex = new(string.Concat(Enumerable.Repeat("(a)", 60)));
        Assert.True(regex.TryMatch(Encoding.ASCII.GetBytes(new string('a', 60)), 0, out _, out int end));
        Assert.Equal(60, end);
        Assert.True(regex.TryGetCapture(31, out _, out _));
        Assert.False(regex.TryGetCapture(32, out _, out _));
    }

    [Theory]
    [InlineData("a(b", 3)]
    [InlineData("a[", 2)]
    [InlineData("*a", 0)]
    [InlineData("(*UTF)a", 6)]
    public void Errors_name_the_place(string expression, int offset)
    {
        RuleException exception = Assert.Throws<RuleException>(() => new Pcre2Regex(expression));
        Assert.StartsWith("cannot compile regular expression: ", exception.Message, StringComparison.Ordinal);
        Assert.Equal(offset, exception.Offset);
        Assert.Equal(offset + 2, Assert.Throws<RuleException>(() => Pcre2Regex.Compile(PcrePattern.Parse($"\"/{expression}/\""))).Offset);
    }

    [Fact]
    public void An_expression_that_backtracks_without_end_gives_up_and_is_counted()
    {
        byte[] subject = Encoding.ASCII.GetBytes(new string('a', 5000) + "!");
        long before = Pcre2Regex.GivenUp;
        using Pcre2Regex regex = new("(a|aa)+$");
        Assert.False(regex.IsMatch(subject));
        Assert.InRange(Pcre2Regex.GivenUp, before + 1, long.MaxValue);
    }

    [Fact]
    public void A_subject_made_to_be_slow_at_every_place_is_given_up()
    {
        byte[] subject = new byte[1024 * 1024];
        Array.Fill(subject, (byte)'a');
        "zq"u8.CopyTo(subject.AsSpan(subject.Length - 2));
        subject[^2] = (byte)'q';
        using Pcre2Regex regex = new("[a-z]{2,}zq");
        long before = Pcre2Regex.GivenUp;
        Assert.False(regex.IsMatch(subject)); // 20 minutes if it were not
        Assert.InRange(Pcre2Regex.GivenUp, before + 1, long.MaxValue);
    }

    [Fact]
    public void A_long_run_that_honest_data_may_hold_is_searched_to_its_end()
    {
        // Each block's first start runs to the end; that must not use the time up.
        byte[] subject = new byte[256 * 1024];
        Array.Fill(subject, (byte)'a');
        "zq"u8.CopyTo(subject.AsSpan(subject.Length - 2));
        subject[^3] = (byte)'z';
        using Pcre2Regex regex = new("a[^z]+y|zzq");
        Assert.True(regex.TryMatch(subject, 0, out int start, out _));
        Assert.Equal(subject.Length - 3, start);
    }

    [Theory]
    [InlineData("ab+c")]
    [InlineData("(?<=b)a{2}|c$")]
    [InlineData("^b", PcreOptions.Multiline)]
    [InlineData("\\ba.c\\b")]
    [InlineData("$")]
    [InlineData("c(?!a)b*?a")]
    public void Long_subjects_searched_in_blocks_give_the_same_matches(string expression, PcreOptions options = PcreOptions.None)
    {
        Random random = new(1);
        char[] subject = random.GetItems("abc\n ".ToCharArray(), 9000);
        byte[] bytes = Encoding.ASCII.GetBytes(subject);
        System.Text.RegularExpressions.Regex other = new(expression, options == PcreOptions.Multiline ? System.Text.RegularExpressions.RegexOptions.Multiline : 0);
        using Pcre2Regex regex = new(expression, options);
        List<(int, int)> found = [];
        int at = 0;
        while (at <= bytes.Length && regex.TryMatch(bytes, at, out int start, out int end))
        {
            found.Add((start, end));
            at = end > start ? end : end + 1;
        }

        Assert.Equal(other.Matches(new string(subject)).Select(match => (match.Index, match.Index + match.Length)), found);
    }

    [Fact]
    public void A_huge_subject_is_searched()
    {
        byte[] subject = new byte[64 * 1024 * 1024];
        "needle42"u8.CopyTo(subject.AsSpan(subject.Length - 10));
        using Pcre2Regex regex = new("needle\\d+");
        Assert.True(regex.TryMatch(subject, 0, out int start, out int end));
        Assert.Equal((subject.Length - 10, subject.Length - 2), (start, end));
    }

    [Fact]
    public void Threads_share_an_expression_and_keep_their_own_captures()
    {
        using Pcre2Regex regex = new("(x+)");
        Parallel.For(1, 200, length =>
        {
            Assert.True(regex.TryMatch(Encoding.ASCII.GetBytes(new string('x', length)), 0, out _, out int end));
            Assert.True(regex.TryGetCapture(1, out _, out int captured));
            Assert.Equal((length, length), (end, captured));
        });
    }

    [Fact]
    public void A_disposed_expression_matches_nothing()
    {
        Pcre2Regex regex = new("a");
        regex.Dispose();
        regex.Dispose();
        Assert.False(regex.IsMatch("a"u8));
    }

    [Fact]
    public void Allocates_nothing()
    {
        using Pcre2Regex regex = new("b(c)");
        byte[] subject = "aaabc"u8.ToArray();
        Assert.True(regex.IsMatch(subject));
        Assert.Equal(0, Allocation.LeastOf(() =>
        {
            for (int round = 0; round < 1000; round++) regex.TryMatch(subject, 0, out _, out _);
        }));
    }
}
