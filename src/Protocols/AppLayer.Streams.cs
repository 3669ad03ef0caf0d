using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>The TCP side: feeding a parser with a growing byte string that may have holes.</summary>
public sealed partial class AppLayer
{
    /// <summary>Brings one direction as far as it goes, and the other when this one had kept it waiting.</summary>
    internal void Advance(Flow flow, AppSession session, Direction direction, PacketTime time, Completeness seen)
    {
        if (session.Parser?.HandOverTo is { } next) HandOver(session, next);
        if (!Decide(flow, session, direction, time, seen)) return;

        Feed(flow, session, direction, time);
        for (int turn = 0; turn < MaximumTurns && session.Parser is { ResumeOther: true } parser; turn++)
        {
            parser.ResumeOther = false;
            direction = direction.Opposite();
            session.Side(direction).SeenTo = -1;
            if (Decide(flow, session, direction, time, seen)) Feed(flow, session, direction, time);
            if (parser.ResumeOther) continue;

            // The side that let the other go on may have bytes of its own left.
            direction = direction.Opposite();
            Feed(flow, session, direction, time);
        }
    }

    /// <summary>Times the two sides may let each other go on at one packet; what is left waits for the next one.</summary>
    private const int MaximumTurns = 64;

    private void Feed(Flow flow, AppSession session, Direction direction, PacketTime time)
    {
        AppParser parser = session.Parser!;
        StreamSource source = session.Source(direction);
        ref SideState side = ref session.Side(direction);
        while (!source.ParsingDone && parser is { HandOverTo: null, ResumeOther: false })
        {
            if (parser.IsEncrypted)
            {
                source.ParsingDone = true;
                return;
            }

            ReadOnlySpan<byte> data = source.Read(source.ParsedTo);
            long dataEnd = source.ParsedTo + data.Length;
            long gap = source.GapAt(dataEnd);
            bool last = source.Ended && gap == 0 && dataEnd >= source.ReadableTo;
            if (data.IsEmpty || (dataEnd == side.SeenTo && (gap > 0 || last)))
            {
                if (gap > 0) { if (!FeedGap(flow, session, direction, time, dataEnd - source.ParsedTo + gap)) return; continue; }
                if (last) { TellEnd(flow, session, direction, time); source.ParsingDone = true; }
                return;
            }

            if (gap == 0 && !last && (dataEnd <= side.SeenTo || dataEnd < side.NeededTo)) return;
            if (!FeedBytes(flow, session, direction, time, data, last)) return;
        }
    }

    /// <summary>False when the direction cannot go on for now, or ever.</summary>
    private bool FeedBytes(Flow flow, AppSession session, Direction direction, PacketTime time, ReadOnlySpan<byte> data, bool last)
    {
        StreamSource source = session.Source(direction);
        ref SideState side = ref session.Side(direction);
        side.SeenTo = source.ParsedTo + data.Length;
        ParseResult result = session.Parser!.Parse(data, Context(flow, direction, time, last));
        if (result.Status == ParseStatus.Malformed)
        {
            GiveUp(flow, session, direction, time);
            return false;
        }

        int consumed = Math.Clamp(result.Consumed, 0, data.Length);
        source.ParsedTo += consumed;
        side.NeededTo = result.Status == ParseStatus.NeedMore ? source.ParsedTo + result.Needed : 0;
        if (consumed > 0) session.MarkChanged(direction);
        if (session.Parser.ChangedOther) session.MarkOtherChanged(direction);

        // Everything was taken, or the parser stopped inside the data on purpose: look again for a hole or the end.
        // It is shown the same bytes again only together with something new, unless it moved and is not waiting.
        if (consumed > 0 && consumed < data.Length && result.Status == ParseStatus.Done) side.SeenTo = -1;
        return true;
    }

    private bool FeedGap(Flow flow, AppSession session, Direction direction, PacketTime time, long length)
    {
        StreamSource source = session.Source(direction);
        if (session.Parser!.Gap(length, Context(flow, direction, time, isEnd: false)) == ParseStatus.Malformed)
        {
            GiveUp(flow, session, direction, time);
            return false;
        }

        source.ParsedTo += length;
        session.Side(direction).SeenTo = -1;
        session.Side(direction).NeededTo = 0;
        session.MarkChanged(direction);
        return true;
    }

    private void GiveUp(Flow flow, AppSession session, Direction direction, PacketTime time)
    {
        session.MarkError(direction);
        session.Source(direction).ParsingDone = true;
        TellEnd(flow, session, direction, time);
    }

    /// <summary>The flow ends: what was waiting for more bytes gets none.</summary>
    private void FinishStream(Flow flow, AppSession session, PacketTime time)
    {
        if (!session.SourceToServer.ParsingDone) Advance(flow, session, Direction.ToServer, time, Completeness.OneSided);
        if (!session.SourceToClient.ParsingDone) Advance(flow, session, Direction.ToClient, time, Completeness.OneSided);
        FinishSide(flow, session, Direction.ToServer, time);
        FinishSide(flow, session, Direction.ToClient, time);
    }

    private void FinishSide(Flow flow, AppSession session, Direction direction, PacketTime time)
    {
        StreamSource source = session.Source(direction);
        if (source.ParsingDone || session.Parser is not { HandOverTo: null } || !session.Side(direction).Decided) return;
        ReadOnlySpan<byte> rest = source.Read(source.ParsedTo);
        if (!rest.IsEmpty) FeedBytes(flow, session, direction, time, rest, last: true);
    }

    /// <summary>
    /// CONNECT, Upgrade, STARTTLS: the rest of the conversation belongs to another protocol, which is found by
    /// content like any first one. Done when the next bytes come, so that the last exchange is still inspected.
    /// </summary>
    private void HandOver(AppSession session, string next)
    {
        IAppProtocol before = session.Protocol!;
        Return(before, session.Parser!);
        session.Parser = null;
        session.Protocol = session.ProtocolToServer = session.ProtocolToClient = null;
        session.Original ??= before;
        session.Expected = _streams.Knows(next) ? next : null;
        session.ToServer = session.ToClient = default;
        session.ToServer.SeenTo = session.ToClient.SeenTo = -1;
        session.FirstData = null;
    }
}
