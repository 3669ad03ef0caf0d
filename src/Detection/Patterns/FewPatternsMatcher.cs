namespace Sensor.Detection.Patterns;

/// <summary>One vectorised search after the other: the quickest way for one or two patterns, with nothing to build.</summary>
public sealed class FewPatternsMatcher(IReadOnlyList<Pattern> patterns) : IPatternMatcher
{
    private readonly LiteralSearch[] _searches = [.. patterns.Select(SearchFor)];

    public int Count => _searches.Length;

    public IPatternScratch CreateScratch() => Scratch.None;

    public void Scan(ReadOnlySpan<byte> data, IPatternScratch scratch, PatternHits hits)
    {
        for (int number = 0; number < _searches.Length; number++)
        {
            if (_searches[number].Find(data) >= 0) hits.Add(number);
        }
    }

    public void Dispose()
    {
        // Nothing but managed memory.
    }

    private static LiteralSearch SearchFor(Pattern pattern) =>
        pattern.Bytes.IsEmpty
            ? throw new ArgumentException("cannot build a pattern matcher: a pattern has no bytes")
            : new LiteralSearch(pattern.Bytes.Span, pattern.IgnoreCase);

    private sealed class Scratch : IPatternScratch
    {
        public static Scratch None { get; } = new();

        public void Dispose()
        {
            // Nothing is kept between scans.
        }
    }
}
