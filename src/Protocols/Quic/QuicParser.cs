using System.Buffers.Binary;
using Sensor.Primitives;
using Sensor.Protocols.Fields;
using Sensor.Protocols.Tls;

namespace Sensor.Protocols.Quic;

/// <summary>
/// Reads datagrams until both hellos are known; after that everything is encrypted with keys that only the ends have,
/// and nothing more is looked at. A hello is a transaction of its own side; so is a packet that only tells its version.
/// </summary>
internal sealed class QuicParser(QuicMemory memory, int mostOpen) : PooledParser<QuicTransaction>(memory.Transactions, mostOpen, (int)QuicEvent.TooManyTransactions)
{
    private const byte ClientHello = 1, ServerHello = 2;
    private const int HandshakeHeader = 4;

    /// <summary>Packets put into one datagram; more are no use to anybody.</summary>
    private const int MostCoalesced = 16;

    private struct Side(ByteSlab slab)
    {
        public CryptoStream Crypto = new(slab);
        public QuicKeys? Keys;
        public int Opened;
        public bool HasHello;

        public void Forget()
        {
            Keys?.Dispose();
            Keys = null;
            Crypto.Release();
        }
    }

    private Side _client = new(memory.Transactions.Bytes), _server = new(memory.Transactions.Bytes);
    private readonly byte[] _connection = new byte[byte.MaxValue];
    private int _connectionLength = -1;
    private uint _version;
    private bool _retried;

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        ref Side side = ref (context.Direction == Direction.ToServer ? ref _client : ref _server);
        ReadOnlySpan<byte> rest = data;
        for (int packets = 0; packets < MostCoalesced && !rest.IsEmpty && !side.HasHello; packets++)
        {
            if (!QuicPacket.TryRead(rest, out QuicPacket packet))
            {
                Tell(QuicEvent.ErrorOnHeader, rest, context);
                break;
            }

            if (packet.Type == QuicPacketType.Short || !Packet(rest[..packet.End], packet, ref side, context)) break;
            rest = rest[packet.End..];
        }

        if (_client.HasHello && _server.HasHello) IsEncrypted = true;
        return ParseResult.All(data.Length);
    }

    public override void Reset()
    {
        base.Reset();
        _client.Forget();
        _server.Forget();
        _client.HasHello = _server.HasHello = false;
        _client.Opened = _server.Opened = 0;
        _connectionLength = -1;
        _version = 0;
        _retried = false;
    }

    /// <summary>False when the rest of the datagram cannot be read.</summary>
    private bool Packet(ReadOnlySpan<byte> bytes, scoped in QuicPacket packet, ref Side side, in ParseContext context)
    {
        switch (packet.Type)
        {
            case QuicPacketType.Initial:
                return Initial(bytes, packet, ref side, context);
            case QuicPacketType.Google:
                if (Begin(packet.Version, context) is { } google)
                {
                    if (context.Direction == Direction.ToServer) GoogleHello.Read(bytes, packet.Version, google);
                    side.HasHello |= google.Has((int)QuicField.CyuText) || context.Direction == Direction.ToClient;
                }

                return false;
            case QuicPacketType.Retry when context.Direction == Direction.ToClient && !_retried:
                // The client begins again, with a connection id that the server chose; once only (RFC 9000 section 17.2.5).
                _retried = true;
                _client.Forget();
                _server.Forget();
                _client.HasHello = false;
                _connectionLength = -1;
                Begin(packet.Version, context);
                return false;
            default:
                Begin(packet.Version, context); // only the version is of interest
                return true;
        }
    }

    private bool Initial(ReadOnlySpan<byte> bytes, scoped in QuicPacket packet, ref Side side, in ParseContext context)
    {
        if (side.Opened >= QuicLimits.Initials) return false;
        side.Opened++;
        if (!Open(bytes, packet, ref side, context.Direction, out int length))
        {
            if (_connectionLength >= 0 && !QuicVersion.Salt(packet.Version).IsEmpty) Tell(QuicEvent.FailedDecrypt, bytes, context);
            else Begin(packet.Version, context);
            return true;
        }

        if (!Frames(memory.Content.AsSpan(0, length), ref side, out bool tooLong)) Tell(QuicEvent.ErrorOnData, bytes, context);
        if (tooLong)
        {
            Tell(QuicEvent.CryptoFragmentTooLong, bytes, context);
            side.HasHello = true; // nothing more will come of it
            side.Forget();
        }

        ReadOnlySpan<byte> ready = side.Crypto.Ready;
        if (ready.Length < HandshakeHeader) return true;
        int whole = HandshakeHeader + ((ready[1] << 16) | (ready[2] << 8) | ready[3]);
        if (ready.Length < whole) return true;
        if (ready[0] is ClientHello or ServerHello) Hello(ready[0], ready[HandshakeHeader..whole], packet.Version, context);
        side.HasHello = true;
        side.Forget();
        return true;
    }

    /// <summary>
    /// Opens a packet with the side's keys. Where a client's packet does not open, its own connection id may have new
    /// ones: the answer that changed it was not seen, or what came before was meant to mislead.
    /// </summary>
    private bool Open(ReadOnlySpan<byte> bytes, scoped in QuicPacket packet, ref Side side, Direction direction, out int length)
    {
        length = 0;
        bool fromClient = direction == Direction.ToServer;
        if (_connectionLength < 0)
        {
            if (!fromClient) return false;
            Follow(packet);
        }

        if (TryOpen(bytes, packet, ref side, fromClient, out length)) return true;
        if (!fromClient || (packet.Version == _version && packet.Destination.SequenceEqual(_connection.AsSpan(0, _connectionLength)))) return false;
        _client.Forget();
        _server.Forget();
        Follow(packet);
        return TryOpen(bytes, packet, ref side, fromClient, out length);
    }

    private void Follow(scoped in QuicPacket packet)
    {
        packet.Destination.CopyTo(_connection);
        _connectionLength = packet.Destination.Length;
        _version = packet.Version;
    }

    private bool TryOpen(ReadOnlySpan<byte> bytes, scoped in QuicPacket packet, ref Side side, bool fromClient, out int length)
    {
        length = 0;
        side.Keys ??= QuicKeys.For(packet.Version, _connection.AsSpan(0, _connectionLength), fromClient);
        return side.Keys is { } keys && keys.TryOpen(bytes, packet.NumberAt, memory.Header, memory.Content, memory.Again, out length);
    }

    /// <summary>Frames that Initial packets may have (RFC 9000 section 17.2.2).</summary>
    private static bool Frames(ReadOnlySpan<byte> content, ref Side side, out bool tooLong)
    {
        tooLong = false;
        var cursor = new ByteCursor(content);
        while (cursor.Remaining > 0)
        {
            if (!QuicPacket.TryReadVarint(ref cursor, out long type)) return false;
            switch (type)
            {
                case 0 or 1: break; // padding, ping
                case 2 or 3:
                    if (!Acknowledgement(ref cursor, type == 3)) return false;
                    break;
                case 6:
                    if (!QuicPacket.TryReadVarint(ref cursor, out long offset) || !QuicPacket.TryReadVarint(ref cursor, out long length)
                        || length > cursor.Remaining || !cursor.TryReadBytes((int)length, out ReadOnlySpan<byte> data)) return false;
                    tooLong |= offset > QuicLimits.Hello || !side.Crypto.TryAdd(offset, data);
                    break;
                case 0x1c or 0x1d: return true; // the connection is closed
                default: return false;
            }
        }

        return true;
    }

    private static bool Acknowledgement(ref ByteCursor cursor, bool counts)
    {
        if (!QuicPacket.TryReadVarint(ref cursor, out _) || !QuicPacket.TryReadVarint(ref cursor, out _)
            || !QuicPacket.TryReadVarint(ref cursor, out long ranges) || ranges > cursor.Remaining || !QuicPacket.TryReadVarint(ref cursor, out _)) return false;
        for (long i = 0; i < (2 * ranges) + (counts ? 3 : 0); i++)
        {
            if (!QuicPacket.TryReadVarint(ref cursor, out _)) return false;
        }

        return true;
    }

    private void Hello(byte type, ReadOnlySpan<byte> body, uint version, in ParseContext context)
    {
        if (Begin(version, context) is not { } one) return;
        one.Add(QuicField.Hello, body, type);
        if (type == ClientHello) TlsHelloReader.Client(body, one.Hello, memory.Settings, memory.Lists, (byte)'q');
        else TlsHelloReader.Server(body, one.Hello, memory.Settings, memory.Lists);
        if (!one.Hello.Events.IsEmpty) one.Events.Add((int)QuicEvent.ErrorOnData);
    }

    private QuicTransaction? Begin(uint version, in ParseContext context)
    {
        if (Open(context) is not { } one) return null;
        MakeOneSided(one);
        Complete(one, QuicProtocol.Complete, QuicProtocol.Complete);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, version);
        one.Add(QuicField.Version, bytes, version);
        return one;
    }

    private void Tell(QuicEvent what, ReadOnlySpan<byte> packet, in ParseContext context)
    {
        uint version = packet.Length >= 5 ? BinaryPrimitives.ReadUInt32BigEndian(packet[1..]) : 0;
        Begin(version, context)?.Events.Add((int)what);
    }
}
