using Sensor.Detection.Keywords;
using Sensor.Detection.RuleLanguage;
using Sensor.Protocols;

namespace Sensor.Detection.Compile;

/// <summary>What all rules of one set share while they are built.</summary>
internal sealed class RuleEnvironment
{
    public RuleEnvironment(RuleSetOptions options, IReadOnlyList<IAppProtocol> protocols)
    {
        Options = options;
        Buffers = new BufferCatalog(protocols);
        Keywords = new KeywordCatalog(Buffers);
        Headers = new HeaderSets(options.Variables);
        HostReputation = HostReputation.Load(options.ReputationCategoryFile, options.ReputationFiles, Problems);
    }

    public RuleSetOptions Options { get; }

    /// <summary>What is wrong with files beside the rules.</summary>
    public List<RuleError> Problems { get; } = [];

    public BufferCatalog Buffers { get; }

    public KeywordCatalog Keywords { get; }

    public DatasetLoader Datasets { get; } = new();

    public DigestLists Digests { get; } = new();

    public HostReputation HostReputation { get; }

    public HeaderSets Headers { get; }
}
