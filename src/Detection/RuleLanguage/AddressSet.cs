using Sensor.Primitives;

namespace Sensor.Detection.RuleLanguage;

/// <summary>
/// Addresses a rule's header allows: sorted disjoint ranges over both families. Immutable; <see cref="Contains"/>
/// allocates nothing and takes a few compares, or a binary search where a list is long.
/// </summary>
public sealed class AddressSet
{
    /// <summary>Up to this many ranges are compared one by one, which beats a binary search.</summary>
    private const int FewRanges = 6;

    private static readonly (UInt128 First, UInt128 Last) Everything = (UInt128.MinValue, UInt128.MaxValue);

    // IPv4 apart: it is nearly all traffic, and 32-bit compares in a dense array are quicker than 128-bit ones.
    private readonly uint[] _firstIpv4 = [], _lastIpv4 = [];
    private readonly IpAddress[] _first = [], _last = [];
    private readonly (UInt128 First, UInt128 Last)[] _ranges = [Everything];

    private AddressSet()
    {
    }

    /// <param name="ranges">Sorted, disjoint, both ends included.</param>
    internal AddressSet((UInt128 First, UInt128 Last)[] ranges)
    {
        _ranges = ranges;
        IsAny = ranges.Length == 1 && ranges[0] == Everything;
        List<(UInt128 First, UInt128 Last)> ipv4 = Ranges.Intersect(ranges, AddressRange.Ipv4);
        List<(UInt128 First, UInt128 Last)> others = Ranges.Subtract(ranges, [AddressRange.Ipv4]);
        _firstIpv4 = [.. ipv4.Select(range => (uint)range.First)];
        _lastIpv4 = [.. ipv4.Select(range => (uint)range.Last)];
        _first = [.. others.Select(range => AddressRange.ToAddress(range.First))];
        _last = [.. others.Select(range => AddressRange.ToAddress(range.Last))];
    }

    public static AddressSet Any { get; } = new() { IsAny = true };

    public bool IsAny { get; init; }

    /// <summary>The ranges, sorted and disjoint, both ends included.</summary>
    public IReadOnlyList<(IpAddress First, IpAddress Last)> ToRanges() =>
        [.. _ranges.Select(range => (AddressRange.ToAddress(range.First), AddressRange.ToAddress(range.Last)))];

    public bool Contains(IpAddress address)
    {
        if (IsAny) return true;
        return address.IsIpv4 ? ContainsIpv4(address.Ipv4) : ContainsOther(address);
    }

    private bool ContainsIpv4(uint address)
    {
        uint[] first = _firstIpv4, last = _lastIpv4;
        if (first.Length > FewRanges)
        {
            int at = Array.BinarySearch(first, address);
            if (at >= 0) return true;
            at = ~at - 1;
            return at >= 0 && address <= last[at];
        }

        for (int at = 0; at < first.Length && at < last.Length; at++)
        {
            if (address >= first[at] && address <= last[at]) return true;
        }

        return false;
    }

    private bool ContainsOther(IpAddress address)
    {
        int low = 0, high = _first.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (address < _first[middle]) high = middle - 1;
            else if (address > _last[middle]) low = middle + 1;
            else return true;
        }

        return false;
    }

    public override string ToString() =>
        IsAny ? "any" : string.Join(',', ToRanges().Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}"));
}
