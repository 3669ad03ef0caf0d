using System.Text;
using System.Text.Json;
using Sensor.Protocols.Fields;

namespace Sensor.Protocols.Pgsql;

/// <summary>What an event record says about a request and its answer (user guide, "Event type: PGSQL"). Passwords are never written.</summary>
internal static class PgsqlRecord
{
    public static bool Write(Utf8JsonWriter writer, PgsqlTransaction one)
    {
        writer.WriteStartObject("pgsql"u8);
        writer.WriteNumber("tx_id"u8, one.Id);
        writer.WriteStartObject("request"u8);
        Request(writer, one);
        writer.WriteEndObject();
        writer.WriteStartObject("response"u8);
        Response(writer, one);
        writer.WriteEndObject();
        writer.WriteEndObject();
        return true;
    }

    private static void Request(Utf8JsonWriter writer, PgsqlTransaction one)
    {
        if (one.TryFind((int)PgsqlField.Startup, 0, out Field startup)) Startup(writer, one, startup.Number);
        if (one.TryFind((int)PgsqlField.Query, 0, out Field query) && query.Number == 0) RecordText.Write(writer, "simple_query"u8, one.Text(query));
        if (one.Has((int)PgsqlField.Password)) writer.WriteBoolean("password_redacted"u8, true);
        Text(writer, one, "sasl_authentication_mechanism"u8, PgsqlField.SaslMechanism);
        Text(writer, one, "sasl_param"u8, PgsqlField.SaslParameter);
        Text(writer, one, "sasl_response"u8, PgsqlField.SaslResponse);
        Number(writer, one, "process_id"u8, PgsqlField.CancelProcess);
        Number(writer, one, "secret_key"u8, PgsqlField.CancelKey);
        if (one.CopyInMessages > 0)
        {
            writer.WriteStartObject("copy_data_in"u8);
            writer.WriteNumber("msg_count"u8, one.CopyInMessages);
            writer.WriteNumber("data_size"u8, one.CopyInBytes);
            writer.WriteEndObject();
        }

        Text(writer, one, "message"u8, PgsqlField.RequestWord);
    }

    private static void Startup(Utf8JsonWriter writer, PgsqlTransaction one, long version)
    {
        writer.WriteString("protocol_version"u8, version == PgsqlCode.Version3 ? "3.0"u8 : "3.2"u8);
        writer.WriteStartObject("startup_parameters"u8);
        ReadOnlySpan<Field> fields = one.Fields;
        for (int at = 0; at + 1 < fields.Length; at++)
        {
            if (fields[at].Kind == (ushort)PgsqlField.ParameterName && one.Text(fields[at]).SequenceEqual("user"u8)) RecordText.Write(writer, "user"u8, one.Text(fields[at + 1]));
        }

        Pairs(writer, one, "optional_parameters"u8, PgsqlField.ParameterName);
        writer.WriteEndObject();
    }

    private static void Response(Utf8JsonWriter writer, PgsqlTransaction one)
    {
        if (one.TryFind((int)PgsqlField.SslAccepted, 0, out Field accepted)) writer.WriteBoolean("ssl_accepted"u8, accepted.Number != 0);
        Text(writer, one, "authentication_md5_password"u8, PgsqlField.Md5Salt);
        Text(writer, one, "authentication_sasl_final"u8, PgsqlField.SaslFinal);
        bool hasError = Errors(writer, one);
        if (!hasError) Text(writer, one, "message"u8, PgsqlField.ResponseWord);
        Pairs(writer, one, "parameter_status"u8, PgsqlField.StatusName);
        Number(writer, one, "process_id"u8, PgsqlField.Process);
        Number(writer, one, "secret_key"u8, PgsqlField.SecretKey);
        Columns(writer, one, "copy_in_response"u8, PgsqlField.CopyInColumns);
        Columns(writer, one, "copy_out_response"u8, PgsqlField.CopyOutColumns);
        if (one.CopyOutRows > 0)
        {
            writer.WriteStartObject("copy_data_out"u8);
            writer.WriteNumber("row_count"u8, one.CopyOutRows);
            writer.WriteNumber("data_size"u8, one.CopyOutBytes);
            writer.WriteEndObject();
        }

        Number(writer, one, "field_count"u8, PgsqlField.FieldCount);
        if (one.Rows > 0)
        {
            writer.WriteNumber("data_rows"u8, one.Rows);
            writer.WriteNumber("data_size"u8, one.RowBytes);
        }

        Text(writer, one, "command_completed"u8, PgsqlField.CommandCompleted);
    }

    /// <summary>The first error or notice; a second one's fields have letters that were written already.</summary>
    private static bool Errors(Utf8JsonWriter writer, PgsqlTransaction one)
    {
        ulong written = 0;
        foreach (ref readonly Field field in one.Fields)
        {
            if (field.Kind != (ushort)PgsqlField.ErrorField) continue;
            ReadOnlySpan<byte> name = (char)field.Number switch
            {
                'S' => "severity_localizable"u8,
                'V' => "severity_non_localizable"u8,
                'C' => "code"u8,
                'M' => "message"u8,
                'F' => "file"u8,
                'L' => "line"u8,
                'R' => "routine"u8,
                _ => default,
            };
            ulong bit = 1UL << (int)(field.Number & 63);
            if (name.IsEmpty || (written & bit) != 0) continue;
            written |= bit;
            RecordText.Write(writer, name, one.Text(field));
        }

        return written != 0;
    }

    /// <summary>Names with their values, each an object of its own; names in the record's spelling (DateStyle is date_style).</summary>
    private static void Pairs(Utf8JsonWriter writer, PgsqlTransaction one, ReadOnlySpan<byte> property, PgsqlField kind)
    {
        ReadOnlySpan<Field> fields = one.Fields;
        bool begun = false;
        Span<byte> spelled = stackalloc byte[128];
        for (int at = 0; at + 1 < fields.Length; at++)
        {
            ReadOnlySpan<byte> name = one.Text(fields[at]);
            if (fields[at].Kind != (ushort)kind || fields[at + 1].Kind != (ushort)kind + 1 || name.Length > spelled.Length / 2) continue;
            if (kind == PgsqlField.ParameterName && name.SequenceEqual("user"u8)) continue;
            if (!Ascii.IsValid(name)) continue;
            if (!begun) writer.WriteStartArray(property);
            begun = true;
            writer.WriteStartObject();
            RecordText.Write(writer, kind == PgsqlField.StatusName ? (ReadOnlySpan<byte>)spelled[..Spell(name, spelled)] : name, one.Text(fields[at + 1]));
            writer.WriteEndObject();
        }

        if (begun) writer.WriteEndArray();
    }

    private static int Spell(ReadOnlySpan<byte> name, Span<byte> spelled)
    {
        int length = 0;
        for (int i = 0; i < name.Length; i++)
        {
            bool isUpper = char.IsAsciiLetterUpper((char)name[i]);
            if (isUpper && i > 0 && char.IsAsciiLetterLower((char)name[i - 1])) spelled[length++] = (byte)'_';
            spelled[length++] = isUpper ? (byte)(name[i] | 0x20) : name[i];
        }

        return length;
    }

    private static void Columns(Utf8JsonWriter writer, PgsqlTransaction one, ReadOnlySpan<byte> name, PgsqlField kind)
    {
        if (!one.TryFind((int)kind, 0, out Field field)) return;
        writer.WriteStartObject(name);
        writer.WriteNumber("columns"u8, field.Number);
        writer.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter writer, PgsqlTransaction one, ReadOnlySpan<byte> name, PgsqlField kind)
    {
        if (one.TryFind((int)kind, 0, out Field field)) RecordText.Write(writer, name, one.Text(field));
    }

    private static void Number(Utf8JsonWriter writer, PgsqlTransaction one, ReadOnlySpan<byte> name, PgsqlField kind)
    {
        if (one.TryFind((int)kind, 0, out Field field)) writer.WriteNumber(name, field.Number);
    }
}
