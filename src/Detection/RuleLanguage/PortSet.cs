namespace Sensor.Detection.RuleLanguage;

/// <summary>Ports a rule's header allows. Immutable; <see cref="Contains"/> is one bit test or a few compares.</summary>
public sealed class PortSet
{
    public const int Last = ushort.MaxValue;

    /// <summary>Up to this many ranges are compared one by one; more become a bitmap of 8 KiB.</summary>
    private const int FewRanges = 4;

    private readonly (ushort First, ushort Last)[] _ranges = [];
    private readonly ulong[]? _bits;

    private PortSet()
    {
    }

    /// <param name="ranges">Sorted, disjoint, both ends included.</param>
    internal PortSet((ushort First, ushort Last)[] ranges)
    {
        _ranges = ranges;
        IsAny = ranges is [(0, Last)];
        if (ranges.Length <= FewRanges) return;
        _bits = new ulong[(Last + 1) / 64];
        foreach ((ushort first, ushort last) in ranges)
        {
            for (int port = first; port <= last; port++) _bits[port >> 6] |= 1UL << (port & 63);
        }
    }

    public static PortSet Any { get; } = new() { IsAny = true };

    public bool IsAny { get; init; }

    /// <summary>The ranges, sorted and disjoint, both ends included; one range 0-65535 for "any".</summary>
    public IReadOnlyList<(ushort First, ushort Last)> Ranges => IsAny ? [(0, Last)] : _ranges;

    public bool Contains(ushort port)
    {
        if (IsAny) return true;
        if (_bits is not null) return (_bits[port >> 6] >> (port & 63) & 1) != 0;
        foreach ((ushort first, ushort last) in _ranges)
        {
            if (port >= first && port <= last) return true;
        }

        return false;
    }

    public override string ToString() =>
        IsAny ? "any" : string.Join(',', _ranges.Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First}:{range.Last}"));
}
