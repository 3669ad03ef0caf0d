using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Ftp;

/// <summary>The file transfer protocol's control connection (RFC 959).</summary>
public sealed class FtpProtocol : IAppProtocol
{
    private delegate TextList Pick(FtpTransaction one);

    public string Name => "ftp";

    public Transports Transports => Transports.Tcp;

    public IReadOnlyList<int> UsualPorts { get; } = [21];

    public int ProbeDepth => 1024;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => direction == Direction.ToServer ? FtpProbe.Client(start) : FtpProbe.Server(start);

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var pool = new FtpPool(options);
        return () => new FtpParser(pool);
    }

    /// <summary>User guide, "FTP Keywords".</summary>
    public IReadOnlyList<BufferDefinition> Buffers { get; } =
    [
        Of("ftp.command", one => one.Word),
        Of("ftp.command_data", one => one.Argument),
        Each("ftp.reply", one => one.Replies),
        Each("ftp.completion_code", one => one.Codes),
    ];

    public IReadOnlyList<string> Events => FtpEvents.Names;

    public int RequestComplete => FtpProgress.Complete;

    public int ResponseComplete => FtpProgress.Complete;

    public IReadOnlyList<string> RequestProgressNames { get; } = ["request_started", "request_command", "request_complete"];

    public IReadOnlyList<string> ResponseProgressNames { get; } = ["response_started", "response_started", "response_complete"];

    public bool LogsTransactions => true;

    public string RecordType => "ftp";

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) => FtpRecord.Write(writer, (FtpTransaction)transaction);

    private static BufferDefinition Of(string name, Func<FtpTransaction, TextRange> pick) =>
        new(name, Direction.ToServer, FtpProgress.Command, 0, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = new BufferView { IsFinal = true };
            if (index > 0) return false;
            var one = (FtpTransaction)transaction;
            view.Bytes = one.Text[pick(one)];
            return !view.Bytes.IsEmpty;
        });

    private static BufferDefinition Each(string name, Pick pick) =>
        new(name, Direction.ToClient, 0, FtpProgress.Complete, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = new BufferView { IsFinal = true };
            TextList all = pick((FtpTransaction)transaction);
            if (index >= all.Count) return false;
            view.Bytes = all[index];
            return true;
        })
        { IsMultiple = true };
}
