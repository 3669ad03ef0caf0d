using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Smb;

/// <summary>Server message block (MS-CIFS, MS-SMB, MS-SMB2), directly over TCP or in NetBIOS sessions (RFC 1002).</summary>
public sealed class SmbProtocol : IAppProtocol
{
    /// <summary>Progress of a side: begun, and all of it seen.</summary>
    public const int Started = 0, Complete = 1;

    private static readonly string[] s_progressNames = ["started", "complete"];

    public string Name => "smb";

    public Transports Transports => Transports.Tcp;

    public IReadOnlyList<int> UsualPorts { get; } = [445, 139];

    public int ProbeDepth => SmbProbe.Depth;

    public IReadOnlyList<BufferDefinition> Buffers => SmbBuffers.All;

    public IReadOnlyList<string> Events => SmbEvents.Names;

    public int RequestComplete => Complete;

    public int ResponseComplete => Complete;

    public IReadOnlyList<string> RequestProgressNames => s_progressNames;

    public IReadOnlyList<string> ResponseProgressNames => s_progressNames;

    public bool LogsTransactions => true;

    public string RecordType => Name;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => SmbProbe.Probe(start, direction);

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var pool = new SmbPool();
        int mostOpen = ProtocolSettings.MaximumTransactions(options, Name);
        return () => new SmbParser(pool, mostOpen);
    }

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) => SmbRecord.Write(writer, (SmbTransaction)transaction);
}
