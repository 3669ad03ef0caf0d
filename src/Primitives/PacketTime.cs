using System.Globalization;

namespace Sensor.Primitives;

/// <summary>
/// The moment a frame was captured: nanoseconds since 1970-01-01 UTC. It is the only clock of the
/// packet path, so that a replay and a live run behave alike and tests need no sleeping.
/// </summary>
public readonly record struct PacketTime(long Nanoseconds) : IComparable<PacketTime>
{
    public const long NanosecondsPerSecond = 1_000_000_000;

    public long Seconds => Nanoseconds / NanosecondsPerSecond;

    /// <summary>Microseconds within the second, 0 to 999 999.</summary>
    public int Microseconds => (int)(Nanoseconds % NanosecondsPerSecond / 1000);

    public static PacketTime FromUnix(long seconds, long nanoseconds) => new((seconds * NanosecondsPerSecond) + nanoseconds);

    public static PacketTime FromDateTimeOffset(DateTimeOffset moment) => new((moment.UtcTicks - DateTime.UnixEpoch.Ticks) * 100);

    public DateTimeOffset ToDateTimeOffset() => new(DateTime.UnixEpoch.Ticks + (Nanoseconds / 100), TimeSpan.Zero);

    public static TimeSpan operator -(PacketTime later, PacketTime earlier) => new((later.Nanoseconds - earlier.Nanoseconds) / 100);

    public static PacketTime operator +(PacketTime time, TimeSpan span) => new(time.Nanoseconds + (span.Ticks * 100));

    public static bool operator <(PacketTime left, PacketTime right) => left.Nanoseconds < right.Nanoseconds;

    public static bool operator >(PacketTime left, PacketTime right) => left.Nanoseconds > right.Nanoseconds;

    public static bool operator <=(PacketTime left, PacketTime right) => left.Nanoseconds <= right.Nanoseconds;

    public static bool operator >=(PacketTime left, PacketTime right) => left.Nanoseconds >= right.Nanoseconds;

    public static TimeSpan Subtract(PacketTime later, PacketTime earlier) => later - earlier;

    public static PacketTime Add(PacketTime time, TimeSpan span) => time + span;

    public int CompareTo(PacketTime other) => Nanoseconds.CompareTo(other.Nanoseconds);

    public override string ToString() => ToDateTimeOffset().ToString("yyyy-MM-ddTHH:mm:ss.ffffff+0000", CultureInfo.InvariantCulture);
}
