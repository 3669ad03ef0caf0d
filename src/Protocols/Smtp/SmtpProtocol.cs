using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Smtp;

/// <summary>Mail on its way between servers and from clients (RFC 5321), with what the mails carry (MIME).</summary>
public sealed class SmtpProtocol : IAppProtocol
{
    public string Name => "smtp";

    public Transports Transports => Transports.Tcp;

    public IReadOnlyList<int> UsualPorts { get; } = [25, 465, 587];

    public int ProbeDepth => SmtpProbe.Depth;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => SmtpProbe.Probe(start, direction);

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var pool = new SmtpPool(SmtpSettings.From(options));
        return () => new SmtpParser(pool);
    }

    public IReadOnlyList<BufferDefinition> Buffers => SmtpBuffers.All;

    public IReadOnlyList<string> Events => SmtpEvents.Names;

    public int RequestComplete => SmtpProgress.Complete;

    public int ResponseComplete => 1;

    public IReadOnlyList<string> RequestProgressNames { get; } = ["request_started", "request_hello", "request_sender", "request_recipients", "request_header", "request_complete"];

    public IReadOnlyList<string> ResponseProgressNames { get; } = ["response_started", "response_complete"];

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) => SmtpRecord.Write(writer, (SmtpTransaction)transaction);

    public bool LogsTransactions => true;

    public string RecordType => "smtp";
}
