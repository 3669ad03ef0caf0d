using System.Globalization;

namespace Sensor.Wire;

/// <summary>The <c>grpc-timeout</c> header: at most eight digits and a unit (PROTOCOL-HTTP2, "Timeout").</summary>
public static class GrpcTimeout
{
    private const long MostDigits = 99_999_999;
    private const int MaximumDigits = 8;

    /// <summary>Units in ascending order with their length in ticks (100 ns).</summary>
    private static readonly (char Unit, long Ticks)[] Units =
    [
        ('u', TimeSpan.TicksPerMicrosecond),
        ('m', TimeSpan.TicksPerMillisecond),
        ('S', TimeSpan.TicksPerSecond),
        ('M', TimeSpan.TicksPerMinute),
        ('H', TimeSpan.TicksPerHour),
    ];

    /// <summary>The header's text in the finest unit that fits, rounded up so that a timeout never becomes shorter.</summary>
    public static string Format(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero) return "0m";
        foreach ((char unit, long ticks) in Units)
        {
            long amount = ((timeout.Ticks - 1) / ticks) + 1;
            if (amount <= MostDigits) return amount.ToString(CultureInfo.InvariantCulture) + unit;
        }

        return MostDigits.ToString(CultureInfo.InvariantCulture) + "H";
    }

    public static bool TryParse(string? text, out TimeSpan timeout)
    {
        timeout = default;
        if (text is null || text.Length < 2 || text.Length > MaximumDigits + 1) return false;
        if (!long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long amount)) return false;
        if (text[^1] == 'n')
        {
            timeout = new TimeSpan((amount + 99) / 100);
            return true;
        }

        foreach ((char unit, long ticks) in Units)
        {
            if (unit != text[^1]) continue;
            timeout = amount > TimeSpan.MaxValue.Ticks / ticks ? TimeSpan.MaxValue : new TimeSpan(amount * ticks);
            return true;
        }

        return false;
    }
}
