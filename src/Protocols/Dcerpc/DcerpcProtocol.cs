using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Dcerpc;

/// <summary>DCE remote procedure calls (C706, MS-RPCE), connection-oriented over TCP and connectionless over UDP.</summary>
public sealed class DcerpcProtocol : IAppProtocol
{
    /// <summary>Progress of a side whose last fragment was read.</summary>
    public const int Complete = 1;

    private static readonly string[] s_progressNames = ["started", "complete"];

    public string Name => "dcerpc";

    public Transports Transports => Transports.Tcp | Transports.Udp;

    public IReadOnlyList<int> UsualPorts { get; } = [135];

    public int ProbeDepth => DcerpcHeader.Length;

    public IReadOnlyList<BufferDefinition> Buffers { get; } = [DcerpcBuffers.Stub(Complete)];

    public IReadOnlyList<string> Events => DcerpcEvents.Names;

    public int RequestComplete => Complete;

    public int ResponseComplete => Complete;

    public IReadOnlyList<string> RequestProgressNames => s_progressNames;

    public IReadOnlyList<string> ResponseProgressNames => s_progressNames;

    public bool LogsTransactions => true;

    public string RecordType => Name;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => DcerpcProbe.Probe(start, direction);

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var memory = new DcerpcMemory();
        int mostOpen = ProtocolSettings.MaximumTransactions(options, Name);
        return () => new DcerpcParser(memory, mostOpen);
    }

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) =>
        ((DcerpcTransaction)transaction).Exchange is { } exchange && DcerpcRecord.Write(writer, exchange);
}
