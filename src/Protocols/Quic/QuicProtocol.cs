using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols.Fields;
using Sensor.Protocols.Tls;

namespace Sensor.Protocols.Quic;

/// <summary>
/// QUIC (RFC 9000, RFC 9369, drafts 23 to 34, and Google's Q039 to Q050) as far as it can be read from outside: versions,
/// and the hellos inside Initial packets, whose keys follow from their clear text (RFC 9001 section 5.2).
/// </summary>
public sealed class QuicProtocol : FieldProtocol
{
    private delegate TlsText Pick(TlsTransaction hello);

    public override string Name => "quic";

    public override Transports Transports => Transports.Udp;

    public override IReadOnlyList<int> UsualPorts { get; } = [443, 80];

    public override int ProbeDepth => QuicPacket.LongestHeader;

    public override IReadOnlyList<string> Events => QuicEvents.Names;

    public override IReadOnlyList<BufferDefinition> Buffers { get; } =
    [
        FieldBuffers.One("quic.version", null, (int)QuicField.Version, Complete),
        FieldBuffers.One("quic.ua", null, (int)QuicField.UserAgent, Complete),
        FieldBuffers.Several("quic.cyu.hash", null, (int)QuicField.CyuHash, Complete),
        FieldBuffers.Several("quic.cyu.string", null, (int)QuicField.CyuText, Complete),
        Hello("ja3.hash", Direction.ToServer, hello => hello.Ja3Hash),
        Hello("ja3.string", Direction.ToServer, hello => hello.Ja3Text),
        Hello("ja3s.hash", Direction.ToClient, hello => hello.Ja3ServerHash),
        Hello("ja3s.string", Direction.ToClient, hello => hello.Ja3ServerText),
        Hello("ja4.hash", Direction.ToServer, hello => hello.Ja4),
        new("quic.sni", null, Complete, Complete, ServerName),
        new("tls.sni", Direction.ToServer, Complete, Complete, ServerName),
    ];

    public override ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => QuicPacket.Looks(start) ? ParseStatus.Done : ParseStatus.Malformed;

    public override Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var memory = new QuicMemory
        {
            Settings = new TlsSettings { Ja3 = options.IsOn("app-layer.protocols.quic.ja3-fingerprints", true), Ja4 = options.IsOn("app-layer.protocols.quic.ja4-fingerprints", true) },
        };
        int mostOpen = ProtocolSettings.MaximumTransactions(options, Name);
        return () => new QuicParser(memory, mostOpen);
    }

    public override bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) => QuicRecord.Write(writer, (QuicTransaction)transaction);

    private static bool ServerName(Transaction transaction, Direction direction, int index, out BufferView view)
    {
        view = default;
        var one = (QuicTransaction)transaction;
        ReadOnlySpan<byte> name = one.ServerName;
        if (index > 0 || name.IsEmpty) return false;
        view.Bytes = name;
        view.IsFinal = true;
        return true;
    }

    private static BufferDefinition Hello(string name, Direction side, Pick pick) => new(name, side, Complete, Complete,
        (Transaction transaction, Direction _, int index, out BufferView view) =>
        {
            view = default;
            TlsTransaction hello = ((QuicTransaction)transaction).Hello;
            TlsText text = pick(hello);
            if (index > 0 || text.Length == 0) return false;
            view.Bytes = hello.Bytes(text);
            view.IsFinal = true;
            return true;
        });
}
