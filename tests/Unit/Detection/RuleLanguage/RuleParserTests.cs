using Sensor.Detection.RuleLanguage;

namespace Sensor.Tests.Detection.RuleLanguage;

public class RuleParserTests
{
    private const string Header = "alert tcp any any -> any any ";

    private static RuleText Parse(string text) =>
        RuleParser.TryParse("a.rules", 7, text, out RuleText? rule, out RuleError? error) ? rule : throw new InvalidOperationException(error.ToString());

    private static RuleError Fail(string text)
    {
        Assert.False(RuleParser.TryParse("a.rules", 7, text, out _, out RuleError? error));
        return error!;
    }

    [Fact]
    public void A_rule_comes_apart_into_header_and_options()
    {
        RuleText rule = Parse("alert http $HOME_NET any -> [$EXTERNAL_NET,!10.0.0.1] [80,8080:8090] (msg:\"Hello\"; http.uri; content:\"/a\\;b\"; nocase; sid:12; rev:3;)");
        Assert.Equal(RuleAction.Alert, rule.Action);
        Assert.Equal("http", rule.Protocol);
        Assert.Equal("$HOME_NET", rule.SourceAddress);
        Assert.Equal("any", rule.SourcePort);
        Assert.Equal("[$EXTERNAL_NET,!10.0.0.1]", rule.DestinationAddress);
        Assert.Equal("[80,8080:8090]", rule.DestinationPort);
        Assert.False(rule.Bidirectional);
        Assert.Equal(["msg=\"Hello\"", "http.uri=", "content=\"/a\\;b\"", "nocase=", "sid=12", "rev=3"], rule.Options.Select(option => $"{option.Name}={option.Value}"));
        Assert.Null(rule.Options[1].Value);
        RuleOption content = rule.Options[2];
        Assert.Equal("content", rule.Source.Substring(content.Column - 1, 7));
        Assert.Equal("\"/a", rule.Source.Substring(content.ValueColumn - 1, 3));
    }

    [Theory]
    [InlineData("->", false, false)]
    [InlineData("<>", true, false)]
    [InlineData("=>", false, true)]
    public void Directions(string arrow, bool both, bool transaction)
    {
        RuleText rule = Parse($"alert ip any any {arrow} any any (sid:1;)");
        Assert.Equal((both, transaction), (rule.Bidirectional, rule.TransactionBidirectional));
    }

    [Theory]
    [InlineData("alert", RuleAction.Alert, "", false)]
    [InlineData("rejectdst", RuleAction.RejectDestination, "", false)]
    [InlineData("rejectboth", RuleAction.RejectBoth, "", false)]
    [InlineData("accept:hook", RuleAction.Accept, "hook", false)]
    [InlineData("drop:packet", RuleAction.Drop, "packet", false)]
    [InlineData("accept:flow,alert", RuleAction.Accept, "flow", true)]
    public void Actions(string word, RuleAction action, string scope, bool alsoAlert)
    {
        RuleText rule = Parse($"{word} tcp:flow_start any any -> any any (sid:1;)");
        Assert.Equal((action, scope, alsoAlert), (rule.Action, rule.ActionScope, rule.AlsoAlert));
        Assert.Equal("tcp:flow_start", rule.Protocol);
    }

    [Theory]
    [InlineData("  alert\ttcp  any any ->  any any  ( msg : \"x\" ;sid: 1 ; ; )  ")]
    [InlineData("alert TCP any any -> any any (msg:\"x\"; sid:1;;)")]
    [InlineData("alert tcp any any -> any any(msg:\"x\"; sid:1;)")]
    public void Oddities_of_published_rules_are_read(string text)
    {
        RuleText rule = Parse(text);
        Assert.Equal("tcp", rule.Protocol);
        Assert.Equal(["msg=\"x\"", "sid=1"], rule.Options.Select(option => $"{option.Name}={option.Value}"));
    }

    [Fact]
    public void Blanks_inside_brackets_belong_to_the_list()
    {
        RuleText rule = Parse("alert tcp [10.0.0.1, !10.0.0.2] [1, 2] -> any [389, [636, 3269]] (sid:1;)");
        Assert.Equal("[10.0.0.1, !10.0.0.2]", rule.SourceAddress);
        Assert.Equal("[389, [636, 3269]]", rule.DestinationPort);
    }

    [Fact]
    public void A_value_may_hold_quotes_colons_and_brackets() =>
        Assert.Equal("\"/^[\"']:(a|b)\\;x/Ri\"", Parse(Header + "(pcre:\"/^[\"']:(a|b)\\;x/Ri\"; sid:1;)").Options[0].Value);

    [Theory]
    [InlineData("", 1, "the rule ends where an action should stand")]
    [InlineData("alrt tcp any any -> any any (sid:1;)", 1, "\"alrt\" is not an action (did you mean \"alert\"?)")]
    [InlineData("alert tcp any any (sid:9;)", 19, "the options begin where a direction (->, <> or =>) should stand")]
    [InlineData("alert tcp any any >> any any (sid:9;)", 19, "\">>\" is not a direction")]
    [InlineData("alert tcp any any <- any any (sid:9;)", 19, "swap source and destination")]
    [InlineData("alert tcp [a, any -> any any (sid:9;)", 11, "never closed")]
    [InlineData("alert tcp any any -> any any", 29, "no options")]
    [InlineData("alert tcp any any -> any any ()", 31, "no options")]
    [InlineData("alert tcp any any -> any any sid:9;)", 30, "expected \"(\"")]
    [InlineData("alert tcp any any -> any any (sid:9;", 36, "do not end in \")\"")]
    [InlineData("alert tcp any any -> any any (sid:9)", 31, "is not ended")]
    [InlineData("alert tcp any any -> any any (msg:\"a;b\"; sid:9;)", 35, "does not end in a quote")]
    [InlineData("alert tcp any any -> any any (sid:9; :3;)", 38, "without a name")]
    [InlineData("alert tcp any any -> any any (sid:9; no case;)", 40, "not the name of an option")]
    [InlineData("accept:world tcp any any -> any any (sid:9;)", 8, "packet, flow, hook or tx")]
    public void Errors_name_the_column_and_what_to_write(string text, int column, string expected)
    {
        RuleError error = Fail(text);
        Assert.Contains(expected, error.Reason, StringComparison.Ordinal);
        Assert.Equal(("a.rules", 7, column), (error.File, error.Line, error.Column));
        if (text.Contains("sid:9", StringComparison.Ordinal)) Assert.Equal(9, error.Sid);
        Assert.StartsWith($"a.rules:7:{column}: cannot ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_cut_of_a_rule_is_an_error_and_never_a_crash()
    {
        const string Whole = "alert http $HOME_NET any -> [$EXTERNAL_NET,!10.0.0.1] [80,8080:8090] (msg:\"He(l)lo\"; content:!\"|41 42|\\;\"; sid:12;)";
        for (int length = 0; length < Whole.Length; length++)
        {
            RuleError error = Fail(Whole[..length]);
            Assert.InRange(error.Column, 1, length + 1);
        }
    }
}
