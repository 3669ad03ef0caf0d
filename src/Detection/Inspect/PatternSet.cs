using Sensor.Detection.Patterns;

namespace Sensor.Detection.Inspect;

/// <summary>The prefilter of one kind of data: its patterns, and the rules that each of them makes worth trying. Immutable and shared.</summary>
internal sealed class PatternSet(int number, IPatternMatcher matcher, int[][] signatures)
{
    /// <summary>Place of this set's scratch in <see cref="Candidates"/>.</summary>
    public int Number { get; } = number;

    public IPatternMatcher Matcher { get; } = matcher;

    /// <summary>Length of the longest pattern, in bytes: how far a new look must reach back.</summary>
    public int Longest { get; init; }

    /// <summary>What it looks for, by pattern number.</summary>
    public required IReadOnlyList<Pattern> Patterns { get; init; }

    /// <summary>Rules by pattern number.</summary>
    public int[][] Signatures { get; } = signatures;
}

/// <summary>
/// Rules worth trying on the data at hand, each once, in order of rank. One per worker and rule set; a stamp per rule
/// keeps it free of duplicates without clearing anything.
/// </summary>
internal sealed class Candidates : IDisposable
{
    private readonly int[] _stamps;
    private readonly IPatternScratch?[] _scratch;
    private readonly PatternHits _hits = new();
    private readonly DetectionCounters _counters;
    private int[] _numbers = new int[256];
    private int _count;
    private int _stamp = 1;

    public Candidates(int signatures, IReadOnlyList<PatternSet> sets, DetectionCounters counters)
    {
        _stamps = new int[signatures];
        _scratch = [.. sets.Select(set => set.Matcher.CreateScratch())];
        _counters = counters;
    }

    public Span<int> Numbers => _numbers.AsSpan(0, _count);

    public void Clear()
    {
        _count = 0;
        if (++_stamp != int.MaxValue) return;
        Array.Clear(_stamps);
        _stamp = 1;
    }

    public void Add(int signature)
    {
        if (_stamps[signature] == _stamp) return;
        _stamps[signature] = _stamp;
        if (_count == _numbers.Length) Array.Resize(ref _numbers, _count * 2);
        _numbers[_count++] = signature;
    }

    public void AddAll(int[] signatures)
    {
        foreach (int signature in signatures) Add(signature);
    }

    /// <summary>Adds the rules whose pattern occurs in the data.</summary>
    public void AddFound(PatternSet? set, ReadOnlySpan<byte> data)
    {
        if (set is null || data.IsEmpty) return;
        _hits.Clear();
        set.Matcher.Scan(data, _scratch[set.Number]!, _hits);
        _counters.PrefilterHits += _hits.Count;
        foreach (int pattern in _hits.Numbers) AddAll(set.Signatures[pattern]);
    }

    public void Sort() => Numbers.Sort();

    public void Dispose()
    {
        foreach (IPatternScratch? scratch in _scratch) scratch?.Dispose();
    }
}
