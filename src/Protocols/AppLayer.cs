using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Streams;

namespace Sensor.Protocols;

/// <summary>How much of a conversation the sensor sees; an order of the sides that was not seen says nothing.</summary>
internal enum Completeness : byte { Whole, OneSided, Midstream }

/// <summary>
/// Finds out what a flow speaks, by content, and feeds its parser. One per worker.
/// Order of calls per packet: ParseStream or ParseDatagram, then (Detection, records), then Clean; at the flow's end
/// Finish, (Detection, records), Release.
/// </summary>
public sealed partial class AppLayer
{
    /// <summary>Sessions (flows with application bytes) of one worker; the same number as TCP sessions. Beyond it a flow is not parsed, and <see cref="SessionsRefused"/> counts.</summary>
    public const int MaximumSessions = 262_144;

    /// <summary>Bytes one side may say before detection stops waiting for the other (the reference engine's bound).</summary>
    public const int SilentOtherSideLimit = 100_000;

    /// <summary>Datagrams per direction that are probed before a flow counts as unknown.</summary>
    public const int MaximumProbedDatagrams = 4;

    private readonly ProtocolDetector _streams, _datagrams;
    private readonly ParserPool _parsers;
    private readonly ObjectSlab<AppSession> _sessions;

    /// <param name="options">Settings of the protocols.</param>
    /// <param name="files">Where files go.</param>
    /// <param name="expectations">Announced connections, shared by all workers; its own when left out.</param>
    public AppLayer(ProtocolOptions options, IFileSink files, ExpectationTable? expectations = null)
        : this(options, files, ProtocolCatalog.All, expectations)
    {
    }

    internal AppLayer(ProtocolOptions options, IFileSink files, IReadOnlyList<IAppProtocol> protocols, ExpectationTable? expectations = null)
    {
        Options = options;
        Expectations = expectations ?? new ExpectationTable();
        Files = files;
        _sessions = new ObjectSlab<AppSession>(() => new AppSession(), options.ExpectedFlows, MaximumSessions);
        _streams = new ProtocolDetector(protocols, Transports.Tcp, options);
        _datagrams = new ProtocolDetector(protocols, Transports.Udp, options);
        _parsers = new ParserPool(protocols, options);
    }

    public ProtocolOptions Options { get; }

    public IFileSink Files { get; }

    public ExpectationTable Expectations { get; }

    /// <summary>Flows that got no session because <see cref="MaximumSessions"/> were open.</summary>
    public long SessionsRefused => _sessions.Refused;

    /// <summary>Flows that got no parser because the protocol's pool was empty.</summary>
    public long ParsersRefused => _parsers.Refused;

    /// <summary>Feeds what became readable in one half of a TCP session.</summary>
    public void ParseStream(Flow flow, TcpSession session, Direction direction, PacketTime time)
    {
        if (session.Half(direction).ParsingDone) return;
        if (SessionOf(flow) is not { } app)
        {
            session.ToServer.ParsingDone = session.ToClient.ParsingDone = true;
            return;
        }

        app.SourceToServer.Attach(session.ToServer);
        app.SourceToClient.Attach(session.ToClient);
        Advance(flow, app, direction, time, session.Midstream ? Completeness.Midstream : session.Asynchronous ? Completeness.OneSided : Completeness.Whole);
    }

    /// <summary>Feeds one datagram.</summary>
    public void ParseDatagram(Flow flow, ReadOnlySpan<byte> payload, Direction direction, PacketTime time)
    {
        if (payload.IsEmpty || SessionOf(flow) is not { } session) return;
        if (session.Protocol is null && !DecideDatagram(flow, session, payload, direction)) return;
        if (session.Parser is not { } parser || parser.IsEncrypted) return;

        // A datagram stands alone: what is wrong with it is an event of its transaction and ends nothing.
        parser.Parse(payload, Context(flow, direction, time, isEnd: false));
        session.MarkChanged(direction);
        if (parser.ChangedOther) session.MarkOtherChanged(direction);
    }

    /// <summary>Gives transactions back that are inspected, logged and complete; called at the end of each packet that changed the flow.</summary>
    public void Clean(Flow flow)
    {
        if (flow.Application is not AppSession { Parser: { } parser, Protocol: { } protocol } || parser.Transactions.Count == 0) return;

        TransactionList open = parser.Transactions;
        int kept = 0;
        for (int i = 0; i < open.Count; i++)
        {
            Transaction one = open[i];
            if (!IsFinished(one, protocol))
            {
                open[kept++] = one;
                continue;
            }

            if (one.Files is not null) Files.TransactionReleased(one);
            parser.Release(one);
        }

        open.RemoveRange(kept, open.Count - kept);
    }

    /// <summary>
    /// The flow ends (closed, timed out, evicted, shutdown): feeds what is still unread and completes every open
    /// transaction, so that Detection and the records see them a last time. <see cref="Release"/> follows.
    /// </summary>
    public void Finish(Flow flow, PacketTime time)
    {
        if (flow.Application is not AppSession session) return;
        if (flow.Transport is TcpSession tcp)
        {
            session.SourceToServer.Attach(tcp.ToServer);
            session.SourceToClient.Attach(tcp.ToClient);
            FinishStream(flow, session, time);
        }

        TellEnd(flow, session, Direction.ToServer, time);
        TellEnd(flow, session, Direction.ToClient, time);
    }

    /// <summary>Returns the session's parser and transactions; called when the flow ends.</summary>
    public void Release(Flow flow)
    {
        if (flow.Application is not AppSession session) return;
        flow.Application = null;
        if (session is { Parser: { } parser, Protocol: { } protocol }) Return(protocol, parser);
        session.Reset();
        _sessions.Return(session);
    }

    private void Return(IAppProtocol protocol, AppParser parser)
    {
        foreach (Transaction one in parser.Transactions)
        {
            if (one.Files is not null) Files.TransactionReleased(one);
        }

        _parsers.Return(protocol, parser);
    }

    private static bool IsFinished(Transaction one, IAppProtocol protocol) =>
        one.RequestProgress >= protocol.RequestComplete && one.ResponseProgress >= protocol.ResponseComplete
        && one.RequestInspected && one.ResponseInspected && (one.Logged || !protocol.LogsTransactions);

    internal AppSession? SessionOf(Flow flow)
    {
        if (flow.Application is AppSession session) return session;
        if (!_sessions.TryTake(out session!)) return null;
        flow.Application = session;
        return session;
    }

    /// <summary>Takes the protocol as decided; without a parser (detection only, pool empty) the flow is named and not read.</summary>
    private void Begin(AppSession session, IAppProtocol protocol, Transports transport)
    {
        session.Protocol = protocol;
        session.Parser = _parsers.Take(protocol, transport);
    }

    private bool DecideDatagram(Flow flow, AppSession session, ReadOnlySpan<byte> payload, Direction direction)
    {
        if (session.Side(direction).Datagrams >= MaximumProbedDatagrams) return false;
        ulong candidates = _datagrams.All;
        if (_datagrams.Find(payload, direction, flow.ServerPort, whole: true, ref candidates) is { } found && (session.Side(direction).Datagrams > 0 || !_datagrams.IsForeignTo(flow.ServerPort, found)))
        {
            session.DetectionFailed = false;
            session.SetProtocol(direction, found);
            Begin(session, found, Transports.Udp);
            return true;
        }

        // A datagram is whole, so the first one already says "unknown"; later ones may still correct that.
        session.Side(direction).Datagrams++;
        session.DetectionFailed = true;
        return false;
    }

    private ParseContext Context(Flow flow, Direction direction, PacketTime time, bool isEnd) =>
        new() { Flow = flow, Direction = direction, Time = time, IsEnd = isEnd, Files = Files, Expectations = Expectations };

    private void TellEnd(Flow flow, AppSession session, Direction direction, PacketTime time)
    {
        ref SideState side = ref session.Side(direction);
        if (side.EndTold || session.Parser is not { } parser) return;
        side.EndTold = true;
        parser.End(Context(flow, direction, time, isEnd: true));
        session.MarkChanged(direction);
    }
}
