using Sensor.Primitives;

namespace Sensor.Alerts.Eve;

/// <summary>Times as EVE writes them: <c>2026-01-31T23:59:59.123456+0000</c>.</summary>
internal static class EveTime
{
    public const int Length = 31;

    public static void Write(PacketTime time, Span<byte> utf8)
    {
        long ticks = Math.Clamp(DateTime.UnixEpoch.Ticks + (time.Nanoseconds / 100), 0, DateTime.MaxValue.Ticks);
        var moment = new DateTime(ticks, DateTimeKind.Utc);
        Digits(utf8, moment.Year, 4);
        utf8[4] = utf8[7] = (byte)'-';
        Digits(utf8[5..], moment.Month, 2);
        Digits(utf8[8..], moment.Day, 2);
        utf8[10] = (byte)'T';
        Digits(utf8[11..], moment.Hour, 2);
        utf8[13] = utf8[16] = (byte)':';
        Digits(utf8[14..], moment.Minute, 2);
        Digits(utf8[17..], moment.Second, 2);
        utf8[19] = (byte)'.';
        Digits(utf8[20..], (int)(ticks % TimeSpan.TicksPerSecond / 10), 6);
        "+0000"u8.CopyTo(utf8[26..]);
    }

    private static void Digits(Span<byte> to, int value, int count)
    {
        for (int i = count - 1; i >= 0; i--, value /= 10) to[i] = (byte)('0' + (value % 10));
    }
}
