using Sensor.Primitives;

namespace Sensor.Reputation;

/// <summary>
/// Networks of both families mapped to numbers. Nested networks are flattened at build time into ranges that do not
/// overlap, each with the number of its most specific network, so a look-up is one binary search.
/// </summary>
public sealed class AddressTable
{
    private readonly IpAddress[] _starts;
    private readonly IpAddress[] _ends;
    private readonly int[] _values;

    private AddressTable(IpAddress[] starts, IpAddress[] ends, int[] values)
    {
        _starts = starts;
        _ends = ends;
        _values = values;
    }

    public static AddressTable Empty { get; } = Build([]);

    public int RangeCount => _starts.Length;

    /// <param name="networks">Prefix lengths count from the 128-bit form: an IPv4 /24 is 120.</param>
    public static AddressTable Build(IEnumerable<(IpAddress Network, int PrefixLength, int Value)> networks)
    {
        // Outer networks before inner ones; the stack holds the networks that are open at the current point.
        var sorted = networks
            .Select(network => (Start: network.Network.Prefix(network.PrefixLength), End: LastAddress(network.Network, network.PrefixLength), network.Value))
            .OrderBy(range => range.Start).ThenByDescending(range => range.End).ToList();
        var ranges = new List<(IpAddress Start, IpAddress End, int Value)>(sorted.Count);
        var open = new Stack<(IpAddress End, int Value)>();
        IpAddress next = default;

        foreach ((IpAddress start, IpAddress end, int value) in sorted)
        {
            while (open.Count > 0 && open.Peek().End < start) Close();
            if (open.Count > 0 && next < start) ranges.Add((next, Before(start), open.Peek().Value));
            open.Push((end, value));
            next = start;
        }

        while (open.Count > 0) Close();
        return new AddressTable([.. ranges.Select(r => r.Start)], [.. ranges.Select(r => r.End)], [.. ranges.Select(r => r.Value)]);

        void Close()
        {
            (IpAddress end, int value) = open.Pop();
            if (next > end) return;
            ranges.Add((next, end, value));
            if (end != Last) next = After(end);
            else open.Clear();
        }
    }

    public bool TryFind(IpAddress address, out int value)
    {
        int low = 0, high = _starts.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (_starts[middle] > address) high = middle - 1;
            else low = middle + 1;
        }

        if (high >= 0 && address <= _ends[high])
        {
            value = _values[high];
            return true;
        }

        value = -1;
        return false;
    }

    private static IpAddress Last => new(ulong.MaxValue, ulong.MaxValue);

    private static IpAddress LastAddress(IpAddress network, int prefixLength)
    {
        IpAddress start = network.Prefix(prefixLength);
        ulong high = prefixLength >= 64 ? 0 : ulong.MaxValue >> prefixLength;
        ulong low = prefixLength >= 128 ? 0 : prefixLength <= 64 ? ulong.MaxValue : ulong.MaxValue >> (prefixLength - 64);
        return new IpAddress(start.High | high, start.Low | low);
    }

    private static IpAddress After(IpAddress address) => address.Low == ulong.MaxValue ? new(address.High + 1, 0) : new(address.High, address.Low + 1);

    private static IpAddress Before(IpAddress address) => address.Low == 0 ? new(address.High - 1, ulong.MaxValue) : new(address.High, address.Low - 1);
}
