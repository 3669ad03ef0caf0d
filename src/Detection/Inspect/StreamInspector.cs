using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Streams;

namespace Sensor.Detection.Inspect;

/// <summary>
/// Decides which bytes of a stream are looked at now. A piece is looked at when a chunk is full, when a transaction
/// or the stream ends, or before a gap. It begins a little before the last one ended, so that a pattern cut by the
/// edge is found; rules that speak of positions see the new bytes only, as the reference engine's chunks do.
/// </summary>
internal static class StreamInspector
{
    /// <summary>Finds the next piece worth looking at; its bounds go into <see cref="StreamWindow"/>.</summary>
    public static bool TryNext(InspectContext context, bool triggered, ref StreamWindow window)
    {
        window.IsOpen = false;
        if (context.Tcp is not { } tcp) return false;
        StreamHalf half = tcp.Half(context.Direction);
        if (half.InspectionDone) return false;

        // From here on the content says nothing any more (encrypted): what came before it gets a last look.
        bool last = context.Session?.Parser is { StopRawInspection: true };
        half.InspectionDone = last;
        long fresh = context.State is { } state ? Math.Max(state.InspectedTo(context.Direction), half.InspectedTo) : half.InspectedTo;
        for (long gap = half.GapAt(fresh); gap > 0; gap = half.GapAt(fresh)) fresh += gap;
        int available = half.Read(fresh).Length;
        if (available == 0) return false;
        int chunk = context.Direction == Direction.ToServer ? context.Options.ToServerChunk : context.Options.ToClientChunk;
        bool cutByGap = fresh + available < half.ReadableTo;
        if (available < chunk && !triggered && !last && !cutByGap && !half.Ended && !half.DepthReached && !context.IsEnd) return false;

        long start = Math.Max(0, fresh - context.Options.ChunkOverlap);
        if (context.State is null || half.Read(start).Length < fresh - start + available) start = fresh;
        window = new StreamWindow { IsOpen = true, Start = start, Fresh = fresh, End = fresh + available };
        return true;
    }

    /// <summary>Marks the piece as seen. The overlap stays readable; all of it is let go once nothing more can come.</summary>
    public static void Finish(InspectContext context, scoped in StreamWindow window)
    {
        StreamHalf half = context.Tcp!.Half(context.Direction);
        long keep = context.State is null || half.Ended ? window.End : window.End - context.Options.ChunkOverlap;
        half.InspectedTo = Math.Max(half.InspectedTo, keep);
        if (context.State is { } state) state.InspectedTo(context.Direction) = window.End;
    }

    public static ReadOnlySpan<byte> Bytes(InspectContext context, scoped in StreamWindow window, bool freshOnly)
    {
        long start = freshOnly ? window.Fresh : window.Start;
        ReadOnlySpan<byte> bytes = context.Tcp!.Half(context.Direction).Read(start);
        int length = (int)(window.End - start);
        return bytes.Length > length ? bytes[..length] : bytes;
    }

    /// <summary>Whether the chain holds in the piece that is open on this packet.</summary>
    public static bool MatchesWindow(InspectContext context, ContentChain chain)
    {
        ref StreamWindow window = ref context.Window;
        if (!window.IsOpen) return false;
        var cursor = new ChainCursor
        {
            Data = Bytes(context, window, chain.IsPositional),
            Context = context,
        };
        if (!ContentInspector.Matches(chain, ref cursor)) return false;

        // What lies wholly in the overlap was there last time, and was reported then.
        return chain.IsPositional || cursor.Reached > window.Fresh - window.Start;
    }

    /// <summary>A transaction has reached its end on this side and was not inspected yet: its bytes are worth a look now.</summary>
    public static bool IsTriggered(InspectContext context)
    {
        if (context.Session is not { Protocol: { } protocol, Parser: { } parser }) return false;
        bool toServer = context.Direction == Direction.ToServer;
        int complete = toServer ? protocol.RequestComplete : protocol.ResponseComplete;
        for (int at = parser.Transactions.Count - 1; at >= 0; at--)
        {
            Transaction transaction = parser.Transactions[at];
            bool inspected = toServer ? transaction.RequestInspected : transaction.ResponseInspected;
            if (!inspected && transaction.Progress(context.Direction) >= complete) return true;
        }

        return false;
    }
}

/// <summary>The piece of stream that is looked at on this packet; offsets in the half.</summary>
internal struct StreamWindow
{
    public bool IsOpen;

    /// <summary>First byte shown, first byte not shown before, and the end.</summary>
    public long Start, Fresh, End;
}
