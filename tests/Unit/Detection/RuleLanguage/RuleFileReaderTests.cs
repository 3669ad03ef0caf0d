using System.Text;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Tests.Detection.RuleLanguage;

public class RuleFileReaderTests
{
    private static (IReadOnlyList<RuleLine> Rules, List<RuleError> Problems) Read(byte[] content)
    {
        List<RuleError> problems = [];
        return (RuleFileReader.Read("a.rules", content, problems), problems);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Comments_and_blank_lines_are_skipped_and_counted(string end)
    {
        (IReadOnlyList<RuleLine> rules, List<RuleError> problems) = Read(Encoding.ASCII.GetBytes(string.Join(end, "# one", "", "alert a", "  # alert b", "\t", "alert c")));
        Assert.Empty(problems);
        Assert.Equal([(3, "alert a"), (6, "alert c")], rules.Select(rule => (rule.Line, rule.Text)));
    }

    [Fact]
    public void A_backslash_joins_lines_and_columns_still_lead_to_the_right_one()
    {
        (IReadOnlyList<RuleLine> rules, _) = Read("\nalert tcp any any -> any any (\\\nmsg:\"a\"; \\ \r\n  wrong one;\\\nsid:5;)\nalert x"u8.ToArray());
        Assert.Equal(2, rules.Count);
        Assert.Equal("alert tcp any any -> any any (msg:\"a\";   wrong one;sid:5;)", rules[0].Text);
        Assert.False(RuleParser.TryParse(rules[0], out _, out RuleError? error));
        Assert.Equal((4, 8, 5L), (error.Line, error.Column, error.Sid));
        Assert.Equal(6, rules[1].Line);
    }

    [Fact]
    public void A_backslash_on_the_last_line_joins_nothing() => Assert.Equal("alert a", Assert.Single(Read("alert a\\"u8.ToArray()).Rules).Text);

    [Fact]
    public void A_byte_order_mark_is_dropped() => Assert.Equal("alert", Assert.Single(Read([0xEF, 0xBB, 0xBF, .. "alert"u8]).Rules).Text);

    [Fact]
    public void Bytes_that_are_not_utf8_survive()
    {
        byte[] line = [.. "content:"u8, 0xE9, 0x00, 0xFF, 0xC3, 0xA9];
        RuleLine rule = Assert.Single(Read(line).Rules);
        Assert.Equal(line, RuleBytes.Of(rule.Text));
        Assert.Equal("é", RuleBytes.ToText(RuleBytes.ToRuleString([0xC3, 0xA9])));
        Assert.Equal("é", RuleBytes.ToText("é"));
        Assert.Equal("Ã©", RuleBytes.FromText("é"));
    }

    [Fact]
    public void A_line_beyond_the_limit_is_refused_and_the_next_still_loads()
    {
        byte[] content = [.. Enumerable.Repeat((byte)'a', RuleFileReader.MaxRuleBytes + 1), (byte)'\n', .. "alert b"u8];
        (IReadOnlyList<RuleLine> rules, List<RuleError> problems) = Read(content);
        Assert.Equal("alert b", Assert.Single(rules).Text);
        Assert.Equal(1, Assert.Single(problems).Line);
    }

    [Fact]
    public void A_missing_file_is_told_not_thrown()
    {
        List<RuleError> problems = [];
        Assert.Empty(RuleFileReader.ReadFile("/nowhere/a.rules", problems));
        Assert.Contains("cannot read rules", Assert.Single(problems).Reason, StringComparison.Ordinal);
        Assert.Empty(RuleFileReader.FindFiles(["/nowhere/*.rules"], problems));
        Assert.Equal(2, problems.Count);
    }

    [Fact]
    public void A_folder_stands_for_its_rule_files_by_name()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        try
        {
            foreach (string name in (string[])["b.rules", "a.rules", "c.txt"]) File.WriteAllText(Path.Combine(folder.FullName, name), "");
            List<RuleError> problems = [];
            Assert.Equal(["a.rules", "b.rules"], RuleFileReader.FindFiles([folder.FullName], problems).Select(Path.GetFileName));
            Assert.Equal(["b.rules"], RuleFileReader.FindFiles([Path.Combine(folder.FullName, "b*")], problems).Select(Path.GetFileName));
            Assert.Equal(["c.txt"], RuleFileReader.FindFiles([Path.Combine(folder.FullName, "c.txt")], problems).Select(Path.GetFileName));
            Assert.Empty(problems);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
