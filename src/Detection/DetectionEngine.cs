using Sensor.Decode;
using Sensor.Detection.Inspect;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Streams;

namespace Sensor.Detection;

/// <summary>Where matches go, at once and in order; implemented by Alerts.</summary>
public interface IMatchSink
{
    void Report(scoped in RuleMatch match, Flow? flow, scoped ref PacketView packet);
}

/// <summary>
/// Runs the rules of one worker. Holds the worker's scratch; the rule set itself is immutable and shared.
/// Order of calls per packet: after Streams and Protocols, before <c>AppLayer.Clean</c>; at a flow's end
/// <c>AppLayer.Finish</c>, <see cref="InspectEnd"/>, the records, <see cref="Release"/>, then the rooms before.
/// </summary>
public sealed class DetectionEngine : IDisposable
{
    private readonly InspectContext _context;
    private readonly AlertSink _alerts;
    private readonly ObjectSlab<FlowMarks> _flowStates;
    private Candidates _candidates = null!;
    private PacketInspector _packets = null!;
    private TransactionInspector _transactions = null!;

    /// <param name="options">Limits; defaults when null.</param>
    /// <param name="tables">Shared by the workers of one engine, so that a threshold counts over all of them; own tables when null.</param>
    public DetectionEngine(RuleSet rules, IReputation? reputation, DetectionOptions? options = null, DetectionTables? tables = null)
    {
        options ??= new DetectionOptions();
        _context = new InspectContext(options, tables ?? new DetectionTables(options), Counters);
        _alerts = new AlertSink(_context);
        _flowStates = new ObjectSlab<FlowMarks>(() => new FlowMarks(), Math.Min(options.InitialFlowStates, options.MaximumFlowStates), options.MaximumFlowStates);
        Rules = rules;
        Use(rules);
        Reputation = reputation;
    }

    public RuleSet Rules { get; private set; }

    public IReputation? Reputation { get; private set; }

    public DetectionCounters Counters { get; } = new();

    /// <summary>The rule behind a drop or reject that <see cref="Inspect(Flow?, ref PacketView, Direction, StreamVerdict, in EventSet, IMatchSink)"/> has just answered.</summary>
    public Rule? DroppingRule => _alerts.DroppingRule;

    /// <summary>That rule dropped because of a rate filter, not by its own action.</summary>
    public bool DroppedByRateFilter => _alerts.DroppedByRateFilter;

    /// <summary>Tables that may be shared with other workers.</summary>
    public DetectionTables Tables => _context.Tables;

    /// <summary>Takes a new rule set or blacklist between two batches; flows keep their state.</summary>
    public void Swap(RuleSet rules, IReputation? reputation)
    {
        Reputation = reputation;
        if (ReferenceEquals(rules, Rules)) return;
        _candidates.Dispose();
        Rules = rules;
        Use(rules);
    }

    /// <summary>
    /// Inspects a packet, the stream data and the transactions that it made readable.
    /// </summary>
    /// <param name="flow">Null for packets without a flow.</param>
    /// <param name="streamEvents">This packet's stream events.</param>
    public Verdict Inspect(Flow? flow, scoped ref PacketView packet, Direction direction, StreamVerdict stream, scoped in EventSet streamEvents, IMatchSink sink)
    {
        if (flow is { NoInspection: true } or { Bypassed: true }) return Verdict.Pass;
        if (flow is { Dropped: true }) return Verdict.Drop;
        if (flow is { Passed: true }) return SkipPassed(flow, direction);

        FlowMarks? state = StateOf(flow);
        _context.Begin(flow, state, ref packet, direction, stream, streamEvents);
        FollowProtocol(state);

        // The packet that completes the handshake is not part of the connection yet, unless it brings data.
        if (state is not null && _context.Tcp is { State: >= TcpState.Established } && !packet.Payload.IsEmpty) state.WasEstablished = true;
        if (state is { ReputationAsked: false } && Reputation is { } reputation)
        {
            state.ReputationAsked = true;
            reputation.InspectFlow(flow!, ref packet, _alerts);
        }

        _packets.Inspect(ref packet);
        InspectTransactions(flow, state, ref packet);
        _packets.InspectFurtherPieces(ref packet);
        if (state is not null && _context.Tcp is { State: >= TcpState.Established }) state.WasEstablished = true;
        return _alerts.Flush(flow, ref packet, sink);
    }

    /// <summary>A flow ends: inspect what its last bytes completed. <paramref name="last"/> stands in for a packet (no payload).</summary>
    public void InspectEnd(Flow flow, scoped ref PacketView last, IMatchSink sink)
    {
        if (flow.NoInspection || flow.Bypassed || flow.Dropped || flow.Passed) return;
        if (flow.Transport is null && flow.Application is null) return;
        InspectEnd(flow, Direction.ToServer, ref last, sink);
        InspectEnd(flow, Direction.ToClient, ref last, sink);
    }

    /// <summary>Returns what Detection keeps on the flow.</summary>
    public void Release(Flow flow)
    {
        if (flow.Detection is not FlowMarks state) return;
        flow.Detection = null;
        state.Reset();
        _flowStates.Return(state);
    }

    public void Dispose() => _candidates.Dispose();

    private void Use(RuleSet rules)
    {
        _candidates = new Candidates(rules.Signatures.Length, rules.Groups.Sets, Counters);
        _alerts.Use(rules.Thresholds);
        _packets = new PacketInspector(rules, _context, _candidates, _alerts);
        _transactions = new TransactionInspector(rules, _context, _candidates, _alerts);
    }

    private void InspectEnd(Flow flow, Direction direction, scoped ref PacketView last, IMatchSink sink)
    {
        FlowMarks? state = StateOf(flow);
        _context.BeginEnd(flow, state, direction, last.Time);
        FollowProtocol(state);
        _packets.InspectEnd(ref last);
        InspectTransactions(flow, state, ref last);
        _packets.InspectFurtherPieces(ref last);
        _alerts.Flush(flow, ref last, sink);
    }

    private void InspectTransactions(Flow? flow, FlowMarks? state, scoped ref PacketView packet)
    {
        if (flow is null || _context.Session is not { } session) return;
        bool toServer = _context.Direction == Direction.ToServer;
        ref bool changed = ref toServer ? ref session.ChangedToServer : ref session.ChangedToClient;
        if (!changed && !_context.IsEnd) return;
        changed = false;
        if (state is not { ProtocolIndex: >= 0 })
        {
            // No room to remember what was tried (counted), so nothing is tried; nothing may wait for it either.
            MarkInspected(session, _context.Direction);
            return;
        }

        _transactions.Inspect(session, state.ProtocolIndex, Reputation, ref packet);
    }

    /// <summary>Keeps the number of the flow's protocol in the present rule set at hand.</summary>
    private void FollowProtocol(FlowMarks? state)
    {
        if (state is null) return;
        IAppProtocol? protocol = _context.Session?.Protocol;
        if (ReferenceEquals(protocol, state.Protocol) && state.Generation == Rules.Generation) return;
        state.Protocol = protocol;
        state.Generation = Rules.Generation;
        state.ProtocolIndex = -1;
        for (int at = 0; at < Rules.Protocols.Count; at++)
        {
            if (ReferenceEquals(Rules.Protocols[at], protocol)) state.ProtocolIndex = at;
        }
    }

    private FlowMarks? StateOf(Flow? flow)
    {
        if (flow is null) return null;
        if (flow.Detection is FlowMarks known) return known;
        if (!_flowStates.TryTake(out FlowMarks? state))
        {
            Counters.FlowStatesRefused++;
            return null;
        }

        flow.Detection = state;
        return state;
    }

    /// <summary>A pass rule holds for the whole flow: nothing is looked at, but nothing waits for a look either.</summary>
    private static Verdict SkipPassed(Flow flow, Direction direction)
    {
        if (flow.Application is AppSession application) MarkInspected(application, direction);
        if (flow.Transport is TcpSession session) session.Half(direction).InspectionDone = true;
        return Verdict.Pass;
    }

    private static void MarkInspected(AppSession session, Direction direction)
    {
        if (session.Parser is not { } parser) return;
        foreach (Transaction transaction in parser.Transactions)
        {
            if (direction == Direction.ToServer) transaction.RequestInspected = true;
            else transaction.ResponseInspected = true;
        }
    }
}
