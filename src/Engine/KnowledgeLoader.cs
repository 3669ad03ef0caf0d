using System.Security.Cryptography;
using System.Text;
using Sensor.Detection;
using Sensor.Detection.RuleLanguage;
using Sensor.Engine.Configuration;
using Sensor.Reputation;

namespace Sensor.Engine;

/// <summary>One generation of what the engine knows: compiled rules and blacklists, immutable.</summary>
/// <param name="ListErrors">Lists, and entries of lists, that could not be used.</param>
public sealed record Knowledge(RuleSet Rules, ReputationSet Lists, IReadOnlyList<ReputationError> ListErrors, DateTimeOffset LoadedAt)
{
    /// <summary>Names the rule set by its content: the same rules give the same version on every box.</summary>
    public required string Version { get; init; }

    /// <summary>Lines of classification, reference and threshold files that could not be used.</summary>
    public IReadOnlyList<RuleError> Problems { get; init; } = [];
}

/// <summary>Reads rules and lists as a configuration names them; always beside the running engine, never on its threads.</summary>
public static class KnowledgeLoader
{
    /// <param name="settingsFolder">Where relative paths in engine settings start; the working folder when null.</param>
    public static Knowledge Load(SensorConfiguration configuration, string? settingsFolder = null)
    {
        var problems = new List<RuleError>();
        RuleSetOptions options = Options(configuration, problems).WithSettings(new Dictionary<string, string>(configuration.EngineSettings), settingsFolder ?? ".");
        RuleSet rules = new RuleSetBuilder(options).AddFiles(configuration.RuleFiles).Build();
        var errors = new List<ReputationError>();
        ReputationSet lists = ReputationLoader.Load(configuration.ListFiles, errors);
        return new Knowledge(rules, lists, errors, DateTimeOffset.UtcNow) { Version = VersionOf(rules), Problems = problems };
    }

    private static RuleSetOptions Options(SensorConfiguration configuration, List<RuleError> problems)
    {
        var variables = new RuleVariables
        {
            Addresses = new Dictionary<string, string>(configuration.AddressGroups),
            Ports = new Dictionary<string, string>(configuration.PortGroups),
        };
        var options = new RuleSetOptions { Variables = variables };
        if ((configuration.ClassificationFile ?? Beside(configuration.RuleFiles, "classification.config")) is { } classes)
            options = options with { Classes = ClassificationConfig.ReadFile(classes, problems) };
        if ((configuration.ReferenceFile ?? Beside(configuration.RuleFiles, "reference.config")) is { } references)
            options = options with { ReferencePrefixes = ReferenceConfig.ReadFile(references, problems) };
        return configuration.ThresholdFile is { } thresholds ? options with { ThresholdFiles = [thresholds] } : options;
    }

    // Published sets bring their classes along, in the folder of the rules or the one above.
    private static string? Beside(IEnumerable<string> rules, string name)
    {
        foreach (string path in rules)
        {
            string? folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path));
            foreach (string? candidate in (string?[])[folder, Path.GetDirectoryName(folder)])
            {
                if (candidate is not null && File.Exists(Path.Combine(candidate, name))) return Path.Combine(candidate, name);
            }
        }

        return null;
    }

    private static string VersionOf(RuleSet rules)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Rule rule in rules.Rules.OrderBy(rule => rule.Gid).ThenBy(rule => rule.Sid)) hash.AppendData(Encoding.UTF8.GetBytes(rule.Source + "\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 6));
    }
}
