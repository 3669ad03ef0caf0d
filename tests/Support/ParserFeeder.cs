using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Tests.Support;

/// <summary>Feeds a parser the way the engine does: keeps what it did not consume, shows it again with what follows, and lets a waiting side go on.</summary>
public sealed class ParserFeeder(AppParser parser, Flow flow, IFileSink files)
{
    private sealed class Side
    {
        public List<byte> Unread { get; } = [];

        public int Needed { get; set; }

        public bool Broken { get; set; }

        public bool Ended { get; set; }
    }

    private readonly Side _toServer = new(), _toClient = new();

    public long Parses { get; private set; }

    /// <summary>Most bytes the parser ever left to be shown again: what it does not consume it looks at twice.</summary>
    public int MostUnread { get; private set; }

    /// <summary>The direction was given up.</summary>
    public bool IsBroken(Direction direction) => Of(direction).Broken;

    public void Add(Direction direction, ReadOnlySpan<byte> bytes)
    {
        Of(direction).Unread.AddRange(bytes);
        Go(direction, isEnd: false);
    }

    public void Miss(Direction direction, long length)
    {
        Side side = Of(direction);
        if (side.Broken || parser.HandOverTo is not null) return;
        long left = side.Unread.Count;
        side.Unread.Clear();
        side.Needed = 0;
        if (parser.Gap(left + length, Context(direction, false)) == ParseStatus.Malformed) Break(direction);
    }

    public void End(Direction direction)
    {
        Side side = Of(direction);
        if (side.Ended) return;
        if (side.Unread.Count > 0) Go(direction, isEnd: true);
        if (!side.Broken) parser.End(Context(direction, true));
        side.Ended = true;
    }

    private Side Of(Direction direction) => direction == Direction.ToServer ? _toServer : _toClient;

    private ParseContext Context(Direction direction, bool isEnd) =>
        new() { Flow = flow, Direction = direction, Time = default, IsEnd = isEnd, Files = files };

    private void Go(Direction direction, bool isEnd)
    {
        Side side = Of(direction);
        bool again = true;
        while (again && side is { Broken: false, Ended: false } && side.Unread.Count > 0 && parser is { HandOverTo: null, IsEncrypted: false, ResumeOther: false } && (isEnd || side.Unread.Count >= side.Needed))
        {
            Parses++;
            ParseResult result = parser.Parse(side.Unread.ToArray(), Context(direction, isEnd));
            if (result.Status == ParseStatus.Malformed) { Break(direction); break; }
            if (result.Consumed < 0 || result.Consumed > side.Unread.Count) throw new InvalidOperationException($"parser consumed {result.Consumed} of {side.Unread.Count} bytes");
            side.Unread.RemoveRange(0, result.Consumed);
            MostUnread = Math.Max(MostUnread, side.Unread.Count);
            side.Needed = result.Status == ParseStatus.NeedMore ? result.Needed : 0;
            again = result.Status == ParseStatus.Done && result.Consumed > 0;
        }

        if (!parser.ResumeOther) return;
        parser.ResumeOther = false;
        Of(direction.Opposite()).Needed = 0;
        Go(direction.Opposite(), isEnd: false);
        Go(direction, isEnd);
    }

    private void Break(Direction direction)
    {
        Side side = Of(direction);
        side.Broken = true;
        side.Ended = true;
        parser.End(Context(direction, true));
    }
}
