using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Fields;

/// <summary>What most protocols of messages have in common: a side is started or complete, and finished transactions are records named like the protocol.</summary>
public abstract class FieldProtocol : IAppProtocol
{
    /// <summary>Progress of a side that is whole.</summary>
    public const int Complete = 1;

    private static readonly string[] s_progressNames = ["started", "complete"];

    public abstract string Name { get; }

    public abstract Transports Transports { get; }

    public abstract IReadOnlyList<int> UsualPorts { get; }

    public abstract int ProbeDepth { get; }

    public abstract IReadOnlyList<BufferDefinition> Buffers { get; }

    public abstract IReadOnlyList<string> Events { get; }

    public virtual Direction? FirstSpeaker => null;

    public virtual bool IsEnabledByDefault => true;

    public int RequestComplete => Complete;

    public int ResponseComplete => Complete;

    public virtual IReadOnlyList<string> RequestProgressNames => s_progressNames;

    public virtual IReadOnlyList<string> ResponseProgressNames => s_progressNames;

    public virtual bool LogsTransactions => true;

    public virtual string RecordType => Name;

    public abstract ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction);

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public abstract Func<AppParser> CreateParserMaker(ProtocolOptions options);

    public abstract bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow);
}
