using System.Globalization;
using System.Text;

namespace Sensor.Wire;

/// <summary>
/// The <c>grpc-message</c> trailer: UTF-8, where everything outside printable ASCII and the percent sign itself is
/// percent-encoded (PROTOCOL-HTTP2, "Percent-Encoded"). Decoding never fails: a broken escape stays as it is.
/// </summary>
public static class GrpcMessageText
{
    public static string Encode(string message)
    {
        StringBuilder text = new(message.Length);
        foreach (byte value in Encoding.UTF8.GetBytes(message))
        {
            if (value is >= 0x20 and <= 0x7E and not (byte)'%') text.Append((char)value);
            else text.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    public static string Decode(string? encoded)
    {
        if (string.IsNullOrEmpty(encoded) || !encoded.Contains('%', StringComparison.Ordinal)) return encoded ?? "";
        byte[] bytes = Encoding.UTF8.GetBytes(encoded);
        int written = 0;
        for (int read = 0; read < bytes.Length; written++)
        {
            bool escape = bytes[read] == '%' && read + 2 < bytes.Length
                && char.IsAsciiHexDigit((char)bytes[read + 1]) && char.IsAsciiHexDigit((char)bytes[read + 2]);
            if (escape)
            {
                bytes[written] = (byte)((HexDigit(bytes[read + 1]) << 4) | HexDigit(bytes[read + 2]));
                read += 3;
            }
            else
            {
                bytes[written] = bytes[read++];
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, written);
    }

    private static int HexDigit(byte digit) => digit <= '9' ? digit - '0' : (digit & 0xDF) - 'A' + 10;
}
