using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection;

/// <summary>What rules mean beside their own text: variables, classes, references.</summary>
public sealed record RuleSetOptions
{
    public RuleVariables Variables { get; init; } = RuleDefaults.Variables;

    /// <summary>Classes by short name (classification.config); those it leaves out are looked up in the defaults.</summary>
    public IReadOnlyDictionary<string, (string Description, int Priority)> Classes { get; init; } = RuleDefaults.Classes;

    /// <summary>What stands before a reference of each system (reference.config): <c>url</c> is <c>http://</c>.</summary>
    public IReadOnlyDictionary<string, string> ReferencePrefixes { get; init; } = RuleDefaults.ReferencePrefixes;

    /// <summary>Categories and scores of addresses for <c>iprep</c> (reputation-categories-file, reputation-files); empty without.</summary>
    public string ReputationCategoryFile { get; init; } = "";

    public IReadOnlyList<string> ReputationFiles { get; init; } = [];

    /// <summary>Lines of threshold.config files (threshold-file).</summary>
    public IReadOnlyList<string> ThresholdFiles { get; init; } = [];

    /// <summary>
    /// Takes what the reference engine's settings name: threshold-file, reputation-categories-file, reputation-files.N.
    /// Paths are relative to <paramref name="folder"/>.
    /// </summary>
    public RuleSetOptions WithSettings(IReadOnlyDictionary<string, string> settings, string folder)
    {
        string Resolve(string path) => Path.Combine(folder, path);
        RuleSetOptions options = this;
        if (settings.TryGetValue("threshold-file", out string? thresholds)) options = options with { ThresholdFiles = [Resolve(thresholds)] };
        if (settings.TryGetValue("reputation-categories-file", out string? categories)) options = options with { ReputationCategoryFile = Resolve(categories) };
        string[] scores = [.. settings.Where(setting => setting.Key.StartsWith("reputation-files.", StringComparison.Ordinal)).OrderBy(setting => setting.Key, StringComparer.Ordinal).Select(setting => Resolve(setting.Value))];
        return scores.Length == 0 ? options : options with { ReputationFiles = scores };
    }

    /// <summary>Version of the reference engine whose rules are understood; what <c>requires: version</c> compares with.</summary>
    public Version Understands { get; init; } = new(8, 0, 0);
}
