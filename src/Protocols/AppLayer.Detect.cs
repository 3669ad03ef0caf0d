using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>
/// Which protocol a TCP flow speaks. Each direction is probed on its own from its first byte until one is sure; its
/// protocol then counts for both, and the bytes the other direction said meanwhile are replayed from their beginning.
/// </summary>
public sealed partial class AppLayer
{
    /// <summary>True when this direction's bytes may go to the parser.</summary>
    private bool Decide(Flow flow, AppSession session, Direction direction, PacketTime time, Completeness seen)
    {
        ref SideState side = ref session.Side(direction);
        if (side.Decided) return CanParse(session, direction);

        StreamSource source = session.Source(direction);
        ReadOnlySpan<byte> start = source.Read(source.ParsedTo);
        long end = source.ParsedTo + start.Length;
        bool whole = source.GapAt(end) > 0 || (source.Ended && end >= source.ReadableTo);
        if (start.IsEmpty && !whole) return false;
        if (side.ProbeBegun && end <= side.SeenTo && !whole) return false;

        if (session.FirstData is null && !start.IsEmpty && BeginAnnounced(flow, session, time)) return CanParse(session, direction);
        if (!start.IsEmpty) session.FirstData ??= direction;
        if (!side.ProbeBegun) side.Candidates = _streams.All;
        side.ProbeBegun = true;
        side.SeenTo = end;

        IAppProtocol? found = start.IsEmpty ? null : FindFor(flow, session, start, direction, whole, ref side);
        if (found is null && side.Candidates != 0 && !whole && !start.IsEmpty) return session.Protocol is not null && ResumeKnown(session, ref side, start.Length);

        if (seen == Completeness.Midstream && (found is null ? LooksReversed(flow, session, start, direction) : PortsLookReversed(flow, session, found, start, direction))) return false;

        side.Decided = true;
        side.SeenTo = -1;
        session.SetProtocol(direction, found);
        if (session.Protocol is { } known) return SettleSecond(session, direction, found, known, isSilent: start.IsEmpty);
        return found is null ? SettleUnknown(session, direction) : SettleFirst(flow, session, direction, found, time, seen);
    }

    /// <summary>Another conversation said what this one will be: its content is not asked.</summary>
    private bool BeginAnnounced(Flow flow, AppSession session, PacketTime time)
    {
        if (Expectations.Count == 0 || session.Original is not null) return false;
        Span<byte> name = stackalloc byte[ExpectationTable.LongestName];
        if (!Expectations.TryTake(flow.Client, flow.Server, flow.ServerPort, time, name, out int length, out Expectation expected)) return false;
        if (_streams.Named(expected.Protocol) is not { } protocol) return false;
        Begin(session, protocol, Transports.Tcp);
        session.Parser?.Announced(expected, name[..length]);
        session.ToServer.Decided = session.ToClient.Decided = true;
        session.ToServer.SeenTo = session.ToClient.SeenTo = -1;
        return true;
    }

    /// <summary>Picked up in the middle, and these bytes are what the other side says in some protocol. Detection begins again once the flow is turned round.</summary>
    private bool LooksReversed(Flow flow, AppSession session, ReadOnlySpan<byte> start, Direction direction)
    {
        ulong candidates = _streams.All;
        if (session.Protocol is not null || start.IsEmpty) return false;
        if (_streams.Find(start, direction.Opposite(), flow.ClientPort, whole: true, ref candidates) is null) return false;
        session.LooksReversed = true;
        session.ToServer = session.ToClient = default;
        session.FirstData = null;
        return true;
    }

    /// <summary>Picked up in the middle, with bytes that either side may say: the side at the protocol's usual port is the server.</summary>
    private bool PortsLookReversed(Flow flow, AppSession session, IAppProtocol found, ReadOnlySpan<byte> start, Direction direction)
    {
        if (session.Protocol is not null || found.UsualPorts.Contains(flow.ServerPort) || !found.UsualPorts.Contains(flow.ClientPort)) return false;
        if (found.Probe(start, direction.Opposite()) != ParseStatus.Done) return false;
        session.LooksReversed = true;
        session.ToServer = session.ToClient = default;
        session.FirstData = null;
        return true;
    }

    /// <summary>The protocol the other side speaks is asked first, then all.</summary>
    private IAppProtocol? FindFor(Flow flow, AppSession session, ReadOnlySpan<byte> start, Direction direction, bool whole, ref SideState side)
    {
        if (session.Protocol is { } known && known.Probe(start, direction) == ParseStatus.Done) return known;
        return _streams.Find(start, direction, flow.ServerPort, whole, ref side.Candidates);
    }

    /// <summary>The other side is decided and this one still only might be something: waiting ends where the known protocol's own probe has to be sure.</summary>
    private static bool ResumeKnown(AppSession session, ref SideState side, int length)
    {
        if (length < session.Protocol!.ProbeDepth) return false;
        side.Decided = true;
        side.SeenTo = -1;
        return session.Parser is not null;
    }

    /// <summary>The first side that is sure names the protocol.</summary>
    private bool SettleFirst(Flow flow, AppSession session, Direction direction, IAppProtocol found, PacketTime time, Completeness seen)
    {
        if (found.FirstSpeaker is { } speaker && session.FirstData != speaker && seen == Completeness.Whole)
        {
            session.Events.Add((int)AppLayerEvent.WrongDirectionFirstData);
            return Abandon(session);
        }

        if (session.Expected is { } expected && expected != found.Name) Unexpected(session, expected);
        Begin(session, found, Transports.Tcp);

        // The other side spoke first and could not be named by its own bytes: it comes first now, from its beginning.
        Direction other = direction.Opposite();
        ref SideState otherSide = ref session.Side(other);
        if (otherSide.ProbeBegun)
        {
            if (!_streams.Holds(otherSide.Candidates, found)) session.Events.Add((int)AppLayerEvent.DetectProtocolOnlyOneDirection);
            otherSide.Decided = true;
            otherSide.SeenTo = -1;
            if (CanParse(session, other) && session.FirstData == other) Feed(flow, session, other, time);
        }

        return CanParse(session, direction);
    }

    private static bool SettleSecond(AppSession session, Direction direction, IAppProtocol? found, IAppProtocol known, bool isSilent)
    {
        if (found is null && isSilent) return CanParse(session, direction);
        if (found is null) session.Events.Add((int)AppLayerEvent.DetectProtocolOnlyOneDirection);
        else if (found != known) session.Events.Add((int)AppLayerEvent.MismatchProtocolBothDirections);
        return CanParse(session, direction);
    }

    /// <summary>This side is nothing known; its bytes are kept for the case that the other side is.</summary>
    private static bool SettleUnknown(AppSession session, Direction direction)
    {
        ref SideState other = ref session.Side(direction.Opposite());
        StreamSource otherSource = session.Source(direction.Opposite());
        bool otherIsSilent = otherSource.Ended && otherSource.ReadableTo <= otherSource.ParsedTo;
        if (other.Decided || otherIsSilent) return Abandon(session);
        return false;
    }

    private static bool CanParse(AppSession session, Direction direction)
    {
        if (session.Parser is not null) return true;
        if (session.Protocol is not null)
        {
            session.Source(direction).ParsingDone = true;
            return false;
        }

        // Undecided, and this side has nothing more to tell: it may not hold memory for ever while the other is silent.
        StreamSource source = session.Source(direction);
        if (source.ReadableTo - source.ParsedTo > SilentOtherSideLimit)
        {
            session.Events.Add((int)AppLayerEvent.ProtoDetectionSkipped);
            return Abandon(session);
        }

        return false;
    }

    private static bool Abandon(AppSession session)
    {
        if (session.Expected is { } expected && session.Protocol is null) Unexpected(session, expected);
        session.DetectionFailed = true;
        session.ToServer.Decided = session.ToClient.Decided = true;
        session.SourceToServer.ParsingDone = session.SourceToClient.ParsingDone = true;
        return false;
    }

    private static void Unexpected(AppSession session, string expected) =>
        session.Events.Add((int)(expected == "tls" ? AppLayerEvent.NoTlsAfterStartTls : AppLayerEvent.UnexpectedProtocol));
}
