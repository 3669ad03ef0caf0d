namespace Sensor.Alerts.Eve;

/// <summary>MAC addresses: 48 bits in a number, six pairs of hexadecimal digits as text.</summary>
internal static class MacText
{
    private static ReadOnlySpan<byte> Hex => "0123456789abcdef"u8;

    /// <summary>0 for anything but six bytes.</summary>
    public static ulong Read(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        if (bytes.Length != 6) return 0;
        foreach (byte one in bytes) value = (value << 8) | one;
        return value;
    }

    /// <summary>Writes 17 bytes.</summary>
    public static void Write(ulong mac, Span<byte> utf8)
    {
        for (int i = 0; i < 6; i++)
        {
            int one = (int)(mac >> (40 - (8 * i))) & 0xFF;
            utf8[3 * i] = Hex[one >> 4];
            utf8[(3 * i) + 1] = Hex[one & 15];
            if (i < 5) utf8[(3 * i) + 2] = (byte)':';
        }
    }
}
