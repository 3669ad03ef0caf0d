using Sensor.Primitives;

namespace Sensor.Detection.Inspect;

/// <summary>Which rules list an address: the addresses cut into segments at every rule's edges, found by binary search. Immutable.</summary>
internal sealed class AddressIndex
{
    private readonly IpAddress[] _starts;
    private readonly int[][] _rules;

    private AddressIndex(IpAddress[] starts, int[][] rules)
    {
        _starts = starts;
        _rules = rules;
    }

    /// <param name="entries">Rules with the ranges they list, both ends included.</param>
    public static AddressIndex Build(IReadOnlyList<(int Rule, IReadOnlyList<(IpAddress First, IpAddress Last)> Ranges)> entries)
    {
        List<(IpAddress At, int Rule, bool Begins)> edges = [];
        foreach ((int rule, IReadOnlyList<(IpAddress First, IpAddress Last)> ranges) in entries)
        {
            foreach ((IpAddress first, IpAddress last) in ranges)
            {
                edges.Add((first, rule, true));
                if (Next(last) is { } after) edges.Add((after, rule, false));
            }
        }

        edges.Sort((left, right) => left.At.CompareTo(right.At));
        List<IpAddress> starts = [];
        List<int[]> rules = [];
        SortedSet<int> open = [];
        for (int at = 0; at < edges.Count;)
        {
            IpAddress here = edges[at].At;

            // A rule may end one range where it begins the next: all ends first.
            int end = at;
            while (end < edges.Count && edges[end].At == here) end++;
            for (int edge = at; edge < end; edge++) if (!edges[edge].Begins) open.Remove(edges[edge].Rule);
            for (int edge = at; edge < end; edge++) if (edges[edge].Begins) open.Add(edges[edge].Rule);
            starts.Add(here);
            rules.Add(open.Count == 0 ? [] : [.. open]);
            at = end;
        }

        return new AddressIndex([.. starts], [.. rules]);
    }

    /// <summary>Numbers of the rules that list the address.</summary>
    public int[] Find(IpAddress address)
    {
        int low = 0, high = _starts.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (_starts[middle] <= address) low = middle + 1;
            else high = middle - 1;
        }

        return high < 0 ? [] : _rules[high];
    }

    private static IpAddress? Next(IpAddress address)
    {
        if (address.Low != ulong.MaxValue) return new IpAddress(address.High, address.Low + 1);
        return address.High == ulong.MaxValue ? null : new IpAddress(address.High + 1, 0);
    }
}

/// <summary>
/// Rules tried once per flow and direction, found by the side on which they list fewer addresses: published sets hold
/// a thousand of them, each with a hundred addresses, and a flow meets none or one.
/// </summary>
internal sealed class AddressRules
{
    /// <summary>Sides that list more ranges than this are not cut up.</summary>
    private const int MaximumRanges = 20_000;

    private readonly int[] _always;
    private readonly AddressIndex _bySource, _byDestination;

    private AddressRules(int[] always, AddressIndex bySource, AddressIndex byDestination)
    {
        _always = always;
        _bySource = bySource;
        _byDestination = byDestination;
    }

    public static AddressRules None { get; } = Build([]);

    public static AddressRules Build(IEnumerable<Signature> signatures)
    {
        List<int> always = [];
        List<(int, IReadOnlyList<(IpAddress, IpAddress)>)> bySource = [], byDestination = [];
        foreach (Signature signature in signatures)
        {
            IReadOnlyList<(IpAddress First, IpAddress Last)> source = signature.Source.ToRanges(), destination = signature.Destination.ToRanges();
            double sources = Size(source), destinations = Size(destination);
            bool isBroad = Math.Min(sources, destinations) > uint.MaxValue || Math.Max(source.Count, destination.Count) > MaximumRanges;
            if (signature.Bidirectional || isBroad) always.Add(signature.Index);
            else if (sources <= destinations) bySource.Add((signature.Index, source));
            else byDestination.Add((signature.Index, destination));
        }

        return new AddressRules([.. always], AddressIndex.Build(bySource), AddressIndex.Build(byDestination));
    }

    public void AddTo(Candidates candidates, IpAddress source, IpAddress destination)
    {
        candidates.AddAll(_always);
        candidates.AddAll(_bySource.Find(source));
        candidates.AddAll(_byDestination.Find(destination));
    }

    private static double Size(IReadOnlyList<(IpAddress First, IpAddress Last)> ranges)
    {
        double size = 0;
        foreach ((IpAddress first, IpAddress last) in ranges) size += ((last.High - first.High) * Math.Pow(2, 64)) + ((double)last.Low - first.Low) + 1;
        return size;
    }
}
