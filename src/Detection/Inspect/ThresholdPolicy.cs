using System.Collections.Frozen;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Inspect;

/// <summary>A line <c>suppress</c> of threshold.config.</summary>
internal sealed record Suppression(AddressSet? Addresses, bool BySource, bool ByDestination)
{
    public bool Applies(InspectContext context) =>
        Addresses is null
        || (BySource && Addresses.Contains(context.Source))
        || (ByDestination && Addresses.Contains(context.Destination));
}

/// <summary>
/// What threshold.config says of one rule, of a whole generator, or of all. The rule's own threshold wins over the
/// file's (user guide, "Global-Thresholds").
/// </summary>
internal sealed record ThresholdEntry(ThresholdRule? Threshold, ThresholdRule? RateFilter, IReadOnlyList<Suppression> Suppressions);

/// <summary>Decides whether a match becomes an alert. Immutable.</summary>
internal sealed class ThresholdPolicy
{
    private readonly FrozenDictionary<(int Gid, long Sid), ThresholdEntry> _entries;

    public ThresholdPolicy(IReadOnlyDictionary<(int Gid, long Sid), ThresholdEntry> entries) => _entries = entries.ToFrozenDictionary();

    public static ThresholdPolicy Empty { get; } = new(new Dictionary<(int, long), ThresholdEntry>());

    public ThresholdAnswer Decide(Signature signature, InspectContext context, ref RuleAction action)
    {
        if (_entries.Count == 0) return signature.Threshold?.CountMatch(context) ?? ThresholdAnswer.Alert;
        Rule rule = signature.Rule;
        ThresholdEntry? own = Find(rule.Gid, rule.Sid), group = Find(rule.Gid, 0), all = Find(0, 0);
        if (IsSuppressed(own, context) || IsSuppressed(group, context) || IsSuppressed(all, context)) return ThresholdAnswer.Silent;
        if ((own?.RateFilter ?? group?.RateFilter ?? all?.RateFilter) is { } filter && filter.CountMatch(context) == ThresholdAnswer.NewAction)
        {
            action = filter.NewAction;
            return ThresholdAnswer.Alert;
        }

        ThresholdRule? threshold = signature.Threshold ?? own?.Threshold ?? group?.Threshold ?? all?.Threshold;
        return threshold?.CountMatch(context) ?? ThresholdAnswer.Alert;
    }

    private ThresholdEntry? Find(int gid, long sid) => _entries.GetValueOrDefault((gid, sid));

    private static bool IsSuppressed(ThresholdEntry? entry, InspectContext context)
    {
        if (entry is null) return false;
        foreach (Suppression suppression in entry.Suppressions)
        {
            if (suppression.Applies(context)) return true;
        }

        return false;
    }
}
