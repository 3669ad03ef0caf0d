using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection;

/// <summary>Compiled rules: immutable, shared by all workers, built off the path and swapped between two batches.</summary>
public sealed class RuleSet
{
    public static RuleSet Empty { get; } = new();

    public int Loaded { get; init; }

    public IReadOnlyList<RuleError> Failed { get; init; } = [];
}
