using System.Buffers.Binary;

namespace Sensor.Primitives;

/// <summary>IPv6 addresses as text, shortened as RFC 5952 section 4 asks.</summary>
internal static class Ipv6Text
{
    public static bool TryFormat(IpAddress address, Span<byte> utf8, out int written)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.WriteIpv6(bytes);
        Span<ushort> groups = stackalloc ushort[8];
        for (int i = 0; i < 8; i++) groups[i] = BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * i)..]);
        (int zeroStart, int zeroLength) = LongestZeroRun(groups);

        written = 0;
        for (int i = 0; i < 8; i++)
        {
            if (i == zeroStart)
            {
                if (utf8.Length - written < 2) return false;
                utf8[written++] = (byte)':';
                utf8[written++] = (byte)':';
                i += zeroLength - 1;
                continue;
            }

            if (i > 0 && utf8[written - 1] != (byte)':')
            {
                if (written >= utf8.Length) return false;
                utf8[written++] = (byte)':';
            }

            if (!groups[i].TryFormat(utf8[written..], out int digits, "x")) return false;
            written += digits;
        }

        return true;
    }

    public static bool TryFormatExpanded(IpAddress address, Span<byte> utf8, out int written)
    {
        written = 0;
        if (utf8.Length < 39) return false;
        Span<byte> bytes = stackalloc byte[16];
        address.WriteIpv6(bytes);
        for (int i = 0; i < 16; i++)
        {
            if (i > 0 && (i & 1) == 0) utf8[written++] = (byte)':';
            bytes[i].TryFormat(utf8[written..], out int digits, "x2");
            written += digits;
        }

        return true;
    }

    // RFC 5952 section 4.2: the longest run of at least two zero groups, the first of equals.
    private static (int Start, int Length) LongestZeroRun(ReadOnlySpan<ushort> groups)
    {
        int bestStart = -1, bestLength = 1, start = -1;
        for (int i = 0; i <= groups.Length; i++)
        {
            if (i < groups.Length && groups[i] == 0)
            {
                if (start < 0) start = i;
                continue;
            }

            if (start >= 0 && i - start > bestLength)
            {
                bestStart = start;
                bestLength = i - start;
            }

            start = -1;
        }

        return (bestStart, bestStart < 0 ? 0 : bestLength);
    }
}
