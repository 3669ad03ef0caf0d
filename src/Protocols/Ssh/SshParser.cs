using System.Buffers.Binary;
using Sensor.Primitives;
using Sensor.Protocols.Tls;

namespace Sensor.Protocols.Ssh;

/// <summary>What the SSH parsers of one worker share.</summary>
internal sealed class SshPool
{
    /// <summary>Bytes of banners and fingerprints of one worker. Beyond it connections stay without.</summary>
    public const long MostBytes = 64L * 1024 * 1024;

    private const int MostTransactions = 131_072;

    public SshPool(ProtocolOptions options)
    {
        Bytes = new ByteSlab(MostBytes);
        Transactions = new ObjectSlab<SshTransaction>(() => new SshTransaction(Bytes), 8, MostTransactions);
        Encryption = options.Find("app-layer.protocols.ssh.encryption-handling") switch
        {
            "bypass" => EncryptionHandling.Bypass,
            "full" => EncryptionHandling.Full,
            _ => EncryptionHandling.TrackOnly,
        };
    }

    public ByteSlab Bytes { get; }

    public ObjectSlab<SshTransaction> Transactions { get; }

    public EncryptionHandling Encryption { get; }

    public byte[] Scratch { get; } = new byte[SshParser.LongestKeyExchange + 4];
}

/// <summary>
/// An SSH connection up to its new keys (RFC 4253): a banner line of each side, then packets in clear. The key exchange
/// is waited for and read, all other packets are passed over.
/// </summary>
internal sealed class SshParser(SshPool pool) : AppParser
{
    /// <summary>Bytes of a key exchange message that is looked into; OpenSSH's are some 1500, RFC 4253 section 6.1 asks for 35 000.</summary>
    public const int LongestKeyExchange = 35_000;

    /// <summary>Bytes of a banner line (RFC 4253 section 4.2).</summary>
    private const int LongestBanner = 253;

    /// <summary>Lines a server may say before its banner.</summary>
    private const int MostLinesBefore = 50;

    /// <summary>Longest packet that can be one.</summary>
    private const uint LongestPacket = 256 * 1024;

    private const int PacketHeader = 6;
    private const byte KeyExchangeInit = 20, NewKeys = 21;

    private struct Side
    {
        public bool HasBanner, HasKeyExchange, IsDark;
        public int LinesBefore;
        public long Skip;
    }

    private readonly LineReader _clientLines = new(pool.Bytes, LongestBanner), _serverLines = new(pool.Bytes, LongestBanner);
    private Side _client, _server;
    private SshTransaction? _connection;
    private bool _isOver;

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        if (!TryOpen(context)) return ParseResult.All(data.Length);
        SshTransaction connection = _connection!;
        ref Side side = ref Of(context.Direction);
        int at = 0;
        while (at < data.Length)
        {
            if (side.IsDark) return ParseResult.All(data.Length);
            if (side.Skip > 0)
            {
                int now = (int)Math.Min(side.Skip, data.Length - at);
                side.Skip -= now;
                at += now;
                continue;
            }

            if (!side.HasBanner)
            {
                LineReader lines = context.Direction == Direction.ToServer ? _clientLines : _serverLines;
                if (lines.TryRead(data, ref at, out ReadOnlySpan<byte> line)) Banner(line, lines.IsCut, connection, ref side, context.Direction);
                continue;
            }

            ReadOnlySpan<byte> rest = data[at..];
            int needed = Needed(rest, connection, ref side, context);
            if (needed > rest.Length) return ParseResult.Wait(at, needed);
            if (needed == 0) continue;
            connection.LastChanged = context.Time;
            at += Packet(rest, connection, ref side, context.Direction);
        }

        return ParseResult.All(at);
    }

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        ref Side side = ref Of(context.Direction);
        if (length <= side.Skip)
        {
            side.Skip -= length;
            return ParseStatus.Done;
        }

        if (!side.IsDark) Darken(ref side, context.Direction);
        return ParseStatus.Done;
    }

    public override void End(in ParseContext context)
    {
        LineReader lines = context.Direction == Direction.ToServer ? _clientLines : _serverLines;
        ref Side side = ref Of(context.Direction);
        if (_connection is not { } connection) return;
        if (!side.HasBanner && !side.IsDark && lines.TryFinish(out ReadOnlySpan<byte> line)) Banner(line, false, connection, ref side, context.Direction);
        connection.Advance(context.Direction, SshProgress.Finished);
    }

    public override void Release(Transaction transaction)
    {
        if (ReferenceEquals(transaction, _connection))
        {
            _connection = null;
            _isOver = true;
        }

        transaction.Reset();
        pool.Transactions.Return((SshTransaction)transaction);
    }

    public override void Reset()
    {
        base.Reset();
        _connection = null;
        _isOver = false;
        _client = _server = default;
        _clientLines.Release();
        _serverLines.Release();
    }

    private ref Side Of(Direction direction)
    {
        if (direction == Direction.ToServer) return ref _client;
        return ref _server;
    }

    private bool TryOpen(in ParseContext context)
    {
        if (_connection is not null) return true;
        if (_isOver || !pool.Transactions.TryTake(out SshTransaction? connection)) return false;
        connection.Id = NextTransactionId++;
        connection.Started = connection.LastChanged = context.Time;
        Transactions.Add(connection);
        _connection = connection;
        return true;
    }

    private void Banner(ReadOnlySpan<byte> line, bool isCut, SshTransaction connection, ref Side side, Direction direction)
    {
        if (isCut) connection.Raise(SshEvent.LongBanner);
        if (!line.StartsWith("SSH-"u8))
        {
            // RFC 4253 section 4.2: a server may say other lines before.
            if (direction == Direction.ToServer || ++side.LinesBefore > MostLinesBefore)
            {
                connection.Raise(SshEvent.InvalidBanner);
                Darken(ref side, direction);
            }

            return;
        }

        side.HasBanner = true;
        line = line[4..];
        int dash = line.IndexOf((byte)'-');
        if (dash < 0) connection.Raise(SshEvent.InvalidBanner);
        ReadOnlySpan<byte> version = dash < 0 ? line : line[..dash], software = dash < 0 ? default : line[(dash + 1)..];
        int comment = software.IndexOf((byte)' ');
        ref SshPeer peer = ref connection.Peer(direction);
        peer.Version = connection.Text.Keep(version);
        peer.Software = connection.Text.Keep(comment < 0 ? software : software[..comment]);
        connection.Advance(direction, SshProgress.Banner);
        if (version.StartsWith("1."u8) && !version.SequenceEqual("1.99"u8)) Darken(ref side, direction); // SSH 1 has other packets
    }

    /// <summary>Bytes of the packet that have to be there; 0 when the side went dark instead.</summary>
    private int Needed(ReadOnlySpan<byte> rest, SshTransaction connection, ref Side side, in ParseContext context)
    {
        if (rest.Length < PacketHeader) return PacketHeader;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length is < 2 or > LongestPacket || rest[4] >= length)
        {
            connection.Raise(SshEvent.InvalidRecord);
            Darken(ref side, context.Direction);
            return 0;
        }

        bool isRead = rest[5] == KeyExchangeInit && !side.HasKeyExchange && length <= LongestKeyExchange;
        return isRead ? (int)length + 4 : PacketHeader;
    }

    /// <summary>Bytes that were taken; what is left of the packet is skipped as it comes.</summary>
    private int Packet(ReadOnlySpan<byte> rest, SshTransaction connection, ref Side side, Direction direction)
    {
        uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        byte kind = rest[5];
        if (kind == KeyExchangeInit && !side.HasKeyExchange)
        {
            side.HasKeyExchange = true;
            if (length <= LongestKeyExchange)
            {
                int end = 4 + (int)length - rest[4];
                if (end < PacketHeader || !SshKeyExchange.Read(rest[PacketHeader..end], direction, connection, pool.Scratch)) connection.Raise(SshEvent.InvalidRecord);
                connection.Advance(direction, SshProgress.KeyExchange);
                return 4 + (int)length;
            }

            connection.Raise(SshEvent.LongKexRecord);
            connection.Advance(direction, SshProgress.KeyExchange);
        }

        side.Skip = (long)length + 4 - PacketHeader;
        if (kind == NewKeys) Darken(ref side, direction);
        return PacketHeader;
    }

    /// <summary>Nothing of this side can be read any more; with both sides dark the handshake is over.</summary>
    private void Darken(ref Side side, Direction direction)
    {
        side.IsDark = true;
        side.Skip = 0;
        _connection?.Advance(direction, SshProgress.Finished);
        if (!_client.IsDark || !_server.IsDark || pool.Encryption == EncryptionHandling.Full) return;
        StopRawInspection = true;
        IsEncrypted = pool.Encryption == EncryptionHandling.Bypass;
    }
}
