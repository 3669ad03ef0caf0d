namespace Sensor.Detection.Patterns;

/// <summary>A literal to look for among many.</summary>
/// <param name="Bytes">What to find; with <paramref name="IgnoreCase"/> ASCII letters match in either case.</param>
public readonly record struct Pattern(ReadOnlyMemory<byte> Bytes, bool IgnoreCase);

/// <summary>
/// Which of many literals occur in a piece of data, each told at most once a scan, in any order. Immutable after
/// building and safe to share between workers; the scratch belongs to one worker. 0 bytes allocated per scan.
/// </summary>
public interface IPatternMatcher : IDisposable
{
    int Count { get; }

    IPatternScratch CreateScratch();

    /// <summary>Appends the numbers (index in the list it was built from) of patterns found to <paramref name="hits"/>.</summary>
    void Scan(ReadOnlySpan<byte> data, IPatternScratch scratch, PatternHits hits);
}

/// <summary>A worker's working memory for one matcher.</summary>
public interface IPatternScratch : IDisposable;

/// <summary>Numbers of found patterns; reused, cleared by its owner.</summary>
public sealed class PatternHits
{
    private int[] _numbers = new int[1024];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Numbers => _numbers.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(int number)
    {
        if (Count == _numbers.Length) Array.Resize(ref _numbers, Count * 2);
        _numbers[Count++] = number;
    }

    public void Add(ReadOnlySpan<int> numbers)
    {
        if (_numbers.Length - Count < numbers.Length) Array.Resize(ref _numbers, Math.Max(_numbers.Length * 2, Count + numbers.Length));
        numbers.CopyTo(_numbers.AsSpan(Count));
        Count += numbers.Length;
    }
}
