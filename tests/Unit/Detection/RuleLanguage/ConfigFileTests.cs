using System.Text;
using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;

namespace Sensor.Tests.Detection.RuleLanguage;

public class ConfigFileTests
{
    private static readonly RuleVariables Variables = new()
    {
        Addresses = new Dictionary<string, string> { ["HOME_NET"] = "10.0.0.0/8" },
        Ports = new Dictionary<string, string>(),
    };

    private static (IReadOnlyList<ThresholdLine> Lines, List<RuleError> Problems) Thresholds(string text)
    {
        List<RuleError> problems = [];
        return (ThresholdConfig.Read("threshold.config", Encoding.ASCII.GetBytes(text), Variables, problems), problems);
    }

    private static T Only<T>(string text)
        where T : ThresholdLine
    {
        (IReadOnlyList<ThresholdLine> lines, List<RuleError> problems) = Thresholds(text);
        Assert.Empty(problems);
        return Assert.IsType<T>(Assert.Single(lines));
    }

    [Fact]
    public void Classes_are_read()
    {
        List<RuleError> problems = [];
        Dictionary<string, (string Description, int Priority)> classes = ClassificationConfig.Read("c", """
            # comment
            config classification: not-suspicious,Not Suspicious Traffic,3
              config classification:trojan, A Trojan, one of many , 1
            config classification: trojan,Second,2
            config classification: broken
            config classification: worse,Worse,high
            config clasification: x,y,1
            """u8, problems);
        Assert.Equal(2, classes.Count);
        Assert.Equal(("Not Suspicious Traffic", 3), classes["not-suspicious"]);
        Assert.Equal(("A Trojan, one of many", 1), classes["trojan"]);
        Assert.Equal([(5, 24), (6, 36), (7, 8)], problems.Select(problem => (problem.Line, problem.Column)));
    }

    [Fact]
    public void References_are_read()
    {
        List<RuleError> problems = [];
        Dictionary<string, string> prefixes = ReferenceConfig.Read("r", "config reference: URL\thttp://\nconfig reference: cve   https://a.example/?q=\nconfig reference: x\n"u8, problems);
        Assert.Equal("http://", prefixes["url"]);
        Assert.Equal("https://a.example/?q=", prefixes["CVE"]);
        Assert.Equal(3, Assert.Single(problems).Line);
    }

    [Theory]
    [InlineData("threshold gen_id 1, sig_id 100, type both, track by_flow, count 5, seconds 60", ThresholdKind.Both, ThresholdTrack.Flow, 5, 60, 0)]
    [InlineData("event_filter gen_id 1,sig_id 100,type limit,track by_src,count 1,seconds 3600", ThresholdKind.Limit, ThresholdTrack.Source, 1, 3600, 0)]
    [InlineData("threshold: gen_id 1, sig_id 100, seconds 9, count 2, track by_both, type threshold", ThresholdKind.Threshold, ThresholdTrack.Both, 2, 9, 0)]
    [InlineData("threshold gen_id 1, \\\n  sig_id 100, type backoff, track by_rule, count 1, multiplier 10", ThresholdKind.Backoff, ThresholdTrack.Rule, 1, 0, 10)]
    public void Event_filters(string text, ThresholdKind kind, ThresholdTrack track, int count, int seconds, int multiplier)
    {
        EventFilterLine line = Only<EventFilterLine>(text);
        Assert.Equal((1, 100L), (line.GeneratorId, line.SignatureId));
        Assert.Equal(new ThresholdParameters(kind, track, count, seconds, multiplier), line.Parameters);
    }

    [Fact]
    public void Rate_filters()
    {
        RateFilterLine line = Only<RateFilterLine>("# x\nrate_filter gen_id 135, sig_id 1, track by_dst, count 100, seconds 1, new_action reject, timeout 10");
        Assert.Equal((2, 135, 1L), (line.Line, line.GeneratorId, line.SignatureId));
        Assert.Equal((ThresholdTrack.Destination, 100, 1, RuleAction.Reject, 10), (line.Track, line.Count, line.Seconds, line.NewAction, line.Timeout));
    }

    [Theory]
    [InlineData("by_src", "192.0.2.1", ThresholdTrack.Source, "192.0.2.1", "192.0.2.2")]
    [InlineData("by_dst", "$HOME_NET", ThresholdTrack.Destination, "10.1.1.1", "192.0.2.2")]
    [InlineData("by_either", "[192.0.2.0/24, !192.0.2.9,2001:db8::/32]", ThresholdTrack.Either, "2001:db8::1", "192.0.2.9")]
    [InlineData("by_src", "!$HOME_NET", ThresholdTrack.Source, "192.0.2.1", "10.0.0.1")]
    public void Suppressions(string track, string addresses, ThresholdTrack expected, string inside, string outside)
    {
        SuppressLine line = Only<SuppressLine>($"suppress gen_id 1, sig_id 2, track {track}, ip {addresses}");
        Assert.Equal(expected, line.Track);
        Assert.True(line.Addresses!.Contains(IpAddress.Parse(inside)));
        Assert.False(line.Addresses.Contains(IpAddress.Parse(outside)));
    }

    [Fact]
    public void A_suppression_without_addresses_is_for_all()
    {
        SuppressLine line = Only<SuppressLine>("suppress gen_id 1, sig_id 2");
        Assert.Null(line.Track);
        Assert.Null(line.Addresses);
    }

    [Theory]
    [InlineData("supress gen_id 1, sig_id 2", 1, "did you mean \"suppress\"?")]
    [InlineData("suppress gen_id 1", 9, "\"sig_id\" is missing")]
    [InlineData("suppress gen_id 1, sig_id 2, track by_src", 9, "\"ip\" is missing")]
    [InlineData("suppress gen_id 1, sig_id 2, ip 10.0.0.1", 9, "\"track\" is missing")]
    [InlineData("suppress gen_id 1, sig_id 2, track by_flow, ip 10.0.0.1", 36, "write by_src, by_dst, by_either")]
    [InlineData("suppress gen_id 1, sig_id 2, track by_src, ip [10.0.0.1,$HOME_NETT]", 57, "did you mean $HOME_NET?")]
    [InlineData("suppress gen_id 1, gen_id 1, sig_id 2", 20, "given twice")]
    [InlineData("suppress gen_id 1, sig_id two", 27, "must be a number")]
    [InlineData("suppress gen_id 1, sig_id", 20, "has no value")]
    [InlineData("suppress gen_id 1,, sig_id 2", 19, "nothing stands")]
    [InlineData("threshold gen_id 1, sig_id 2, type limit, track by_src, count 0, seconds 1", 63, "from 1 to")]
    [InlineData("threshold gen_id 1, sig_id 2, type limit, track by_src, count 1, second 1", 10, "\"seconds\" is missing (\"second\" is not a word of it)")]
    [InlineData("threshold gen_id 1, sig_id 2, type limit, track by_src, count 1, seconds 1, timeout 3", 77, "does not belong here")]
    [InlineData("rate_filter gen_id 1, sig_id 2, track by_src, count 1, seconds 1, new_action log, timeout 3", 78, "write alert, drop")]
    public void Errors_have_their_place_and_the_other_lines_count(string text, int column, string expected)
    {
        (IReadOnlyList<ThresholdLine> lines, List<RuleError> problems) = Thresholds($"\n{text}\nsuppress gen_id 1, sig_id 3\n");
        Assert.Equal(3, Assert.Single(lines).SignatureId);
        RuleError problem = Assert.Single(problems);
        Assert.Contains(expected, problem.Reason, StringComparison.Ordinal);
        Assert.Equal(("threshold.config", 2, column), (problem.File, problem.Line, problem.Column));
    }

    [Fact]
    public void Thresholds_of_rules_share_the_parser()
    {
        Assert.Equal(new ThresholdParameters(ThresholdKind.Limit, ThresholdTrack.Source, 1, 60, 0), ThresholdParameters.Parse("threshold", "type limit,track by_src , seconds 60, count 1"));
        Assert.Equal(new ThresholdParameters(ThresholdKind.Threshold, ThresholdTrack.Destination, 5, 2, 0), ThresholdParameters.ParseDetectionFilter("track by_dst, count 5, seconds 2"));
        Assert.Throws<RuleException>(() => ThresholdParameters.ParseDetectionFilter("type limit, track by_dst, count 5, seconds 2"));
    }

    [SharedFact]
    public void Published_files_are_read_without_a_problem()
    {
        List<RuleError> problems = [];
        Assert.InRange(ClassificationConfig.ReadFile(SharedMaterial.Path("rules", "classification.config"), problems).Count, 30, 1000);
        RuleVariables variables = new() { Addresses = new Dictionary<string, string> { ["SUPPRESS"] = "10.0.0.1" } };
        int lines = 0;
        foreach (string file in Directory.EnumerateFiles(SharedMaterial.Path("conformance", "cases"), "threshold.config", SearchOption.AllDirectories))
        {
            lines += ThresholdConfig.ReadFile(file, variables, problems).Count;
        }

        Assert.Empty(problems);
        Assert.InRange(lines, 20, 1000);
    }
}
