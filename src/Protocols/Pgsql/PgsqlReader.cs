using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Protocols.Pgsql;

/// <summary>Reads messages into fields (PostgreSQL manual, "Message Formats").</summary>
internal static class PgsqlReader
{
    public static bool IsRequest(byte type) => "pQXdcfPBEDSCHF"u8.Contains(type);

    /// <summary>Rows and copied data: only how much of it matters.</summary>
    public static bool IsCounted(byte type) => type is (byte)'d' or (byte)'D';

    public static bool Startup(ReadOnlySpan<byte> message, PgsqlTransaction one)
    {
        int code = BinaryPrimitives.ReadInt32BigEndian(message[4..]);
        ReadOnlySpan<byte> rest = message[8..];
        switch (code)
        {
            case PgsqlCode.Ssl or PgsqlCode.GssEncryption:
                one.AwaitsEncryptionAnswer = true;
                one.Add(PgsqlField.RequestWord, code == PgsqlCode.Ssl ? "SSL Request"u8 : "GSSENC Request"u8);
                return true;
            case PgsqlCode.Cancel:
                if (rest.Length < 8) return false;
                one.Add(PgsqlField.RequestWord, "cancel_request"u8);
                one.Add((int)PgsqlField.CancelProcess, BinaryPrimitives.ReadUInt32BigEndian(rest));
                one.Add((int)PgsqlField.CancelKey, BinaryPrimitives.ReadUInt32BigEndian(rest[4..]));
                return true;
            default:
                if (!PgsqlCode.IsStartup(code)) return false;
                one.Add((int)PgsqlField.Startup, code);
                while (TryText(ref rest, out ReadOnlySpan<byte> name) && !name.IsEmpty && TryText(ref rest, out ReadOnlySpan<byte> value))
                {
                    one.Add(PgsqlField.ParameterName, name);
                    one.Add(PgsqlField.ParameterValue, value);
                }

                return true;
        }
    }

    public static bool Request(byte type, ReadOnlySpan<byte> body, int length, PgsqlTransaction one)
    {
        switch ((char)type)
        {
            case 'Q':
                one.Add(PgsqlField.Query, Text(body));
                return true;
            case 'P': // an extended query: name of the statement, then its text
                if (TryText(ref body, out _)) one.Add(PgsqlField.Query, Text(body), 1);
                return true;
            case 'p':
                Password(body, one);
                return true;
            case 'X':
                one.Add(PgsqlField.RequestWord, "termination_message"u8);
                return length == 0;
            case 'd':
                one.IsCopyingIn = true;
                one.CopyInMessages++;
                one.CopyInBytes += length;
                return true;
            case 'c' or 'f':
                one.IsCopyingIn = false;
                one.Add(PgsqlField.RequestWord, type == 'c' ? "copy_done"u8 : "copy_fail"u8);
                return true;
            default:
                return true;
        }
    }

    /// <summary>A password, or a message of SASL, which a mechanism's name and a 32-bit length tell.</summary>
    private static void Password(ReadOnlySpan<byte> body, PgsqlTransaction one)
    {
        ReadOnlySpan<byte> rest = body;
        if (body.StartsWith("SCRAM-SHA-"u8) && TryText(ref rest, out ReadOnlySpan<byte> mechanism) && rest.Length >= 4)
        {
            one.Add(PgsqlField.SaslMechanism, mechanism);
            one.Add(PgsqlField.SaslParameter, rest[4..]);
        }
        else if (body.Length > 0 && body[^1] != 0)
        {
            one.Add(PgsqlField.SaslResponse, body);
        }
        else
        {
            one.Add(PgsqlField.Password, Text(body));
        }
    }

    /// <param name="isLast">The server has said all it will say to this request.</param>
    public static bool Response(byte type, ReadOnlySpan<byte> body, int length, PgsqlTransaction one, out bool isLast)
    {
        isLast = false;
        switch ((char)type)
        {
            case 'R': return Authentication(body, one, out isLast);
            case 'S':
                if (!TryText(ref body, out ReadOnlySpan<byte> name)) return false;
                one.Add(PgsqlField.StatusName, name);
                one.Add(PgsqlField.StatusValue, Text(body));
                return true;
            case 'K':
                if (body.Length < 8) return false;
                one.Add((int)PgsqlField.Process, BinaryPrimitives.ReadUInt32BigEndian(body));
                one.Add((int)PgsqlField.SecretKey, BinaryPrimitives.ReadUInt32BigEndian(body[4..]));
                return true;
            case 'Z':
                isLast = true;
                return length == 1;
            case 'T':
                if (body.Length < 2) return false;
                one.Add((int)PgsqlField.FieldCount, BinaryPrimitives.ReadUInt16BigEndian(body));
                return true;
            case 'D':
                if (body.Length < 2) return false;
                one.Rows++;
                one.RowBytes += Math.Max(0, length - 2 - (4 * BinaryPrimitives.ReadUInt16BigEndian(body)));
                return true;
            case 'C':
                one.Add(PgsqlField.CommandCompleted, Text(body));
                return true;
            case 'E' or 'N':
                Error(body, one);
                isLast = type == 'E' && one.Has((int)PgsqlField.Startup);
                return true;
            case 'G' or 'H' or 'W':
                if (body.Length < 3) return false;
                one.Add((int)(type == 'G' ? PgsqlField.CopyInColumns : PgsqlField.CopyOutColumns), BinaryPrimitives.ReadUInt16BigEndian(body[1..]));
                isLast = type == 'G'; // the data is a request of its own
                return true;
            case 'd':
                one.CopyOutRows++;
                one.CopyOutBytes += length;
                return true;
            default:
                return "AcI123nstVv"u8.Contains(type);
        }
    }

    private static bool Authentication(ReadOnlySpan<byte> body, PgsqlTransaction one, out bool isLast)
    {
        isLast = true;
        if (body.Length < 4) return false;
        ReadOnlySpan<byte> rest = body[4..];
        switch (BinaryPrimitives.ReadInt32BigEndian(body))
        {
            case 0:
                isLast = false; // parameters and the key follow, up to "ready"
                one.Add(PgsqlField.ResponseWord, "authentication_ok"u8);
                return true;
            case 3:
                one.Add(PgsqlField.ResponseWord, "authentication_cleartext_password"u8);
                return true;
            case 5:
                one.Add(PgsqlField.Md5Salt, rest);
                return rest.Length == 4;
            case 10:
                one.Add(PgsqlField.ResponseWord, "authentication_sasl"u8);
                return true;
            case 11:
                one.Add(PgsqlField.ResponseWord, "authentication_sasl_continue"u8);
                return true;
            case 12:
                isLast = false;
                one.Add(PgsqlField.SaslFinal, rest);
                return true;
            case 7:
                one.Add(PgsqlField.ResponseWord, "authentication_gss"u8);
                return true;
            case 9:
                one.Add(PgsqlField.ResponseWord, "authentication_sspi"u8);
                return true;
            default:
                return true;
        }
    }

    /// <summary>Letters with texts, up to a zero (manual, "Error and Notice Message Fields").</summary>
    private static void Error(ReadOnlySpan<byte> body, PgsqlTransaction one)
    {
        while (!body.IsEmpty && body[0] != 0)
        {
            byte letter = body[0];
            body = body[1..];
            if (!TryText(ref body, out ReadOnlySpan<byte> text)) return;
            one.Add(PgsqlField.ErrorField, text, letter);
        }
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return end < 0 ? bytes : bytes[..end];
    }

    private static bool TryText(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> text)
    {
        text = default;
        int end = bytes.IndexOf((byte)0);
        if (end < 0) return false;
        text = bytes[..end];
        bytes = bytes[(end + 1)..];
        return true;
    }
}
