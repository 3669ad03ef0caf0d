using Sensor.Detection.RuleLanguage;

namespace Sensor.Tests.Detection.RuleLanguage;

/// <summary>Every active rule of the published sets and of the conformance cases comes apart.</summary>
public class PublishedRulesTests
{
    private static (int Parsed, List<RuleError> Failed) ParseAll(IEnumerable<string> files)
    {
        int parsed = 0;
        List<RuleError> failed = [];
        foreach (string file in files)
        {
            foreach (RuleLine line in RuleFileReader.ReadFile(file, failed))
            {
                if (RuleParser.TryParse(line, out _, out RuleError? error)) parsed++;
                else failed.Add(error);
            }
        }

        return (parsed, failed);
    }

    [SharedTheory]
    [InlineData("et-open-2024-04", 24_827, 0)]
    [InlineData("others/et-open-2020-legacy", 13_678, 0)]
    [InlineData("others/quadrant-2026", 161, 1)] // one lacks the last ";", which the language demands
    [InlineData("others/et-open-2017-malware", 8905, 0)]
    public void Published_sets_parse(string folder, int expected, int broken)
    {
        List<RuleError> problems = [];
        (int parsed, List<RuleError> failed) = ParseAll(RuleFileReader.FindFiles([SharedMaterial.Path("rules", folder)], problems));
        Assert.Empty(problems);
        Assert.Equal(broken, failed.Count);
        Assert.Equal(expected, parsed);
    }

    [SharedFact]
    public void Rules_of_conformance_cases_parse()
    {
        (int parsed, List<RuleError> failed) = ParseAll(Directory.EnumerateFiles(SharedMaterial.Path("conformance", "cases"), "*.rules", SearchOption.AllDirectories));
        Assert.Empty(failed);
        Assert.InRange(parsed, 2000, int.MaxValue);
    }
}
