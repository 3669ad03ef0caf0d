namespace Sensor.Detection.Patterns;

/// <summary>
/// How often bytes occur in traffic, roughly: text protocols, English letters, zero padding. Used to choose where in
/// a pattern to look first; a wrong guess costs time, never a match.
/// </summary>
internal static class ByteRarity
{
    /// <summary>Bytes from the most common on; those not named are rarer than all of them.</summary>
    private static ReadOnlySpan<byte> CommonFirst =>
        "\0 etaoinsrhldcumpfgwybv0\n\r12/.:-=\"3,;45689_7kxjzq>)('<&%+"u8;

    private static readonly byte[] Rarity = Build();

    /// <summary>Two different positions whose bytes are rarest, rarest first; the same twice in a pattern of one byte.</summary>
    /// <param name="folded">Letters in lower case.</param>
    public static (int Rarest, int Next) RarestTwo(ReadOnlySpan<byte> folded)
    {
        int rarest = 0, next = folded.Length > 1 ? 1 : 0;
        if (folded.Length > 1 && Rarity[folded[1]] > Rarity[folded[0]]) (rarest, next) = (1, 0);
        for (int index = 2; index < folded.Length; index++)
        {
            byte rarity = Rarity[folded[index]];
            if (rarity > Rarity[folded[rarest]]) (rarest, next) = (index, rarest);
            else if (rarity > Rarity[folded[next]]) next = index;
        }

        return (rarest, next);
    }

    /// <summary>0 for the most common byte, up to 255.</summary>
    public static byte Of(byte value) => Rarity[value];

    private static byte[] Build()
    {
        byte[] rarity = new byte[256];
        Array.Fill(rarity, byte.MaxValue);
        for (int rank = 0; rank < CommonFirst.Length; rank++)
        {
            byte value = CommonFirst[rank];
            rarity[value] = (byte)(rank * 3);
            if (char.IsAsciiLetterLower((char)value)) rarity[value - 0x20] = (byte)(rank * 3);
        }

        rarity[0xFF] = 20;
        return rarity;
    }
}
