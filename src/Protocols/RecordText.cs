using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Sensor.Protocols;

/// <summary>
/// Writes bytes from the wire into event records. Valid UTF-8 goes in as it is; otherwise every byte above 0x7f is
/// spelled <c>\xhh</c>, as the reference engine's records do, so that nothing is lost and nothing throws.
/// </summary>
public static class RecordText
{
    private const int StepBytes = 256;

    private static ReadOnlySpan<byte> Hex => "0123456789abcdef"u8;

    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        writer.WritePropertyName(name);
        WriteValue(writer, value);
    }

    public static void WriteValue(Utf8JsonWriter writer, ReadOnlySpan<byte> value)
    {
        if (Utf8.IsValid(value))
        {
            writer.WriteStringValue(value);
            return;
        }

        Span<byte> escaped = stackalloc byte[4 * StepBytes];
        do
        {
            ReadOnlySpan<byte> step = value[..Math.Min(StepBytes, value.Length)];
            value = value[step.Length..];
            writer.WriteStringValueSegment(escaped[..Escape(step, escaped)], value.IsEmpty);
        }
        while (!value.IsEmpty);
    }

    /// <summary>Writes lower-case hexadecimal digits, with a separator between bytes when one is given.</summary>
    public static void WriteHex(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, byte separator = 0)
    {
        writer.WritePropertyName(name);
        Span<byte> digits = stackalloc byte[3 * StepBytes];
        bool first = true;
        do
        {
            int length = 0;
            foreach (byte one in value[..Math.Min(StepBytes, value.Length)])
            {
                if (separator != 0 && !first) digits[length++] = separator;
                first = false;
                digits[length++] = Hex[one >> 4];
                digits[length++] = Hex[one & 15];
            }

            value = value[Math.Min(StepBytes, value.Length)..];
            writer.WriteStringValueSegment(digits[..length], value.IsEmpty);
        }
        while (!value.IsEmpty);
    }

    /// <summary>Writes a number without leading zeros, in base 16.</summary>
    public static void WriteHexNumber(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ushort value)
    {
        Span<byte> digits = stackalloc byte[4];
        Utf8Formatter.TryFormat(value, digits, out int written, new System.Buffers.StandardFormat('x'));
        writer.WriteString(name, digits[..written]);
    }

    private static int Escape(ReadOnlySpan<byte> bytes, Span<byte> into)
    {
        int length = 0;
        foreach (byte one in bytes)
        {
            if (one < 0x80)
            {
                into[length++] = one;
                continue;
            }

            into[length++] = (byte)'\\';
            into[length++] = (byte)'x';
            into[length++] = Hex[one >> 4];
            into[length++] = Hex[one & 15];
        }

        return length;
    }
}
