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
    }

    public RuleSetOptions Options { get; }

    public BufferCatalog Buffers { get; }

    public KeywordCatalog Keywords { get; }

    public HeaderSets Headers { get; }
}
