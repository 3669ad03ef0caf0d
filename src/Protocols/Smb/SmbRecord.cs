using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Json;
using Sensor.Primitives;
using Sensor.Protocols.Dcerpc;

namespace Sensor.Protocols.Smb;

/// <summary>What an event record says about a transaction (user guide, "Event type: SMB").</summary>
internal static class SmbRecord
{
    public static bool Write(Utf8JsonWriter writer, SmbTransaction one)
    {
        Span<byte> text = stackalloc byte[24];
        writer.WriteStartObject("smb"u8);
        writer.WriteNumber("id"u8, one.Id + 1);
        Dialect(writer, one);
        string? command = one.Version == 1 ? Smb1Command.Name(one.Command) : Smb2Command.Name(one.Command);
        if (command is not null) writer.WriteString("command"u8, command);
        else writer.WriteString("command"u8, Hex(text, "0x"u8, (uint)one.Command, 2));
        Status(writer, one);
        writer.WriteNumber("session_id"u8, one.SessionId);
        writer.WriteNumber("tree_id"u8, one.TreeId);
        switch (one.Kind)
        {
            case SmbKind.Negotiate: Negotiation(writer, one); break;
            case SmbKind.SessionSetup: SessionSetup(writer, one); break;
            case SmbKind.TreeConnect: Tree(writer, one); break;
            case SmbKind.Create: Create(writer, one); break;
            case SmbKind.File: File(writer, one); break;
            case SmbKind.Rename: Rename(writer, one); break;
            case SmbKind.SetInfo: SetInfo(writer, one); break;
            case SmbKind.Ioctl: Function(writer, one); break;
            case SmbKind.Call when one.Exchange is { } exchange: Call(writer, exchange); break;
        }

        writer.WriteEndObject();
        return true;
    }

    /// <summary>A number in digits of base 16, at least so many, behind a prefix.</summary>
    private static ReadOnlySpan<byte> Hex(Span<byte> into, ReadOnlySpan<byte> prefix, uint number, byte digits)
    {
        prefix.CopyTo(into);
        Utf8Formatter.TryFormat(number, into[prefix.Length..], out int written, new StandardFormat('x', digits));
        return into[..(prefix.Length + written)];
    }

    private static void Dialect(Utf8JsonWriter writer, SmbTransaction one)
    {
        if (one.Dialect != 0) DialectName(writer, "dialect"u8, one.Dialect);
        else if (one.DialectName.Length > 0) RecordText.Write(writer, "dialect"u8, one.Bytes(one.DialectName));
        else writer.WriteString("dialect"u8, "unknown"u8);
    }

    private static void DialectName(Utf8JsonWriter writer, ReadOnlySpan<byte> name, int dialect)
    {
        if (SmbWords.Dialect(dialect) is { } known) writer.WriteString(name, known);
        else writer.WriteString(name, Hex(stackalloc byte[24], "0x"u8, (uint)dialect, 4));
    }

    private static void Status(Utf8JsonWriter writer, SmbTransaction one)
    {
        Span<byte> text = stackalloc byte[24];
        if (one.StatusForm == SmbStatusForm.Nt)
        {
            if (SmbStatus.Name(one.Status) is { } name) writer.WriteString("status"u8, name);
            else writer.WriteString("status"u8, Hex(text, "UNKNOWN_"u8, one.Status, 8));
            writer.WriteString("status_code"u8, Hex(text, "0x"u8, one.Status, 1));
        }
        else if (one.StatusForm == SmbStatusForm.Dos)
        {
            int errorClass = (int)(one.Status >> 16), code = (int)(one.Status & 0xffff);
            if (SmbStatus.DosName(errorClass, code) is { } name) writer.WriteString("status"u8, name);
            else writer.WriteString("status"u8, Hex(text, "UNKNOWN_"u8, one.Status, 8));
            writer.WriteString("status_code"u8, Hex(text, "0x"u8, (uint)code, 4));
        }
    }

    private static void Negotiation(Utf8JsonWriter writer, SmbTransaction one)
    {
        Span<byte> text = stackalloc byte[24];
        writer.WriteStartArray("client_dialects"u8);
        ReadOnlySpan<byte> rest = one.Bytes(one.Dialects);
        while (one.Version == 1 && !rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)0);
            RecordText.WriteValue(writer, end < 0 ? rest : rest[..end]);
            rest = end < 0 ? default : rest[(end + 1)..];
        }

        for (; one.Version == 2 && rest.Length >= 2; rest = rest[2..])
        {
            int dialect = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            if (SmbWords.Dialect(dialect) is { } known) writer.WriteStringValue(known);
            else writer.WriteStringValue(Hex(text, "0x"u8, (uint)dialect, 4));
        }

        writer.WriteEndArray();
        if (one.HasClientGuid) Guid(writer, "client_guid"u8, one.ClientGuid);
        if (one.HasServerGuid) Guid(writer, "server_guid"u8, one.ServerGuid);
        if (one.MaximumRead > 0) writer.WriteNumber("max_read_size"u8, one.MaximumRead);
        if (one.MaximumWrite > 0) writer.WriteNumber("max_write_size"u8, one.MaximumWrite);
    }

    private static void SessionSetup(Utf8JsonWriter writer, SmbTransaction one)
    {
        if (one.HasKerberos)
        {
            writer.WriteStartObject("kerberos"u8);
            RecordText.Write(writer, "realm"u8, one.Bytes(one.KerberosRealm));
            writer.WriteStartArray("snames"u8);
            for (ReadOnlySpan<byte> rest = one.Bytes(one.KerberosNames); !rest.IsEmpty;)
            {
                int end = rest.IndexOf((byte)0);
                RecordText.WriteValue(writer, end < 0 ? rest : rest[..end]);
                rest = end < 0 ? default : rest[(end + 1)..];
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        if (one.HasNtlmssp)
        {
            writer.WriteStartObject("ntlmssp"u8);
            RecordText.Write(writer, "domain"u8, one.Bytes(one.Domain));
            RecordText.Write(writer, "user"u8, one.Bytes(one.User));
            if (one.HasNtlmsspWarning) writer.WriteBoolean("warning"u8, true);
            RecordText.Write(writer, "host"u8, one.Bytes(one.Host));
            if (one.SystemVersion.Length > 0) RecordText.Write(writer, "version"u8, one.Bytes(one.SystemVersion));
            writer.WriteEndObject();
        }

        Native(writer, "request"u8, one, one.RequestNativeOs, one.RequestNativeLm);
        Native(writer, "response"u8, one, one.ResponseNativeOs, one.ResponseNativeLm);
    }

    private static void Native(Utf8JsonWriter writer, ReadOnlySpan<byte> name, SmbTransaction one, SmbText system, SmbText manager)
    {
        if (system.Length == 0 && manager.Length == 0) return;
        writer.WriteStartObject(name);
        RecordText.Write(writer, "native_os"u8, one.Bytes(system));
        RecordText.Write(writer, "native_lm"u8, one.Bytes(manager));
        writer.WriteEndObject();
    }

    private static void Tree(Utf8JsonWriter writer, SmbTransaction one)
    {
        RecordText.Write(writer, one.IsPipe ? "named_pipe"u8 : "share"u8, one.Bytes(one.Share));
        if (one.Version == 1)
        {
            writer.WriteStartObject("service"u8);
            RecordText.Write(writer, "request"u8, one.Bytes(one.RequestService));
            if (one.ResponseService.Length > 0) RecordText.Write(writer, "response"u8, one.Bytes(one.ResponseService));
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteString("share_type"u8, one.ShareType switch { 1 => "FILE"u8, 2 => "PIPE"u8, 3 => "PRINT"u8, _ => "UNKNOWN"u8 });
        }
    }

    private static void Create(Utf8JsonWriter writer, SmbTransaction one)
    {
        if (one.FileName.Length > 0) RecordText.Write(writer, one.IsDirectory ? "directory"u8 : "filename"u8, one.Bytes(one.FileName));
        else writer.WriteString("filename"u8, "<share_root>"u8);
        writer.WriteString("disposition"u8, SmbWords.Disposition(one.Disposition));
        Access(writer, one);
        writer.WriteNumber("created"u8, one.Created);
        writer.WriteNumber("accessed"u8, one.Accessed);
        writer.WriteNumber("modified"u8, one.Modified);
        writer.WriteNumber("changed"u8, one.Changed);
        writer.WriteNumber("size"u8, one.Size);
        if (one.HasFileId) Guid(writer, "fuid"u8, one.FileId);
    }

    private static void Access(Utf8JsonWriter writer, SmbTransaction one) =>
        writer.WriteString("access"u8, one.IsDeletedOnClose ? "delete on close"u8 : "normal"u8);

    private static void File(Utf8JsonWriter writer, SmbTransaction one)
    {
        RecordText.Write(writer, "filename"u8, one.Bytes(one.FileName));
        if (one.Share.Length > 0) RecordText.Write(writer, "share"u8, one.Bytes(one.Share));
        Guid(writer, "fuid"u8, one.FileId);
    }

    private static void Rename(Utf8JsonWriter writer, SmbTransaction one)
    {
        if (one.Version == 2)
        {
            writer.WriteStartObject("set_info"u8);
            writer.WriteString("class"u8, "FILE_INFO"u8);
            writer.WriteString("info_level"u8, "SMB2_FILE_RENAME_INFO"u8);
            writer.WriteEndObject();
        }

        writer.WriteStartObject("rename"u8);
        RecordText.Write(writer, "from"u8, one.Bytes(one.FileName));
        RecordText.Write(writer, "to"u8, one.Bytes(one.NewName));
        writer.WriteEndObject();
        if (one.HasFileId) Guid(writer, "fuid"u8, one.FileId);
    }

    private static void SetInfo(Utf8JsonWriter writer, SmbTransaction one)
    {
        if (one.FileName.Length > 0) RecordText.Write(writer, "filename"u8, one.Bytes(one.FileName));
        else writer.WriteString("filename"u8, "<share_root>"u8);
        Access(writer, one);
        if (one.Version == 1)
        {
            writer.WriteString("subcmd"u8, one.Function == 8 ? "SET_FILE_INFO"u8 : "SET_PATH_INFO"u8);
            writer.WriteString("level_of_interest"u8, "Set File Disposition"u8);
        }

        if (one.HasFileId) Guid(writer, "fuid"u8, one.FileId);
    }

    private static void Function(Utf8JsonWriter writer, SmbTransaction one)
    {
        if (SmbWords.Function(one.Function) is { } name) writer.WriteString("function"u8, name);
        else writer.WriteString("function"u8, Hex(stackalloc byte[24], "0x"u8, one.Function, 8));
    }

    private static void Call(Utf8JsonWriter writer, DcerpcExchange exchange)
    {
        writer.WriteStartObject("dcerpc"u8);
        writer.WriteString("request"u8, exchange.RequestType == DcerpcType.None ? "REQUEST_LOST" : DcerpcType.Name(exchange.RequestType));
        if (exchange.RequestType == DcerpcType.Request)
        {
            writer.WriteNumber("opnum"u8, exchange.OperationNumber);
            writer.WriteStartObject("req"u8);
            DcerpcRecord.WriteSide(writer, exchange.RequestFragments, exchange.Stub(Direction.ToServer).Length);
        }

        DcerpcRecord.WriteInterfaces(writer, exchange.Interfaces);
        writer.WriteString("response"u8, exchange.ResponseType == DcerpcType.None ? "UNREPLIED" : DcerpcType.Name(exchange.ResponseType));
        if (exchange.ResponseType == DcerpcType.Response)
        {
            writer.WriteStartObject("res"u8);
            DcerpcRecord.WriteSide(writer, exchange.ResponseFragments, exchange.Stub(Direction.ToClient).Length);
        }

        writer.WriteNumber("call_id"u8, exchange.CallId);
        writer.WriteEndObject();
    }

    /// <summary>Ids are written as the reference engine does: numbers of 4, 2, 2, 2, 2 and 4 bytes, each turned round.</summary>
    private static void Guid(Utf8JsonWriter writer, ReadOnlySpan<byte> name, UInt128 id)
    {
        Span<byte> bytes = stackalloc byte[16], text = stackalloc byte[36];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(id >> 64));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], (ulong)id);
        bytes.Slice(8, 2).Reverse();
        bytes.Slice(10, 2).Reverse();
        bytes.Slice(12, 4).Reverse();
        DcerpcInterface.FormatId(DcerpcInterface.ReadId(bytes, little: true), text);
        writer.WriteString(name, text);
    }
}
