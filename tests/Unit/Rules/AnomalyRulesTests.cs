using System.Globalization;
using System.Text.RegularExpressions;
using Sensor.Decode;
using Sensor.Detection;
using Sensor.Protocols;
using Sensor.Streams;

namespace Sensor.Tests.Rules;

/// <summary>
/// Each thing the engine can find odd has one shipped rule: the word in the enum, in the rule and in the counter is the
/// same. The rules lie in a folder of their own and are loaded by who wants them; most boxes do not.
/// </summary>
public partial class AnomalyRulesTests
{
    public static TheoryData<string, long> Files => new() { { "decode", 7_900_001 }, { "stream", 7_910_001 }, { "applayer", 7_920_001 } };

    /// <summary>A new name gets the next free sid; names keep theirs. Run once with SENSOR_WRITE_SAMPLES=1 to add them.</summary>
    [Theory, MemberData(nameof(Files))]
    public void Each_name_has_its_rule(string kind, long firstSid)
    {
        string file = Checkout.Path("rules", "anomalies", kind + ".rules");
        List<string> lines = File.Exists(file) ? [.. File.ReadAllLines(file)] : [$"# One rule for each {kind} event of the engine; sids from {firstSid}. Not loaded by default: anomalies are many."];
        HashSet<string> covered = [.. lines.Select(line => Event().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value)];
        string[] missing = [.. Names(kind).Where(name => !covered.Contains(name))];
        if (Environment.GetEnvironmentVariable("SENSOR_WRITE_SAMPLES") == "1")
        {
            long next = lines.Select(line => Sid().Match(line)).Where(match => match.Success).Select(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).DefaultIfEmpty(firstSid - 1).Max() + 1;
            lines.AddRange(missing.Select(name => Rule(kind, name, next++)));
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllLines(file, lines);
            missing = [];
        }

        Assert.True(missing.Length == 0, $"{kind} events without a shipped rule: {string.Join(", ", missing)}; run this test once with SENSOR_WRITE_SAMPLES=1 and commit rules/anomalies");
    }

    [Fact]
    public void All_of_them_load()
    {
        RuleSet rules = new RuleSetBuilder().AddFiles(Checkout.Path("rules", "anomalies")).Build();
        Assert.Empty(rules.Failed);
        Assert.True(rules.Loaded > 250, $"only {rules.Loaded} anomaly rules loaded");
    }

    private static IEnumerable<string> Names(string kind) => kind switch
    {
        "decode" => DecodeEventNames.All,
        "stream" => StreamEventNames.All.Select(pair => pair.Name),
        _ => ProtocolCatalog.All.SelectMany(protocol => protocol.Events.Select(name => $"{protocol.Name}.{name}")),
    };

    private static string Rule(string kind, string name, long sid)
    {
        (string protocol, string keyword) = kind switch
        {
            "decode" => ("pkthdr", "decode-event"),
            "stream" => ("tcp", "stream-event"),
            _ => (name[..name.IndexOf('.', StringComparison.Ordinal)], "app-layer-event"),
        };
        return $"alert {protocol} any any -> any any (msg:\"SENSOR anomaly {name}\"; {keyword}:{name}; classtype:protocol-command-decode; metadata:signature_severity Informational; sid:{sid}; rev:1;)";
    }

    [GeneratedRegex("-event:([^;]+);")]
    private static partial Regex Event();

    [GeneratedRegex("sid:([0-9]+);")]
    private static partial Regex Sid();
}
