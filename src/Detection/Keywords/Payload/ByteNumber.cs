using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Payload;

/// <summary>How byte_test, byte_jump, byte_extract and byte_math read a number from a buffer.</summary>
internal sealed class ByteNumber
{
    /// <summary>Most bytes of a binary number, and of one written as text.</summary>
    private const int MaximumBinary = 8, MaximumText = 23;

    /// <summary>How many bytes; 0 is allowed for byte_jump only and reads nothing.</summary>
    public Operand Length { get; set; }

    public Operand Offset { get; set; }

    public bool IsRelative { get; set; }

    public bool IsLittleEndian { get; set; }

    /// <summary>10, 16 or 8 for numbers written as text, 0 for binary ones.</summary>
    public int TextBase { get; set; }

    public ulong Mask { get; set; } = ulong.MaxValue;

    /// <summary>Reads one of the words all of these keywords share; false for other words.</summary>
    public bool TryWord(RuleBuilder rule, string keyword, string word)
    {
        switch (word)
        {
            case "relative": IsRelative = true; return true;
            case "little": IsLittleEndian = true; return true;
            case "big": IsLittleEndian = false; return true;
            case "string": TextBase = TextBase == 0 ? 10 : TextBase; return true;
            case "dec": TextBase = 10; return true;
            case "hex": TextBase = 16; return true;
            case "oct": TextBase = 8; return true;
            case "dce":
                // The byte order of DCERPC is that of its header; nearly always little, and only that is read here.
                IsLittleEndian = true;
                rule.RestrictProtocols(ProtocolWords.Numbers("dcerpc", rule.Environment.Buffers.Protocols));
                return true;
            default:
                if (!word.StartsWith("bitmask", StringComparison.Ordinal)) return false;
                Mask = RuleNumber.Parse(keyword, "0x" + word[7..].Trim().Replace("0x", "", StringComparison.OrdinalIgnoreCase), 1, uint.MaxValue);
                return true;
        }
    }

    public void Check(string keyword, int least)
    {
        if (Length.Variable != Operand.NoVariable) return;
        int most = TextBase == 0 ? MaximumBinary : MaximumText;
        if (TextBase != 0) least = 0;
        if (Length.Value < least || Length.Value > most) throw new RuleException($"cannot use {keyword} with {Length.Value} bytes: {least} to {most} can be read");
    }

    /// <summary>Reads the number; <paramref name="end"/> is the place after it.</summary>
    public bool TryRead(scoped ref ChainCursor cursor, out ulong value, out int end)
    {
        value = 0;
        end = 0;
        long length = Length.Resolve(cursor.Context);
        long start = Offset.Resolve(cursor.Context) + (IsRelative ? cursor.Position : 0);
        if (length < 0 || length > MaximumText || start < 0 || start + length > cursor.Data.Length) return false;

        // Text of length 0 is as long as its digits.
        if (length == 0 && TextBase != 0) length = Math.Min(MaximumText, cursor.Data.Length - start);
        ReadOnlySpan<byte> bytes = cursor.Data.Slice((int)start, (int)length);
        end = (int)(start + length);
        if (TextBase != 0) return TryReadText(bytes, out value) && Masked(ref value);
        if (length > MaximumBinary) return false;
        for (int at = 0; at < bytes.Length; at++) value = (value << 8) | bytes[IsLittleEndian ? bytes.Length - 1 - at : at];
        return Masked(ref value);
    }

    /// <summary>A masked number is shifted down to the mask's lowest bit (user guide, byte_test, bitmask).</summary>
    private bool Masked(ref ulong value)
    {
        if (Mask != ulong.MaxValue) value = (value & Mask) >> System.Numerics.BitOperations.TrailingZeroCount(Mask);
        return true;
    }

    private bool TryReadText(ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        bytes = bytes.TrimStart(" \t\r\n"u8);
        bool negative = bytes.StartsWith("-"u8);
        if (negative || bytes.StartsWith("+"u8)) bytes = bytes[1..];
        if (TextBase == 16 && (bytes.StartsWith("0x"u8) || bytes.StartsWith("0X"u8))) bytes = bytes[2..];
        int digits = 0;
        foreach (byte character in bytes)
        {
            int digit = Digit(character);
            if (digit >= TextBase) break;
            if (value > (ulong.MaxValue - (ulong)digit) / (ulong)TextBase) return false;
            value = (value * (ulong)TextBase) + (ulong)digit;
            digits++;
        }

        if (negative) value = unchecked((ulong)-(long)value);
        return digits > 0;
    }

    private static int Digit(byte character) => character switch
    {
        >= (byte)'0' and <= (byte)'9' => character - '0',
        >= (byte)'a' and <= (byte)'f' => character - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => character - 'A' + 10,
        _ => int.MaxValue,
    };
}
