namespace Sensor.Detection.Patterns;

/// <summary>
/// The matcher without a native library: fallback where libhs is missing, part of <see cref="HyperscanMatcher"/> for
/// patterns that library is slow with, and oracle in tests. Single bytes, pairs and triples, and longer patterns are
/// searched apart, because the filter before an automaton is as good as its shortest pattern.
/// </summary>
public sealed class ManagedMatcher : IPatternMatcher
{
    /// <summary>Patterns from this length on share the second automaton.</summary>
    private const int Long = 4;

    private readonly AhoCorasick[] _automata;
    private readonly (byte Lower, byte Upper, int Number)[] _singles;

    public ManagedMatcher(IReadOnlyList<Pattern> patterns)
        : this([.. patterns.Select((pattern, number) => (number, pattern))], patterns.Count)
    {
    }

    internal ManagedMatcher(IReadOnlyList<(int Number, Pattern Pattern)> patterns, int count)
    {
        Count = count;
        if (patterns.Any(one => one.Pattern.Bytes.IsEmpty)) throw new ArgumentException("cannot build a pattern matcher: a pattern has no bytes");
        _singles = [.. patterns.Where(one => one.Pattern.Bytes.Length == 1).Select(one => Single(one.Number, one.Pattern))];
        List<AhoCorasick> automata = [];
        foreach (IGrouping<bool, (int, Pattern)> group in patterns.Where(one => one.Pattern.Bytes.Length > 1).GroupBy(one => one.Pattern.Bytes.Length >= Long))
        {
            automata.Add(new AhoCorasick(FoldedLiterals.Of(group)));
        }

        _automata = [.. automata];
    }

    public int Count { get; }

    public IPatternScratch CreateScratch() => new Scratch([.. _automata.Select(automaton => new ToldOnce(automaton.Slots, automaton.Literals))]);

    public void Scan(ReadOnlySpan<byte> data, IPatternScratch scratch, PatternHits hits)
    {
        foreach ((byte lower, byte upper, int number) in _singles)
        {
            if (lower == upper ? data.Contains(lower) : data.ContainsAny(lower, upper)) hits.Add(number);
        }

        ToldOnce[] told = ((Scratch)scratch).Told;
        for (int index = 0; index < _automata.Length; index++)
        {
            told[index].Begin();
            _automata[index].Scan(data, told[index], hits);
        }
    }

    public void Dispose()
    {
        // Nothing but managed memory.
    }

    private static (byte Lower, byte Upper, int Number) Single(int number, Pattern pattern)
    {
        byte value = pattern.Bytes.Span[0];
        return pattern.IgnoreCase && char.IsAsciiLetter((char)value) ? ((byte)(value | 0x20), (byte)(value & ~0x20), number) : (value, value, number);
    }

    private sealed class Scratch(ToldOnce[] told) : IPatternScratch
    {
        public ToldOnce[] Told { get; } = told;

        public void Dispose()
        {
            // Nothing but managed memory.
        }
    }
}
