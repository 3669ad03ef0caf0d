namespace Sensor.Detection.RuleLanguage;

/// <summary>Sets of numbers as sorted disjoint ranges, both ends included: the algebra behind address and port groups.</summary>
internal static class Ranges
{
    /// <summary>Sorts, and joins ranges that overlap or touch.</summary>
    public static List<(UInt128 First, UInt128 Last)> Union(IEnumerable<(UInt128 First, UInt128 Last)> ranges)
    {
        List<(UInt128 First, UInt128 Last)> joined = [];
        foreach ((UInt128 first, UInt128 last) in ranges.Order())
        {
            bool touches = joined.Count > 0 && (first <= joined[^1].Last || first - joined[^1].Last == 1);
            if (!touches) joined.Add((first, last));
            else if (last > joined[^1].Last) joined[^1] = (joined[^1].First, last);
        }

        return joined;
    }

    /// <summary>What is in <paramref name="from"/> and not in <paramref name="removed"/>; both sorted and disjoint.</summary>
    public static List<(UInt128 First, UInt128 Last)> Subtract(
        IReadOnlyList<(UInt128 First, UInt128 Last)> from, IReadOnlyList<(UInt128 First, UInt128 Last)> removed)
    {
        List<(UInt128 First, UInt128 Last)> rest = [];
        int hole = 0;
        foreach ((UInt128 first, UInt128 last) in from)
        {
            UInt128 at = first;
            bool ended = false;
            while (hole < removed.Count && removed[hole].Last < first) hole++;
            for (int next = hole; next < removed.Count && removed[next].First <= last && !ended; next++)
            {
                if (removed[next].First > at) rest.Add((at, removed[next].First - 1));
                ended = removed[next].Last >= last;
                if (!ended) at = removed[next].Last + 1;
            }

            if (!ended) rest.Add((at, last));
        }

        return rest;
    }

    public static List<(UInt128 First, UInt128 Last)> Intersect(IReadOnlyList<(UInt128 First, UInt128 Last)> ranges, (UInt128 First, UInt128 Last) window)
    {
        List<(UInt128 First, UInt128 Last)> common = [];
        foreach ((UInt128 first, UInt128 last) in ranges)
        {
            if (first <= window.Last && last >= window.First) common.Add((UInt128.Max(first, window.First), UInt128.Min(last, window.Last)));
        }

        return common;
    }
}
