namespace Sensor.Detection.RuleLanguage;

/// <summary>How matches become alerts (user guide, "Thresholding Keywords").</summary>
public enum ThresholdKind : byte
{
    /// <summary>Every <c>count</c>-th match within the time alerts.</summary>
    Threshold,
    /// <summary>At most <c>count</c> alerts within the time.</summary>
    Limit,
    /// <summary>One alert within the time, at the <c>count</c>-th match.</summary>
    Both,
    /// <summary>Alerts at <c>count</c>, <c>count</c> × <c>multiplier</c>, and so on.</summary>
    Backoff,
}

/// <summary>Whose matches are counted together. <see cref="Either"/> is for suppression only.</summary>
public enum ThresholdTrack : byte { Source, Destination, Both, Either, Rule, Flow }

/// <summary>
/// The parameters of <c>threshold</c>, <c>event_filter</c> and <c>detection_filter</c>, in a rule and in threshold.config:
/// <c>type limit, track by_src, count 1, seconds 60</c> in any order.
/// </summary>
/// <param name="Seconds">Length of the time window; 0 for <see cref="ThresholdKind.Backoff"/>.</param>
/// <param name="Multiplier">For <see cref="ThresholdKind.Backoff"/>, else 0.</param>
public sealed record ThresholdParameters(ThresholdKind Kind, ThresholdTrack Track, int Count, int Seconds, int Multiplier)
{
    internal static readonly (string, ThresholdKind)[] Kinds =
        [("threshold", ThresholdKind.Threshold), ("limit", ThresholdKind.Limit), ("both", ThresholdKind.Both), ("backoff", ThresholdKind.Backoff)];

    internal static readonly (string, ThresholdTrack)[] CountingTracks =
    [
        ("by_src", ThresholdTrack.Source), ("by_dst", ThresholdTrack.Destination), ("by_both", ThresholdTrack.Both),
        ("by_rule", ThresholdTrack.Rule), ("by_flow", ThresholdTrack.Flow),
    ];

    /// <summary>Reads the value of a rule's <c>threshold</c>.</summary>
    public static ThresholdParameters Parse(string keyword, string value)
    {
        WordPairs pairs = WordPairs.Parse(keyword, value, 0);
        ThresholdParameters parameters = Take(pairs);
        pairs.ExpectNoMore();
        return parameters;
    }

    /// <summary>Reads the value of a rule's <c>detection_filter</c>: <c>track by_src, count 30, seconds 60</c>.</summary>
    public static ThresholdParameters ParseDetectionFilter(string value)
    {
        WordPairs pairs = WordPairs.Parse("detection_filter", value, 0);
        ThresholdParameters parameters = new(ThresholdKind.Threshold, pairs.Take("track", CountingTracks), pairs.TakeNumber("count", 1), pairs.TakeNumber("seconds", 1), 0);
        pairs.ExpectNoMore();
        return parameters;
    }

    internal static ThresholdParameters Take(WordPairs pairs)
    {
        ThresholdKind kind = pairs.Take("type", Kinds);
        bool backoff = kind == ThresholdKind.Backoff;
        return new ThresholdParameters(
            kind,
            pairs.Take("track", CountingTracks),
            pairs.TakeNumber("count", 1),
            backoff ? 0 : pairs.TakeNumber("seconds", 1),
            backoff ? pairs.TakeNumber("multiplier", 1) : 0);
    }
}
