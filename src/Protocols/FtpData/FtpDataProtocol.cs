using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.FtpData;

/// <summary>FTP's data connections. They have no words of their own, so nothing is detected by content: the control connection announces them.</summary>
public sealed class FtpDataProtocol : IAppProtocol
{
    public string Name => "ftp-data";

    public Transports Transports => Transports.Tcp;

    public IReadOnlyList<int> UsualPorts { get; } = [];

    public int ProbeDepth => 1;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => ParseStatus.Malformed;

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var pool = new FtpDataPool();
        return () => new FtpDataParser(pool);
    }

    public IReadOnlyList<BufferDefinition> Buffers { get; } =
    [
        new("file.data", null, 0, 0, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = default;
            var transfer = (FtpDataTransaction)transaction;
            return index == 0 && transfer.HasFile && transfer.FileDirection == direction && transfer.Content.TryView(out view);
        }) { IsStreaming = true },
    ];

    public IReadOnlyList<string> Events { get; } = [];

    public int RequestComplete => 1;

    public int ResponseComplete => 1;

    public IReadOnlyList<string> RequestProgressNames { get; } = ["request_started", "request_complete"];

    public IReadOnlyList<string> ResponseProgressNames { get; } = ["response_started", "response_complete"];

    public bool LogsTransactions => true;

    public string RecordType => "ftp_data";

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow)
    {
        var transfer = (FtpDataTransaction)transaction;
        writer.WriteStartObject("ftp_data"u8);
        if (!transfer.Name.IsEmpty) RecordText.Write(writer, "filename"u8, transfer.Text[transfer.Name]);
        if (Ftp.FtpCommands.DataWord(transfer.Command) is { } word) writer.WriteString("command"u8, word);
        writer.WriteEndObject();
        return true;
    }
}
