using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Compile;

/// <summary>Makes counting rules of what options and threshold.config say.</summary>
internal static class ThresholdLoader
{
    public static ThresholdRule ToRule(ThresholdParameters parameters, int gid, long sid, ThresholdType? type = null)
    {
        ThresholdType meant = type ?? parameters.Kind switch
        {
            ThresholdKind.Limit => ThresholdType.Limit,
            ThresholdKind.Both => ThresholdType.Both,
            ThresholdKind.Backoff => ThresholdType.Backoff,
            _ => ThresholdType.Threshold,
        };
        return new ThresholdRule
        {
            Type = meant,
            Track = parameters.Track,
            Count = (uint)parameters.Count,
            Seconds = (uint)parameters.Seconds,
            Multiplier = (uint)Math.Max(parameters.Multiplier, 1),
            Subject = Subject(gid, sid, meant),
        };
    }

    /// <summary>Reads threshold.config files; what is wrong with them becomes a problem each, the other lines count.</summary>
    public static ThresholdPolicy Load(IReadOnlyList<string> files, RuleVariables variables, ICollection<RuleError> problems)
    {
        Dictionary<(int Gid, long Sid), ThresholdEntry> entries = [];
        foreach (string file in files)
        {
            foreach (ThresholdLine line in ThresholdConfig.ReadFile(file, variables, problems)) Add(entries, line);
        }

        return entries.Count == 0 ? ThresholdPolicy.Empty : new ThresholdPolicy(entries);
    }

    private static void Add(Dictionary<(int Gid, long Sid), ThresholdEntry> entries, ThresholdLine line)
    {
        var key = (line.GeneratorId, line.SignatureId);
        ThresholdEntry entry = entries.GetValueOrDefault(key) ?? new ThresholdEntry(null, null, []);
        entries[key] = line switch
        {
            EventFilterLine filter => entry with { Threshold = ToRule(filter.Parameters, line.GeneratorId, line.SignatureId) },
            RateFilterLine rate => entry with { RateFilter = ToRule(rate) },
            SuppressLine suppress => entry with { Suppressions = [.. entry.Suppressions, ToSuppression(suppress)] },
            _ => entry,
        };
    }

    private static ThresholdRule ToRule(RateFilterLine rate) => new()
    {
        Type = ThresholdType.RateFilter,
        Track = rate.Track,
        Count = (uint)rate.Count,
        Seconds = (uint)rate.Seconds,
        Timeout = (uint)rate.Timeout,
        NewAction = rate.NewAction,
        Subject = Subject(rate.GeneratorId, rate.SignatureId, ThresholdType.RateFilter),
    };

    private static Suppression ToSuppression(SuppressLine line) => new(
        line.Addresses,
        line.Track is ThresholdTrack.Source or ThresholdTrack.Either,
        line.Track is ThresholdTrack.Destination or ThresholdTrack.Either);

    private static ulong Subject(int gid, long sid, ThresholdType type) => ((ulong)(uint)gid << 40) ^ (ulong)sid ^ ((ulong)type << 60);
}
