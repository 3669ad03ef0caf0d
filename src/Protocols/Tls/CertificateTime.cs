namespace Sensor.Protocols.Tls;

/// <summary>Reads the two time forms of certificates (RFC 5280 section 4.1.2.5) as seconds since 1970-01-01 UTC.</summary>
internal static class CertificateTime
{
    public static bool TryRead(byte tag, ReadOnlySpan<byte> text, out long seconds)
    {
        seconds = 0;
        int year;
        int at;
        switch (tag)
        {
            case DerTag.UtcTime when Digits(text, 0, 2, out year):
                year += year >= 50 ? 1900 : 2000;
                at = 2;
                break;
            case DerTag.GeneralizedTime when Digits(text, 0, 4, out year) && year > 0:
                at = 4;
                break;
            default:
                return false;
        }

        if (!Digits(text, at, 2, out int month) || !Digits(text, at + 2, 2, out int day) || !Digits(text, at + 4, 2, out int hour) || !Digits(text, at + 6, 2, out int minute)) return false;
        at += 8;
        int second = 0;
        if (Digits(text, at, 2, out int given))
        {
            second = given;
            at += 2;
        }

        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60) return false;
        at = SkipFraction(text, at);
        if (!TryReadZone(text[at..], out int offset)) return false;
        seconds = ((new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond)
            + (hour * 3600) + (minute * 60) + second - offset;
        return true;
    }

    private static int SkipFraction(ReadOnlySpan<byte> text, int at)
    {
        if (at >= text.Length || text[at] != '.') return at;
        at++;
        while (at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9') at++;
        return at;
    }

    private static bool TryReadZone(ReadOnlySpan<byte> text, out int offsetSeconds)
    {
        offsetSeconds = 0;
        if (text.IsEmpty || (text.Length == 1 && text[0] == 'Z')) return true;
        if (text.Length != 5 || text[0] is not ((byte)'+' or (byte)'-') || !Digits(text, 1, 2, out int hours) || !Digits(text, 3, 2, out int minutes)) return false;
        offsetSeconds = ((hours * 60) + minutes) * 60 * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> text, int start, int count, out int number)
    {
        number = 0;
        if (start + count > text.Length) return false;
        foreach (byte one in text.Slice(start, count))
        {
            if (one is < (byte)'0' or > (byte)'9') return false;
            number = (number * 10) + one - '0';
        }

        return true;
    }
}
