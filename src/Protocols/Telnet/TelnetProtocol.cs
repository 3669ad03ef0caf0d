using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Telnet;

/// <summary>Telnet (RFC 854), named by its option negotiation and not read any further: rules look into the stream.</summary>
public sealed class TelnetProtocol : IAppProtocol
{
    private const byte Escape = 0xff, Will = 251, Dont = 254, SubNegotiation = 250;

    public string Name => "telnet";

    public Transports Transports => Transports.Tcp;

    public IReadOnlyList<int> UsualPorts { get; } = [23, 2323];

    public int ProbeDepth => 3;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction)
    {
        if (start.IsEmpty) return ParseStatus.NeedMore;
        if (start[0] != Escape || (start.Length > 1 && start[1] is not (SubNegotiation or (>= Will and <= Dont)))) return ParseStatus.Malformed;
        return start.Length < 3 ? ParseStatus.NeedMore : ParseStatus.Done;
    }

    public AppParser CreateParser(ProtocolOptions options) => new NamedOnlyParser();

    public IReadOnlyList<BufferDefinition> Buffers { get; } = [];

    public IReadOnlyList<string> Events { get; } = [];

    public int RequestComplete => 1;

    public int ResponseComplete => 1;

    public IReadOnlyList<string> RequestProgressNames { get; } = ["request_started", "request_complete"];

    public IReadOnlyList<string> ResponseProgressNames { get; } = ["response_started", "response_complete"];

    public bool LogsTransactions => false;

    public string RecordType => "telnet";

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) => false;
}
