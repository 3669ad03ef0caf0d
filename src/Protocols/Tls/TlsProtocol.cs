using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Tls;

/// <summary>Transport layer security and its ancestors: SSL 2 (hellos only), SSL 3, TLS 1.0 to 1.3.</summary>
public sealed class TlsProtocol : IAppProtocol
{
    public string Name => "tls";

    public Transports Transports => Transports.Tcp;

    public IReadOnlyList<int> UsualPorts { get; } = [443];

    public int ProbeDepth => TlsProbe.Depth;

    public IReadOnlyList<BufferDefinition> Buffers => TlsBuffers.All;

    public IReadOnlyList<string> Events => TlsEvents.Names;

    public int RequestComplete => TlsProgress.ClientFinished;

    public int ResponseComplete => TlsProgress.ServerFinished;

    /// <summary>Whatever the client has said is known when the server has answered.</summary>
    public int RequestRecordProgress => TlsProgress.ClientInProgress;

    /// <summary>Everything a record says of the connection is known once the server has ended its hello.</summary>
    public int ResponseRecordProgress => TlsProgress.ServerHelloDone;

    public IReadOnlyList<string> RequestProgressNames => TlsProgress.ClientNames;

    public IReadOnlyList<string> ResponseProgressNames => TlsProgress.ServerNames;

    public bool LogsTransactions => true;

    public string RecordType => "tls";

    public double ShareOfFlows => 3.0 / 8;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => TlsProbe.Probe(start, direction);

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var pool = new TlsPool(options, ShareOfFlows);
        TlsSettings settings = TlsSettings.From(options);
        return () => new TlsParser(pool, settings);
    }

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) =>
        TlsRecord.Write(writer, (TlsTransaction)transaction, flow);
}
