using Sensor.Decode;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Streams;

namespace Sensor.Detection.Inspect;

/// <summary>
/// What rules may ask about the packet under inspection, apart from the packet itself. One per worker, filled anew
/// for each packet; also holds the worker's scratch.
/// </summary>
public sealed class InspectContext
{
    /// <summary>Variables one rule may fill (byte_extract, byte_math); more are refused when the rule is loaded.</summary>
    public const int MaximumVariables = 32;

    internal InspectContext(DetectionOptions options, DetectionTables tables, DetectionCounters counters)
    {
        Options = options;
        Tables = tables;
        Counters = counters;
        int states = Math.Min(options.InitialFlowStates, options.MaximumFlowStates) / 4;
        _freshStates = new Stack<TransactionState>(states);
        while (_freshStates.Count < states) _freshStates.Push(new TransactionState());
    }

    public DetectionOptions Options { get; }

    public DetectionCounters Counters { get; }

    internal DetectionTables Tables { get; }

    public Flow? Flow { get; private set; }

    public TcpSession? Tcp { get; private set; }

    public AppSession? Session { get; private set; }

    /// <summary>The transaction a rule is being tried on, null for packets and streams.</summary>
    public Transaction? Transaction { get; internal set; }

    public Direction Direction { get; private set; }

    public StreamVerdict Stream { get; private set; }

    public EventSet StreamEvents { get; private set; }

    /// <summary>The packet's addresses and ports (of the flow's side when a flow ends and there is no packet).</summary>
    public IpAddress Source { get; private set; }

    public IpAddress Destination { get; private set; }

    public ushort SourcePort { get; private set; }

    public ushort DestinationPort { get; private set; }

    public PacketTime Now { get; private set; }

    /// <summary>The flow ends and this is its last inspection; the packet at hand only stands in.</summary>
    public bool IsEnd { get; private set; }

    internal byte[] SourceBytes { get; } = new byte[16];

    internal byte[] DestinationBytes { get; } = new byte[16];

    public ulong[] Variables { get; } = new ulong[MaximumVariables];

    /// <summary>Steps the chain under way may still take.</summary>
    public int StepsLeft { get; set; }

    /// <summary>Where base64_decode puts its result, and how much of it is filled.</summary>
    internal byte[] Decoded { get; } = new byte[DetectionOptions.MaximumDecodedBytes];

    internal int DecodedLength { get; set; }

    internal TransformScratch Transforms { get; } = new();

    internal FlowMarks? State { get; private set; }

    /// <summary>The piece of stream that is open on this packet.</summary>
    internal ref StreamWindow Window => ref _window;

    private StreamWindow _window;

    private readonly Stack<TransactionState> _freshStates;

    /// <summary>A state for a transaction object that is inspected for the first time; it keeps it for good.</summary>
    internal TransactionState TakeTransactionState() => _freshStates.TryPop(out TransactionState? state) ? state : new TransactionState();

    internal void Begin(Flow? flow, FlowMarks? state, scoped ref PacketView packet, Direction direction, StreamVerdict stream, scoped in EventSet streamEvents)
    {
        BindFlow(flow, state, direction);
        Stream = stream;
        StreamEvents = streamEvents;
        Source = packet.Source;
        Destination = packet.Destination;
        SourcePort = packet.SourcePort;
        DestinationPort = packet.DestinationPort;
        Now = packet.Time;
        IsEnd = false;
    }

    /// <summary>The last look at a flow, once for each direction.</summary>
    internal void BeginEnd(Flow flow, FlowMarks? state, Direction direction, PacketTime now)
    {
        BindFlow(flow, state, direction);
        Stream = StreamVerdict.Accepted | StreamVerdict.PayloadInStream;
        StreamEvents = default;
        bool toServer = direction == Direction.ToServer;
        Source = toServer ? flow.Client : flow.Server;
        Destination = toServer ? flow.Server : flow.Client;
        SourcePort = toServer ? flow.ClientPort : flow.ServerPort;
        DestinationPort = toServer ? flow.ServerPort : flow.ClientPort;
        Now = now;
        IsEnd = true;
    }

    private void BindFlow(Flow? flow, FlowMarks? state, Direction direction)
    {
        Flow = flow;
        State = state;
        Tcp = flow?.Transport as TcpSession;
        Session = flow?.Application as AppSession;
        Transaction = null;
        Direction = direction;
    }
}
