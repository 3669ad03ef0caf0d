using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Thresholds;

/// <summary><c>threshold</c> and <c>detection_filter</c>: matches are counted before they alert (user guide, "Thresholding Keywords").</summary>
internal static class ThresholdKeyword
{
    public static Keyword Keyword { get; } = new("threshold", ValueUse.Required, "counts matches before they alert: threshold:type limit, track by_src, count 1, seconds 60;",
        (rule, value) => rule.Threshold = ThresholdLoader.ToRule(ThresholdParameters.Parse("threshold", value), rule.Gid, Identify(rule)));

    public static Keyword FilterKeyword { get; } = new("detection_filter", ValueUse.Required, "alerts only after so many matches: detection_filter:track by_src, count 10, seconds 60;",
        (rule, value) => rule.DetectionFilter = ThresholdLoader.ToRule(ThresholdParameters.ParseDetectionFilter(value), rule.Gid, Identify(rule), ThresholdType.DetectionFilter));

    /// <summary>Counts belong to a rule, not to a rule set, so they go on after a reload. The sid may stand behind the threshold.</summary>
    private static long Identify(RuleBuilder rule)
    {
        foreach (RuleOption option in rule.Text.Options)
        {
            if (option.Name == "sid" && long.TryParse(option.Value, out long sid)) return sid;
        }

        return -rule.Text.Line;
    }
}
