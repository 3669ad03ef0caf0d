using System.Text;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Tests.Detection.RuleLanguage;

public class OptionValueTests
{
    [Theory]
    [InlineData("\"abc\"", "616263", false)]
    [InlineData("!\"abc\"", "616263", true)]
    [InlineData("! \"abc\"", "616263", true)]
    [InlineData("\"a|0d 0A|b\"", "610D0A62", false)]
    [InlineData("\"|41424344|\"", "41424344", false)]
    [InlineData("\"|41|B|43|\"", "414243", false)]
    [InlineData("\"||\\||41|\"", null, false)]
    [InlineData("\"\\;\\:\\\"\\\\\"", "3B3A225C", false)]
    [InlineData("\"a:b!\"", "613A6221", false)]
    [InlineData("\"Ã©\"", "C3A9", false)]
    [InlineData("\"日\"", "E697A5", false)]
    public void Content_becomes_bytes(string value, string? hex, bool negated)
    {
        if (hex is null)
        {
            Assert.Throws<RuleException>(() => ContentPattern.Parse(value));
            return;
        }

        ContentPattern pattern = ContentPattern.Parse(value);
        Assert.Equal(hex, Convert.ToHexString(pattern.Bytes));
        Assert.Equal(negated, pattern.Negated);
    }

    [Theory]
    [InlineData("\"\"", 1, "empty content")]
    [InlineData("\"||\"", 1, "empty content")]
    [InlineData("abc", 0, "write it in quotes, as in \"abc\"")]
    [InlineData("!abc", 1, "write it in quotes")]
    [InlineData("\"a|4|\"", 3, "one hex digit; write two")]
    [InlineData("\"a|41 4|\"", 6, "one hex digit; write two")]
    [InlineData("\"a|41\"", 2, "never closed; a bar itself is written |7c|")]
    [InlineData("\"a|4g|\"", 4, "\"g\" is not a hex digit")]
    [InlineData("\"C:\\temp\"", 3, "\"\\t\" is no escape; write \\\\")]
    [InlineData("\"a\"b\"", 2, "a quote inside it is written")]
    public void Content_errors_say_where_and_what_to_write(string value, int offset, string expected)
    {
        RuleException exception = Assert.Throws<RuleException>(() => ContentPattern.Parse(value));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal(offset, exception.Offset);
    }

    [Theory]
    [InlineData("\"a\\;b\\\"c\\\\d\"", "a;b\"c\\d")]
    [InlineData("\"plain\"", "plain")]
    [InlineData("\"at the end\\\"", "at the end\\")]
    public void Quoted_text_loses_its_escapes(string value, string expected) => Assert.Equal(expected, QuotedValue.Parse(value).Unescaped());

    [Fact]
    public void Pcre_comes_apart()
    {
        PcrePattern pattern = PcrePattern.Parse("!\"/^a\\/b[\"']/Rsmi\"");
        Assert.Equal("^a\\/b[\"']", pattern.Expression);
        Assert.True(pattern.Negated);
        Assert.True(pattern.IsRelative);
        Assert.Equal(PcreOptions.DotAll | PcreOptions.Multiline | PcreOptions.IgnoreCase, pattern.Options);
        Assert.Null(pattern.Buffer);
        Assert.Equal(3, pattern.ExpressionOffset);
    }

    [Theory]
    [InlineData("/a/U", "a", "http.uri")]
    [InlineData("\"/a/iI\"", "a", "http.uri.raw")]
    [InlineData("\"/a/b/P\"", "a/b", "http.request_body")]
    [InlineData("\"/a\\\\/H\"", "a\\\\", "http.header")]
    [InlineData("\"/a/W\"", "a", "http.host")]
    public void Pcre_flags_name_buffers(string value, string expression, string buffer)
    {
        PcrePattern pattern = PcrePattern.Parse(value);
        Assert.Equal((expression, buffer), (pattern.Expression, pattern.Buffer));
    }

    [Fact]
    public void Pcre_captures_get_names()
    {
        PcrePattern pattern = PcrePattern.Parse("\"/^(.*)\\/(\\d+\\.\\d+)/VG, flow:key,pkt:value\"");
        Assert.Equal([new PcreCapture("flow", "key"), new PcreCapture("pkt", "value")], pattern.Captures);
        Assert.Equal(PcreOptions.Ungreedy, pattern.Options);
        Assert.Equal("^(.*)\\/(\\d+\\.\\d+)", pattern.Expression);
    }

    [Theory]
    [InlineData("\"abc\"", 1, "write it as \"/expression/flags\"")]
    [InlineData("\"/abc\"", 1, "no \"/\" ends the expression")]
    [InlineData("\"/abc\\/i\"", 1, "no \"/\" ends the expression")]
    [InlineData("\"//\"", 2, "empty pcre")]
    [InlineData("\"/a/iq\"", 5, "flag \"q\" is unknown")]
    [InlineData("\"/a/UH\"", 5, "two buffers, http.uri and http.header")]
    [InlineData("\"/(a)/,what:x\"", 7, "does not name a capture")]
    public void Pcre_errors(string value, int offset, string expected)
    {
        RuleException exception = Assert.Throws<RuleException>(() => PcrePattern.Parse(value));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal(offset, exception.Offset);
    }

    [Theory]
    [InlineData("5", "5", "4 6")]
    [InlineData("=5", "5", "4 6")]
    [InlineData(" 0x10 ", "16", "10")]
    [InlineData("!5", "4 6", "5")]
    [InlineData("!= 5", "4 6", "5")]
    [InlineData(">5", "6 1000", "5 0")]
    [InlineData(">= 5", "5 1000", "4")]
    [InlineData("<5", "0 4", "5")]
    [InlineData("<=5", "0 5", "6")]
    [InlineData("5<>10", "6 9", "5 10 11")]
    [InlineData("5 - 10", "6 9", "5 10")]
    [InlineData("!5-10", "5 10 0", "6 9")]
    [InlineData("&0xf0=0x10", "16 31", "32 0")]
    [InlineData("&0xf0!=0x10", "32 0", "16 31")]
    [InlineData("&3", "1 2 3 5", "0 4 8")]
    [InlineData("1kb", "1024", "1000")]
    [InlineData(">1 KiB", "1025", "1024")]
    public void Comparisons(string text, string inside, string outside)
    {
        NumberRange range = NumberRange.Parse("dsize", text, uint.MaxValue);
        Assert.All(inside.Split(' '), one => Assert.True(range.Contains(ulong.Parse(one)), one));
        Assert.All(outside.Split(' '), one => Assert.False(range.Contains(ulong.Parse(one)), one));
    }

    [Fact]
    public void Ranges_include_their_ends_where_a_keyword_says_so()
    {
        NumberRange range = NumberRange.Parse("itype", "5<>6", 255, inclusive: true);
        Assert.True(range.Contains(5) && range.Contains(6) && !range.Contains(7));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("256")]
    [InlineData(">255")]
    [InlineData("<0")]
    [InlineData("5<>6")]
    [InlineData("9-2")]
    [InlineData("<>")]
    [InlineData("> ")]
    [InlineData("&1=2")]
    public void Comparisons_that_cannot_hold_are_refused(string text) =>
        Assert.StartsWith("cannot ", Assert.Throws<RuleException>(() => NumberRange.Parse("ttl", text, 255)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("10MiB", 10UL << 20)]
    [InlineData("1gb", 1UL << 30)]
    [InlineData("0xFF", 255UL)]
    [InlineData("42", 42UL)]
    public void Sizes(string text, ulong expected)
    {
        Assert.True(RuleNumber.TryParse(text, out ulong value));
        Assert.Equal(expected, value);
    }

    [Fact]
    public void Sizes_beyond_64_bits_are_refused() => Assert.False(RuleNumber.TryParse("99999999999gb", out _));

    [Fact]
    public void Signed_numbers() =>
        Assert.Equal((-8L, 3L), (RuleNumber.ParseSigned("distance", "-8", -10, 10), RuleNumber.ParseSigned("distance", "+3", -10, 10)));

    /// <summary>Every content and pcre of the published sets is understood, and every expression compiles.</summary>
    [SharedFact]
    public void Values_of_published_rules_are_understood()
    {
        List<RuleError> problems = [];
        List<string> failed = [];
        int contents = 0, expressions = 0;
        foreach (string file in Directory.EnumerateFiles(SharedMaterial.Path("rules"), "*.rules", SearchOption.AllDirectories))
        {
            foreach (RuleLine line in RuleFileReader.ReadFile(file, problems))
            {
                if (!RuleParser.TryParse(line, out RuleText? rule, out _)) continue;
                foreach (RuleOption option in rule.Options)
                {
                    try
                    {
                        if (option.Name is "content" or "uricontent")
                        {
                            ContentPattern.Parse(option.Value!);
                            contents++;
                        }
                        else if (option.Name == "pcre")
                        {
                            using Sensor.Detection.Patterns.Pcre2Regex regex = Sensor.Detection.Patterns.Pcre2Regex.Compile(PcrePattern.Parse(option.Value!));
                            expressions++;
                        }
                    }
                    catch (RuleException exception)
                    {
                        failed.Add($"{Path.GetFileName(file)}:{line.Line}:{option.ValueColumn + exception.Offset}: {exception.Message}");
                    }
                }
            }
        }

        Assert.Empty(failed);
        Assert.InRange(contents, 100_000, int.MaxValue);
        Assert.InRange(expressions, 13_000, int.MaxValue);
    }
}
