using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Ssh;

/// <summary>The secure shell (RFC 4253): banners and key exchange.</summary>
public sealed class SshProtocol : IAppProtocol
{
    private delegate TextRange Pick(SshTransaction connection, Direction direction);

    public string Name => "ssh";

    public Transports Transports => Transports.Tcp;

    public IReadOnlyList<int> UsualPorts { get; } = [22];

    public int ProbeDepth => 4;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) =>
        start.StartsWith("SSH-"u8) ? ParseStatus.Done
        : "SSH-"u8.StartsWith(start) ? ParseStatus.NeedMore
        : ParseStatus.Malformed;

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var pool = new SshPool(options);
        return () => new SshParser(pool);
    }

    /// <summary>User guide, "SSH Keywords".</summary>
    public IReadOnlyList<BufferDefinition> Buffers { get; } =
    [
        Of("ssh.proto", null, SshProgress.Banner, (connection, direction) => connection.Peer(direction).Version),
        Of("ssh.software", null, SshProgress.Banner, (connection, direction) => connection.Peer(direction).Software),
        Of("ssh.hassh", Direction.ToServer, SshProgress.KeyExchange, (connection, _) => connection.Peer(Direction.ToServer).Hassh),
        Of("ssh.hassh.string", Direction.ToServer, SshProgress.KeyExchange, (connection, _) => connection.Peer(Direction.ToServer).HasshText),
        Of("ssh.hassh.server", Direction.ToClient, SshProgress.KeyExchange, (connection, _) => connection.Peer(Direction.ToClient).Hassh),
        Of("ssh.hassh.server.string", Direction.ToClient, SshProgress.KeyExchange, (connection, _) => connection.Peer(Direction.ToClient).HasshText),
    ];

    public IReadOnlyList<string> Events => SshEvents.Names;

    public int RequestComplete => SshProgress.Finished;

    public int ResponseComplete => SshProgress.Finished;

    public int RequestRecordProgress => SshProgress.KeyExchange;

    public int ResponseRecordProgress => SshProgress.KeyExchange;

    public IReadOnlyList<string> RequestProgressNames { get; } = ["request_in_progress", "request_banner_done", "request_key_exchange", "request_finished"];

    public IReadOnlyList<string> ResponseProgressNames { get; } = ["response_in_progress", "response_banner_done", "response_key_exchange", "response_finished"];

    public bool LogsTransactions => true;

    public string RecordType => "ssh";

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow)
    {
        var connection = (SshTransaction)transaction;
        writer.WriteStartObject("ssh"u8);
        Peer(writer, "client"u8, connection, connection.Peer(Direction.ToServer));
        Peer(writer, "server"u8, connection, connection.Peer(Direction.ToClient));
        writer.WriteEndObject();
        return true;
    }

    private static void Peer(Utf8JsonWriter writer, ReadOnlySpan<byte> name, SshTransaction connection, in SshPeer peer)
    {
        if (peer.Version.IsEmpty) return;
        writer.WriteStartObject(name);
        RecordText.Write(writer, "proto_version"u8, connection.Text[peer.Version]);
        if (!peer.Software.IsEmpty) RecordText.Write(writer, "software_version"u8, connection.Text[peer.Software]);
        if (!peer.Hassh.IsEmpty)
        {
            writer.WriteStartObject("hassh"u8);
            RecordText.Write(writer, "hash"u8, connection.Text[peer.Hassh]);
            RecordText.Write(writer, "string"u8, connection.Text[peer.HasshText]);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static BufferDefinition Of(string name, Direction? side, int progress, Pick pick) =>
        new(name, side, progress, progress, (Transaction transaction, Direction direction, int index, out BufferView view) =>
        {
            view = new BufferView { IsFinal = true };
            if (index > 0) return false;
            var connection = (SshTransaction)transaction;
            view.Bytes = connection.Text[pick(connection, direction)];
            return !view.Bytes.IsEmpty;
        });
}
