using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Protocols.Rdp;

/// <summary>What the RDP parsers of one worker share.</summary>
internal sealed class RdpPool
{
    private const long MostBytes = 16L * 1024 * 1024;
    private const int MostTransactions = 65_536;

    public RdpPool() => Transactions = new ObjectSlab<RdpTransaction>(() => new RdpTransaction(Bytes), 4, MostTransactions);

    public ByteSlab Bytes { get; } = new(MostBytes);

    public ObjectSlab<RdpTransaction> Transactions { get; }
}

/// <summary>
/// The beginning of a remote desktop connection ([MS-RDPBCGR]): packets of ISO transport (RFC 1006), in them the negotiation
/// (X.224) and the settings (T.125). When TLS is agreed on the rest is TLS; otherwise nothing after the settings is read.
/// </summary>
internal sealed class RdpParser(RdpPool pool) : AppParser
{
    private const int PacketHeader = 4, TransportHeader = 7;
    private const byte PacketVersion = 3, ConnectionRequest = 0xe0, ConnectionConfirm = 0xd0, Data = 0xf0;

    /// <summary>First bytes of T.125's Connect-Initial and Connect-Response: application tags 101 and 102.</summary>
    private const byte Application = 0x7f, ConnectInitial = 0x65, ConnectResponse = 0x66;

    private const byte NegotiationResponse = 2;
    private const int NegotiationLength = 8;
    private const ushort ClientCore = 0xc001, ClientNetwork = 0xc003;
    private const int ChannelLength = 12, ChannelName = 8;

    private bool _clientDone, _serverDone;

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        int at = 0;
        ref bool done = ref Done(context.Direction);
        while (at < data.Length && HandOverTo is null)
        {
            if (done) return ParseResult.All(data.Length);
            ReadOnlySpan<byte> rest = data[at..];
            if (rest.Length < PacketHeader) return ParseResult.Wait(at, PacketHeader);
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (rest[0] != PacketVersion || length < TransportHeader)
            {
                done = true; // fast-path updates, or encrypted: the sequence is over
                continue;
            }

            if (rest.Length < length) return ParseResult.Wait(at, length);
            Packet(rest[PacketHeader..length], ref done, context);
            at += length;
        }

        return ParseResult.All(at);
    }

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        Done(context.Direction) = true;
        return ParseStatus.Done;
    }

    public override void Release(Transaction transaction)
    {
        transaction.Reset();
        pool.Transactions.Return((RdpTransaction)transaction);
    }

    public override void Reset()
    {
        base.Reset();
        _clientDone = _serverDone = false;
    }

    private ref bool Done(Direction direction)
    {
        if (direction == Direction.ToServer) return ref _clientDone;
        return ref _serverDone;
    }

    /// <summary>One X.224 packet: its length, its kind, and what it carries.</summary>
    private void Packet(ReadOnlySpan<byte> packet, ref bool done, in ParseContext context)
    {
        int header = packet[0] + 1;
        switch (packet[1] & 0xf0)
        {
            case ConnectionRequest when context.Direction == Direction.ToServer:
                if (Open(RdpMessage.InitialRequest, context) is { } request && packet.Length > TransportHeader) request.Cookie = Cookie(packet[TransportHeader..], request);
                break;
            case ConnectionConfirm when context.Direction == Direction.ToClient:
                Open(RdpMessage.InitialResponse, context);
                Negotiated(packet);
                break;
            case Data when header < packet.Length:
                Settings(packet[header..], ref done, context);
                break;
            default:
                done = true;
                break;
        }
    }

    /// <summary>"Cookie: mstshash=name" up to the line's end ([MS-RDPBCGR] section 2.2.1.1).</summary>
    private static TextRange Cookie(ReadOnlySpan<byte> text, RdpTransaction one)
    {
        ReadOnlySpan<byte> prefix = "Cookie: mstshash="u8;
        if (!text.StartsWith(prefix)) return default;
        text = text[prefix.Length..];
        int end = text.IndexOf("\r\n"u8);
        return one.Text.Keep(end < 0 ? text : text[..end]);
    }

    /// <summary>Section 2.2.1.2.1: any protocol but 0 runs inside TLS.</summary>
    private void Negotiated(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < TransportHeader + NegotiationLength || packet[TransportHeader] != NegotiationResponse) return;
        if (BinaryPrimitives.ReadUInt32LittleEndian(packet[(TransportHeader + 4)..]) != 0) HandOverTo = "tls";
    }

    private void Settings(ReadOnlySpan<byte> data, ref bool done, in ParseContext context)
    {
        done = true;
        if (data.Length < 2 || data[0] != Application) return;
        if (data[1] == ConnectResponse && context.Direction == Direction.ToClient) Open(RdpMessage.ConnectResponse, context);
        if (data[1] != ConnectInitial || context.Direction != Direction.ToServer || Open(RdpMessage.ConnectRequest, context) is not { } request) return;

        // The client's blocks stand behind the key of its conference (T.124) and a length of one or two bytes.
        int key = data.IndexOf("Duca"u8);
        if (key < 0 || data.Length < key + 6) return;
        ReadOnlySpan<byte> blocks = data[(key + ((data[key + 4] & 0x80) != 0 ? 6 : 5))..];
        while (blocks.Length >= 4)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(blocks[2..]);
            if (length < 4 || length > blocks.Length) return;
            ReadOnlySpan<byte> block = blocks[..length];
            switch (BinaryPrimitives.ReadUInt16LittleEndian(block))
            {
                case ClientCore: request.Core = request.Text.Keep(block); break;
                case ClientNetwork: Channels(block, request); break;
            }

            blocks = blocks[length..];
        }
    }

    private static void Channels(ReadOnlySpan<byte> block, RdpTransaction request)
    {
        if (block.Length < 8) return;
        for (block = block[8..]; block.Length >= ChannelLength; block = block[ChannelLength..])
        {
            ReadOnlySpan<byte> name = block[..ChannelName];
            int end = name.IndexOf((byte)0);
            if (!request.Channels.Add(end < 0 ? name : name[..end])) return;
        }
    }

    private RdpTransaction? Open(RdpMessage message, in ParseContext context)
    {
        // A side sends two of them at most; one that sends more is over.
        if (NextTransactionId >= 16 || !pool.Transactions.TryTake(out RdpTransaction? one)) return null;
        one.Id = NextTransactionId++;
        one.Started = one.LastChanged = context.Time;
        one.Message = message;
        one.RequestProgress = one.ResponseProgress = 1;
        if (context.Direction == Direction.ToServer) one.ResponseInspected = true;
        else one.RequestInspected = true;
        Transactions.Add(one);
        return one;
    }
}
