namespace Sensor.Cloud;

/// <summary>
/// Pauses between tries: 1 s, then half as long again each time up to 60 s, each shortened or lengthened by up to a
/// fifth at random, so that a thousand boxes do not come back to a restarted portal in the same second.
/// </summary>
public sealed class Backoff(Random random)
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private const double Growth = 1.5;
    private const double Jitter = 0.2;

    private double _seconds = First.TotalSeconds;

    /// <summary>The next pause.</summary>
    public TimeSpan Next()
    {
        double seconds = _seconds * (1 - Jitter + (2 * Jitter * random.NextDouble()));
        _seconds = Math.Min(_seconds * Growth, Longest.TotalSeconds);
        return TimeSpan.FromSeconds(seconds);
    }

    /// <summary>After a success the next pause is the first again.</summary>
    public void Reset() => _seconds = First.TotalSeconds;
}
