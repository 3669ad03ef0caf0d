using Sensor.Primitives;

namespace Sensor.Protocols.Http2;

/// <summary>
/// The Huffman code of RFC 7541 appendix B. It is canonical (codes of one length follow one another in the order of their
/// symbols), so the symbols by length say everything.
/// </summary>
internal static class Huffman
{
    private const int Shortest = 5, Longest = 30, EndOfString = 256;

    private static readonly (int Length, int[] Symbols)[] s_byLength =
    [
        (5, [.. "012aceiost"]),
        (6, [.. " %-./3456789=A_bdfghlmnpru"]),
        (7, [.. ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"]),
        (8, [.. "&*,;XZ"]),
        (10, [.. "!\"()?"]),
        (11, [.. "'+|"]),
        (12, [.. "#>"]),
        (13, [0, .. "$@[]~"]),
        (14, [.. "^}"]),
        (15, [.. "<`{"]),
        (19, ['\\', 195, 208]),
        (20, [128, 130, 131, 162, 184, 194, 224, 226]),
        (21, [153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230]),
        (22, [129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198, 228, 232, 233]),
        (23, [1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174, 175, 180, 182, 183, 188, 191, 197, 231, 239]),
        (24, [9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237]),
        (25, [199, 207, 234, 235]),
        (26, [192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255]),
        (27, [203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254]),
        (28, [2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127, 220, 249]),
        (30, [10, 13, 22, EndOfString]),
    ];

    // By length: the first code, and the symbols in order.
    private static readonly uint[] s_firstCode = new uint[Longest + 1];
    private static readonly int[][] s_symbols = MakeTables();

    private static int[][] MakeTables()
    {
        int[][] symbols = new int[Longest + 1][];
        Array.Fill(symbols, []);
        foreach ((int length, int[] ofLength) in s_byLength) symbols[length] = ofLength;
        uint code = 0;
        for (int length = 1; length <= Longest; length++)
        {
            code <<= 1;
            s_firstCode[length] = code;
            code += (uint)symbols[length].Length;
        }

        return symbols;
    }

    /// <summary>Decodes into <paramref name="into"/>; false when the text is coded wrongly or does not fit.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> coded, Span<byte> into, out int length)
    {
        length = 0;
        ulong bits = 0;
        int have = 0, at = 0;
        while (true)
        {
            while (have <= 56 && at < coded.Length)
            {
                bits |= (ulong)coded[at++] << (56 - have);
                have += 8;
            }

            if (have < Shortest) break;
            int symbol = Next(bits, have, out int taken);
            if (symbol < 0) break; // padding, checked below
            if (symbol == EndOfString || length == into.Length) return false;
            into[length++] = (byte)symbol;
            bits <<= taken;
            have -= taken;
        }

        // Padding: the beginning of the end-of-string code, shorter than a byte (RFC 7541 section 5.2).
        return have < 8 && (have == 0 || bits >> (64 - have) == (1UL << have) - 1);
    }

    private static int Next(ulong bits, int have, out int taken)
    {
        for (taken = Shortest; taken <= Math.Min(have, Longest); taken++)
        {
            uint code = (uint)(bits >> (64 - taken)) - s_firstCode[taken];
            if (code < (uint)s_symbols[taken].Length) return s_symbols[taken][code];
        }

        return -1;
    }
}
