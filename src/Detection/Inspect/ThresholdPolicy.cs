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
        ThresholdEntry? entry = _entries.Count == 0 ? null : Find(signature.Rule);
        if (entry is not null)
        {
            foreach (Suppression suppression in entry.Suppressions)
            {
                if (suppression.Applies(context)) return ThresholdAnswer.Silent;
            }

            if (entry.RateFilter is { } filter && filter.CountMatch(context) == ThresholdAnswer.NewAction)
            {
                action = filter.NewAction;
                return ThresholdAnswer.Alert;
            }
        }

        ThresholdRule? threshold = signature.Threshold ?? entry?.Threshold;
        return threshold?.CountMatch(context) ?? ThresholdAnswer.Alert;
    }

    private ThresholdEntry? Find(Rule rule) =>
        _entries.TryGetValue((rule.Gid, rule.Sid), out ThresholdEntry? entry) || _entries.TryGetValue((rule.Gid, 0), out entry) || _entries.TryGetValue((0, 0), out entry)
            ? entry : null;
}
