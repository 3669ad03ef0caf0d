using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;

namespace Sensor.Detection.Inspect;

/// <summary>How matches are counted before they become alerts (user guide, "Thresholding Keywords").</summary>
public enum ThresholdType : byte
{
    /// <summary>The first <c>count</c> of each time window alert.</summary>
    Limit,
    /// <summary>Every <c>count</c>-th alerts.</summary>
    Threshold,
    /// <summary>One alert per time window, when <c>count</c> is reached.</summary>
    Both,
    /// <summary>Alerts begin after <c>count</c> matches within the time window.</summary>
    DetectionFilter,
    /// <summary>After <c>count</c> matches the rule's action changes for a while.</summary>
    RateFilter,
    /// <summary>Alerts at count, count × multiplier, count × multiplier², ...</summary>
    Backoff,
}

/// <summary>What counting decided about one match.</summary>
internal enum ThresholdAnswer : byte
{
    Alert,
    /// <summary>Not reported, but the rule's action still holds.</summary>
    Silent,
    /// <summary>As if it had not matched.</summary>
    None,
    /// <summary>Reported with the rate filter's own action.</summary>
    NewAction,
}

/// <summary>One way of counting, from a rule's options or from threshold.config.</summary>
public sealed class ThresholdRule
{
    public required ThresholdType Type { get; init; }

    public required ThresholdTrack Track { get; init; }

    public required uint Count { get; init; }

    public uint Seconds { get; init; }

    /// <summary>Seconds a rate filter's new action holds.</summary>
    public uint Timeout { get; init; }

    public RuleAction NewAction { get; init; }

    public uint Multiplier { get; init; } = 1;

    /// <summary>Tells this rule's counts from those of others.</summary>
    public required ulong Subject { get; init; }

    internal ThresholdAnswer CountMatch(InspectContext context)
    {
        TrackKey key = Key(context);
        return context.Tables.Thresholds.Change(key, context.Now, new Moment(this, context.Now.Nanoseconds), s_count);
    }

    private readonly record struct Moment(ThresholdRule Rule, long Now);

    private static readonly TrackTable.Update<Moment, ThresholdAnswer> s_count = static (ref TrackEntry entry, Moment moment) => moment.Rule.Step(ref entry, moment.Now);

    // Backoff and windowless counting last as long as a flow may: a day.
    private long Window => Seconds == 0 ? 86_400L * PacketTime.NanosecondsPerSecond : Seconds * PacketTime.NanosecondsPerSecond;

    private ThresholdAnswer Step(ref TrackEntry entry, long now)
    {
        if (Type == ThresholdType.RateFilter && entry.Extra != 0)
        {
            if (now < entry.Extra) return ThresholdAnswer.NewAction;
            entry.Extra = 0;
            entry.Count = 0;
        }

        bool fresh = entry.Expires == 0 || now - entry.Started >= Window || entry.Count == 0;
        if (fresh)
        {
            entry.Started = now;
            entry.Count = 0;
            if (Type == ThresholdType.Backoff) entry.Extra = Count;
        }

        entry.Count++;
        entry.Expires = Math.Max(entry.Expires, entry.Started + Window);
        return Decide(ref entry, now);
    }

    private ThresholdAnswer Decide(ref TrackEntry entry, long now)
    {
        switch (Type)
        {
            case ThresholdType.Limit:
                return entry.Count <= Count ? ThresholdAnswer.Alert : ThresholdAnswer.Silent;
            case ThresholdType.Threshold:
                if (entry.Count < Count) return ThresholdAnswer.None;
                // Counting goes on within the same window; an alert every count matches.
                entry.Count = 0;
                return ThresholdAnswer.Alert;
            case ThresholdType.Both:
                if (entry.Count == Count) return ThresholdAnswer.Alert;
                return entry.Count > Count ? ThresholdAnswer.Silent : ThresholdAnswer.None;
            case ThresholdType.DetectionFilter:
                return entry.Count > Count ? ThresholdAnswer.Alert : ThresholdAnswer.None;
            case ThresholdType.RateFilter:
                if (entry.Count <= Count) return ThresholdAnswer.Alert;
                entry.Extra = now + (Timeout * PacketTime.NanosecondsPerSecond);
                entry.Expires = Math.Max(entry.Expires, entry.Extra);
                return ThresholdAnswer.NewAction;
            default:
                if (entry.Count != entry.Extra) return ThresholdAnswer.None;
                entry.Extra *= Multiplier;
                return ThresholdAnswer.Alert;
        }
    }

    private TrackKey Key(InspectContext context) => Track switch
    {
        ThresholdTrack.Source => new TrackKey(Subject, context.Source, default),
        ThresholdTrack.Destination => new TrackKey(Subject, context.Destination, default),
        ThresholdTrack.Both => Pair(Subject, context.Source, context.Destination),
        ThresholdTrack.Flow => new TrackKey(Subject, new IpAddress(1, (ulong)(context.Flow?.Id ?? 0)), default),
        _ => new TrackKey(Subject, default, default),
    };

    /// <summary>A pair is the same pair in both directions.</summary>
    internal static TrackKey Pair(ulong subject, IpAddress one, IpAddress other) =>
        one < other ? new TrackKey(subject, one, other) : new TrackKey(subject, other, one);
}
