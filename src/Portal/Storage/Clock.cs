namespace Sensor.Portal.Storage;

/// <summary>The unit of all stored times.</summary>
internal static class Clock
{
    public const long NanosecondsPerSecond = 1_000_000_000;

    public static long NowNs(this TimeProvider time) => (time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * 100;

    public static DateTimeOffset FromNs(long nanoseconds) => new(DateTime.UnixEpoch.Ticks + (nanoseconds / 100), TimeSpan.Zero);
}
