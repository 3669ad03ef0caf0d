using Sensor.Alerts.Eve;
using Sensor.Decode;
using Sensor.Detection;
using Sensor.Detection.Inspect;
using Sensor.Files;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Streams;

namespace Sensor.Engine;

/// <summary>
/// One core's share of the traffic, run to completion: a packet that enters <see cref="Process"/> has passed every room
/// when the next one is looked at. No locks, no awaiting, no I/O; events leave as bytes into a bounded queue.
/// </summary>
public sealed class Worker : IFlowEndHandler, IDisposable
{
    private readonly PacketDecoder _decoder;
    private readonly FlowTable _flows;
    private readonly StreamTracker _streams;
    private readonly AppLayer _protocols;
    private readonly FileTracker _files;
    private readonly DetectionEngine _detection;
    private readonly EventWriter _events;
    private readonly bool _inline;
    private readonly FileHashes _ownHashes;
    private PacketTime _now;

    public Worker(EngineOptions options, RuleSet rules, IReputation? reputation, DetectionTables tables, EventWriter events, ExpectationTable? expectations = null)
    {
        _decoder = new PacketDecoder(options.Decode);
        _flows = new FlowTable(options.Flows, this);
        _streams = new StreamTracker(options.Streams);
        _files = new FileTracker(options.Files);
        _protocols = new AppLayer(options.Protocols, _files, expectations);
        _detection = new DetectionEngine(rules, reputation, options.Detection, tables);
        _events = events;
        _ownHashes = options.Files.Hashes;
        AskForHashes(rules, reputation);
        _inline = options.Detection.Inline;
    }

    /// <summary>Frames that went through the rooms, and frames of which not even a network header could be read.</summary>
    public long Inspected { get; private set; }

    public long Undecodable { get; private set; }

    /// <summary>Bytes on the wire of the frames inspected.</summary>
    public long Bytes { get; private set; }

    public int ActiveFlows => (int)_flows.Counters.Active;

    /// <summary>Matches reported since the start.</summary>
    public long Alerts => _detection.Counters.Alerts;

    /// <summary>Packet time of the last frame.</summary>
    public PacketTime Now => _now;

    /// <summary>The hot loop: everything a frame meets, in order.</summary>
    public void Process(ref PacketBatch batch)
    {
        while (batch.MoveNext(out RawPacket raw))
        {
            _now = raw.Time;
            Bytes += raw.WireLength;
            if (!_decoder.TryDecode(raw, out PacketView packet))
            {
                Undecodable++;
                InspectUndecodable(ref packet);
                continue;
            }

            Inspected++;
            Inspect(ref packet);
            while (packet.Has(PacketFlags.HasInner) && _decoder.TryDecodeInner(packet, out PacketView inner))
            {
                _events.EnterTunnel(packet);
                packet = inner;
                Inspect(ref packet);
            }
        }

        _flows.Expire(_now);
    }

    /// <summary>Ends every flow: the source is at its end, or the engine stops.</summary>
    public void Finish(FlowEndReason reason) => _flows.EndAll(reason);

    /// <summary>Takes new rules and lists between two batches; flows keep what is known of them.</summary>
    public void Swap(RuleSet rules, IReputation? reputation)
    {
        _detection.Swap(rules, reputation);
        AskForHashes(rules, reputation);
    }

    public void Dispose()
    {
        _detection.Dispose();
        _files.Dispose();
    }

    /// <summary>Digests that records show, rules ask for, or lists hold; no others are computed.</summary>
    private void AskForHashes(RuleSet rules, IReputation? reputation) =>
        _files.Hashes = _ownHashes | rules.FileHashes | (reputation?.AskedHashes ?? FileHashes.None);

    private void Inspect(ref PacketView packet)
    {
        Flow? flow = _flows.FindOrAdd(ref packet, out Direction direction);
        if (flow is not null && IsDecided(flow, ref packet, direction, "flow drop")) return;
        EventSet streamEvents = default;
        StreamVerdict stream = StreamVerdict.None;
        if (flow is not null)
        {
            if (packet.IsTcp) stream = TrackStream(flow, ref packet, ref direction, out streamEvents);
            else if (packet.IsUdp) _protocols.ParseDatagram(flow, packet.Payload, direction, packet.Time);
            if (IsDecided(flow, ref packet, direction, "stream midstream")) return;
        }

        Verdict verdict = _detection.Inspect(flow, ref packet, direction, stream, streamEvents, _events);
        if (_inline && verdict >= Verdict.Drop) _events.WriteDrop(ref packet, flow, direction, _detection.DroppedByRateFilter ? "threshold detection_filter" : "rules", _detection.DroppingRule);
        if (!packet.Events.IsEmpty) _events.WriteDecodeAnomalies(ref packet, flow, direction);
        if (!streamEvents.IsEmpty) _events.WriteStreamAnomalies(streamEvents, ref packet, flow, direction);
        if (flow is null) return;
        if (flow.Application is not null)
        {
            _events.WriteTransactions(flow, ref packet, direction, flowEnds: false);
            _protocols.Clean(flow);
        }

        if (flow.Transport is TcpSession session) _streams.Trim(session);
    }

    /// <summary>True when nothing more is to be asked about the flow: it was dropped, or is let past unseen.</summary>
    private bool IsDecided(Flow flow, ref PacketView packet, Direction direction, string reason)
    {
        if (flow.Dropped) _events.WriteDrop(ref packet, flow, direction, reason);
        return flow.Dropped || flow.Bypassed || flow.State == FlowState.Bypassed;
    }

    private StreamVerdict TrackStream(Flow flow, ref PacketView packet, ref Direction direction, out EventSet streamEvents)
    {
        StreamVerdict verdict = _streams.Track(flow, ref packet, direction, out streamEvents);
        if ((verdict & (StreamVerdict.NewToServer | StreamVerdict.NewToClient)) == 0 || flow.Transport is not TcpSession session) return verdict;
        Parse(flow, session, verdict, packet.Time);
        if (flow.Application is AppSession { LooksReversed: true } app)
        {
            // A session picked up in the middle was guessed the wrong way round, and its content says so.
            app.LooksReversed = false;
            _streams.SwapDirections(flow);
            direction = direction.Opposite();
            Parse(flow, session, StreamVerdict.NewToServer | StreamVerdict.NewToClient, packet.Time);
        }

        return verdict;
    }

    private void Parse(Flow flow, TcpSession session, StreamVerdict verdict, PacketTime time)
    {
        if ((verdict & StreamVerdict.NewToServer) != 0) _protocols.ParseStream(flow, session, Direction.ToServer, time);
        if ((verdict & StreamVerdict.NewToClient) != 0) _protocols.ParseStream(flow, session, Direction.ToClient, time);
    }

    /// <summary>Nothing but the decode events is readable; rules may still match on those.</summary>
    private void InspectUndecodable(ref PacketView packet)
    {
        EventSet none = default;
        _detection.Inspect(null, ref packet, Direction.ToServer, StreamVerdict.None, none, _events);
        _events.WriteDecodeAnomalies(ref packet, null, Direction.ToServer);
    }

    /// <summary>The last chance to look: what was received but never acknowledged is read, inspected and written down.</summary>
    void IFlowEndHandler.FlowEnded(Flow flow)
    {
        if (!flow.Dropped) InspectEnd(flow);
        _events.WriteFlow(flow, _now);
        _events.Release(flow);
        _protocols.Release(flow);
        _detection.Release(flow);
        if (flow.Transport is not null) _streams.Release(flow);
    }

    /// <summary>Not for a flow that was dropped: what was held back of it reached nobody.</summary>
    private void InspectEnd(Flow flow)
    {
        if (flow.Transport is TcpSession session) Parse(flow, session, _streams.Flush(flow), flow.LastSeen);
        _protocols.Finish(flow, flow.LastSeen);
        var last = new PacketView
        {
            Raw = new RawPacket(default, 0, flow.LastSeen, LinkType.Raw, 0),
            Source = flow.Client,
            Destination = flow.Server,
            SourcePort = flow.ClientPort,
            DestinationPort = flow.ServerPort,
            IpProtocol = flow.IpProtocol,
            IpVersion = flow.IpVersion,
        };
        _detection.InspectEnd(flow, ref last, _events);
        _events.WriteTransactions(flow, ref last, Direction.ToServer, flowEnds: true);
    }
}
