using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Thresholds;

/// <summary><c>threshold</c> and <c>detection_filter</c>: matches are counted before they alert (user guide, "Thresholding Keywords").</summary>
internal static class ThresholdKeyword
{
    public static Keyword Keyword { get; } = new("threshold", ValueUse.Required, "counts matches before they alert: threshold:type limit, track by_src, count 1, seconds 60;",
        (rule, value) => rule.Threshold = Parse(rule, "threshold", value, null));

    public static Keyword FilterKeyword { get; } = new("detection_filter", ValueUse.Required, "alerts only after so many matches: detection_filter:track by_src, count 10, seconds 60;",
        (rule, value) => rule.DetectionFilter = Parse(rule, "detection_filter", value, ThresholdType.DetectionFilter));

    private static ThresholdRule Parse(RuleBuilder rule, string keyword, string value, ThresholdType? type)
    {
        TrackBy? track = null;
        uint? count = null, seconds = null;
        uint multiplier = 1;
        foreach (string part in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = part.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            string rest = words.Length == 2 ? words[1] : "";
            switch (words[0])
            {
                case "type" when type is null || keyword == "threshold": type = TypeOf(rest); break;
                case "track": track = TrackOf(keyword, rest); break;
                case "count": count = (uint)RuleNumber.Parse(keyword, rest, 1, uint.MaxValue); break;
                case "seconds": seconds = (uint)RuleNumber.Parse(keyword, rest, 1, uint.MaxValue); break;
                case "multiplier": multiplier = (uint)RuleNumber.Parse(keyword, rest, 2, uint.MaxValue); break;
                default: throw new RuleException($"cannot read {keyword}: \"{part}\" is unknown; write {(keyword == "threshold" ? "type, " : "")}track, count, seconds");
            }
        }

        if (type is null || track is null || count is null || (seconds is null && type != ThresholdType.Backoff))
        {
            throw new RuleException($"cannot read {keyword} \"{value}\": {(keyword == "threshold" ? "type, " : "")}track, count and seconds are needed");
        }

        return new ThresholdRule
        {
            Type = type.Value,
            Track = track.Value,
            Count = count.Value,
            Seconds = seconds ?? 0,
            Multiplier = multiplier,
            Subject = Subject(rule.Gid, rule.Sid, rule.Text.Line, type.Value),
        };
    }

    /// <summary>Counts belong to a rule, not to a rule set: they go on after a reload. A rule without a sid so far counts by its line.</summary>
    private static ulong Subject(int gid, long sid, int line, ThresholdType type) =>
        ((ulong)(uint)gid << 40) ^ (ulong)(sid != 0 ? sid : -line) ^ ((ulong)type << 60);

    private static ThresholdType TypeOf(string word) => word switch
    {
        "limit" => ThresholdType.Limit,
        "threshold" => ThresholdType.Threshold,
        "both" => ThresholdType.Both,
        "backoff" => ThresholdType.Backoff,
        _ => throw new RuleException($"cannot read threshold: type \"{word}\" is unknown; write limit, threshold, both or backoff"),
    };

    internal static TrackBy TrackOf(string keyword, string word) => word switch
    {
        "by_src" => TrackBy.Source,
        "by_dst" => TrackBy.Destination,
        "by_both" => TrackBy.Both,
        "by_rule" => TrackBy.Rule,
        "by_flow" => TrackBy.Flow,
        _ => throw new RuleException($"cannot read {keyword}: track \"{word}\" is unknown; write by_src, by_dst, by_both, by_rule or by_flow"),
    };
}
