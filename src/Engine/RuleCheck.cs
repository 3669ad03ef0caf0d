using Sensor.Detection;
using Sensor.Engine.Configuration;

namespace Sensor.Engine;

/// <summary>Compiles rules without running them.</summary>
public static class RuleCheck
{
    /// <exception cref="ConfigurationException">A setting cannot be understood.</exception>
    public static RuleCheckResult Run(IReadOnlyList<string> paths, IReadOnlyList<string> settings)
    {
        var configuration = new SensorConfiguration();
        foreach (string setting in settings) ConfigurationReader.Set(configuration, setting);
        foreach (string path in paths) configuration.RuleFiles.Add(path);
        RuleSet rules = KnowledgeLoader.Load(configuration).Rules;
        return new RuleCheckResult(rules.Loaded, [.. rules.Failed.Select(error => new RuleCheckFailure(error.File, error.Line, error.Column, error.Sid, error.Keyword, error.Reason))]);
    }
}
