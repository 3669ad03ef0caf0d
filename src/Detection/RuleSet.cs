using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Files;
using Sensor.Protocols;

namespace Sensor.Detection;

/// <summary>Compiled rules: immutable, shared by all workers, built off the path and swapped between two batches.</summary>
public sealed class RuleSet
{
    private static int s_generations;

    public static RuleSet Empty { get; } = new RuleSetBuilder().Build();

    public int Loaded { get; init; }

    public IReadOnlyList<RuleError> Failed { get; init; } = [];

    /// <summary>Rules left out because they ask for what this engine says it is not (<c>requires</c>).</summary>
    public IReadOnlyList<RuleError> Skipped { get; init; } = [];

    /// <summary>The rules in order of rank.</summary>
    public IReadOnlyList<Rule> Rules => Array.ConvertAll(Signatures, signature => signature.Rule);

    /// <summary>Digests of files that rules compare; the file tracker has to compute them.</summary>
    public FileHashes FileHashes { get; init; }

    /// <summary>Some rule asks whether a checksum is right; the decoder has to look at them.</summary>
    public bool AsksChecksums { get; init; }

    internal Signature[] Signatures { get; init; } = [];

    internal RuleGroups Groups { get; init; } = new();

    /// <summary>Protocols whose numbers the signatures use.</summary>
    internal IReadOnlyList<IAppProtocol> Protocols { get; init; } = [];

    internal ThresholdPolicy Thresholds { get; init; } = ThresholdPolicy.Empty;

    /// <summary>Tells rule sets apart within the process.</summary>
    internal int Generation { get; } = Interlocked.Increment(ref s_generations);
}
