using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Json;
using Sensor.Primitives;

namespace Sensor.Protocols.Dns;

/// <summary>What an event record says about a DNS message: the reference engine's format, version 3, with records spelled out and grouped.</summary>
internal static class DnsRecord
{
    private const int FormatVersion = 3;

    /// <summary>Types whose data is also listed by type.</summary>
    private static readonly ushort[] s_grouped =
        [DnsType.A, DnsType.Aaaa, DnsType.Cname, DnsType.Mx, DnsType.Null, DnsType.Ns, DnsType.Ptr, DnsType.Txt, DnsType.Soa, DnsType.Srv, DnsType.Sshfp];

    private static readonly byte[][] s_sectionNames = ["queries"u8.ToArray(), "answers"u8.ToArray(), "authorities"u8.ToArray(), "additionals"u8.ToArray()];

    public static bool Write(Utf8JsonWriter writer, DnsTransaction message)
    {
        if (message.IsMalformed && message.EntryCount == 0) return false;
        writer.WriteStartObject("dns"u8);
        writer.WriteNumber("version"u8, FormatVersion);
        writer.WriteString("type"u8, message.IsResponse ? "response"u8 : "request"u8);
        writer.WriteNumber("tx_id"u8, message.Id);
        writer.WriteNumber("id"u8, message.MessageId);
        RecordText.WriteHexNumber(writer, "flags"u8, message.Flags);
        Flag(writer, "qr"u8, message.Flags, 0x8000);
        Flag(writer, "aa"u8, message.Flags, 0x0400);
        Flag(writer, "tc"u8, message.Flags, 0x0200);
        Flag(writer, "rd"u8, message.Flags, 0x0100);
        Flag(writer, "ra"u8, message.Flags, 0x0080);
        Flag(writer, "z"u8, message.Flags, 0x0040);
        writer.WriteNumber("opcode"u8, message.Opcode);
        Word(writer, "rcode"u8, DnsNumbers.ResponseCodeWord(message.ResponseCode), message.ResponseCode);
        for (DnsSection section = DnsSection.Queries; section <= DnsSection.Additionals; section++) Section(writer, message, section);
        Grouped(writer, message);
        writer.WriteEndObject();
        return true;
    }

    private static void Flag(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ushort flags, ushort bit)
    {
        if ((flags & bit) != 0) writer.WriteBoolean(name, true);
    }

    private static void Word(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> word, int number)
    {
        if (!word.IsEmpty)
        {
            writer.WriteString(name, word);
            return;
        }

        Span<byte> digits = stackalloc byte[8];
        Utf8Formatter.TryFormat(number, digits, out int written);
        writer.WriteString(name, digits[..written]);
    }

    private static void Section(Utf8JsonWriter writer, DnsTransaction message, DnsSection section)
    {
        ReadOnlySpan<DnsEntry> entries = message.In(section);
        if (entries.IsEmpty) return;
        writer.WriteStartArray(s_sectionNames[(int)section]);
        for (int i = 0; i < Math.Min(entries.Length, DnsLimits.LoggedEntries); i++)
        {
            writer.WriteStartObject();
            Entry(writer, message, entries[i]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Entry(Utf8JsonWriter writer, DnsTransaction message, in DnsEntry entry)
    {
        RecordText.Write(writer, "rrname"u8, message.TextOf(entry.Name));
        if (entry.Name.IsTruncated && entry.Section is DnsSection.Queries or DnsSection.Authorities) writer.WriteBoolean("rrname_truncated"u8, true);
        Word(writer, "rrtype"u8, DnsNumbers.TypeWord(entry.Type), entry.Type);
        if (entry.Section == DnsSection.Queries) return;
        writer.WriteNumber("ttl"u8, entry.TimeToLive);
        if (entry.IsDataInvalid) return;
        switch (entry.Type)
        {
            case DnsType.Soa when entry.Numbers.Length > 0 && entry.Section != DnsSection.Additionals:
                writer.WritePropertyName("soa"u8);
                Soa(writer, message, entry);
                break;
            case DnsType.Srv when entry.Numbers.Length > 0 && entry.Section == DnsSection.Answers:
                writer.WritePropertyName("srv"u8);
                Srv(writer, message, entry);
                break;
            case DnsType.Sshfp when entry.Data.Length >= 2 && entry.Section == DnsSection.Answers:
                writer.WritePropertyName("sshfp"u8);
                Sshfp(writer, message, entry);
                break;
            case DnsType.Opt when entry.Section == DnsSection.Additionals:
                Options(writer, message.TextOf(entry.Data));
                break;
            default:
                if (!HasPlainData(entry.Type)) break;
                writer.WritePropertyName("rdata"u8);
                PlainData(writer, message, entry);
                if (entry.Data.IsTruncated && entry.Section == DnsSection.Authorities) writer.WriteBoolean("rdata_truncated"u8, true);
                break;
        }
    }

    private static bool HasPlainData(ushort type) => type
        is DnsType.A or DnsType.Aaaa or DnsType.Cname or DnsType.Mx or DnsType.Ns or DnsType.Ptr or DnsType.Txt or DnsType.Null;

    private static void PlainData(Utf8JsonWriter writer, DnsTransaction message, in DnsEntry entry)
    {
        ReadOnlySpan<byte> data = message.TextOf(entry.Data);
        if (entry.Type is not (DnsType.A or DnsType.Aaaa))
        {
            RecordText.WriteValue(writer, data);
            return;
        }

        Span<byte> text = stackalloc byte[39];
        int written = 0;
        if (data.Length == 4) IpAddress.ReadIpv4(data).TryFormatExpanded(text, out written);
        else if (data.Length == 16) IpAddress.ReadIpv6(data).TryFormatExpanded(text, out written);
        writer.WriteStringValue(text[..written]);
    }

    private static void Soa(Utf8JsonWriter writer, DnsTransaction message, in DnsEntry entry)
    {
        ReadOnlySpan<byte> numbers = message.TextOf(entry.Numbers);
        writer.WriteStartObject();
        RecordText.Write(writer, "mname"u8, message.TextOf(entry.Data));
        if (entry.Data.IsTruncated) writer.WriteBoolean("mname_truncated"u8, true);
        RecordText.Write(writer, "rname"u8, message.TextOf(entry.Mailbox));
        writer.WriteNumber("serial"u8, BinaryPrimitives.ReadUInt32BigEndian(numbers));
        writer.WriteNumber("refresh"u8, BinaryPrimitives.ReadUInt32BigEndian(numbers[4..]));
        writer.WriteNumber("retry"u8, BinaryPrimitives.ReadUInt32BigEndian(numbers[8..]));
        writer.WriteNumber("expire"u8, BinaryPrimitives.ReadUInt32BigEndian(numbers[12..]));
        writer.WriteNumber("minimum"u8, BinaryPrimitives.ReadUInt32BigEndian(numbers[16..]));
        writer.WriteEndObject();
    }

    private static void Srv(Utf8JsonWriter writer, DnsTransaction message, in DnsEntry entry)
    {
        ReadOnlySpan<byte> numbers = message.TextOf(entry.Numbers);
        writer.WriteStartObject();
        writer.WriteNumber("priority"u8, BinaryPrimitives.ReadUInt16BigEndian(numbers));
        writer.WriteNumber("weight"u8, BinaryPrimitives.ReadUInt16BigEndian(numbers[2..]));
        writer.WriteNumber("port"u8, BinaryPrimitives.ReadUInt16BigEndian(numbers[4..]));
        RecordText.Write(writer, "name"u8, message.TextOf(entry.Data));
        writer.WriteEndObject();
    }

    private static void Sshfp(Utf8JsonWriter writer, DnsTransaction message, in DnsEntry entry)
    {
        ReadOnlySpan<byte> data = message.TextOf(entry.Data);
        writer.WriteStartObject();
        RecordText.WriteHex(writer, "fingerprint"u8, data[2..], separator: (byte)':');
        writer.WriteNumber("algo"u8, data[0]);
        writer.WriteNumber("type"u8, data[1]);
        writer.WriteEndObject();
    }

    /// <summary>Options of EDNS (RFC 6891 section 6.1.2): code, length, data.</summary>
    private static void Options(Utf8JsonWriter writer, ReadOnlySpan<byte> data)
    {
        if (data.Length < 4) return;
        var cursor = new ByteCursor(data);
        writer.WriteStartArray("opt"u8);
        while (cursor.TryReadUInt16(out ushort code) && cursor.TryReadVector16(out ReadOnlySpan<byte> value))
        {
            writer.WriteStartObject();
            writer.WriteNumber("code"u8, code);
            RecordText.WriteHex(writer, "data"u8, value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Grouped(Utf8JsonWriter writer, DnsTransaction message)
    {
        bool begun = false;
        foreach (ushort type in s_grouped) begun = Group(writer, message, type, begun);
        if (begun) writer.WriteEndObject();
    }

    private static bool Group(Utf8JsonWriter writer, DnsTransaction message, ushort type, bool begun)
    {
        bool any = false;
        int listed = 0;
        foreach (ref readonly DnsEntry entry in message.In(DnsSection.Answers))
        {
            if (entry.Type != type || !IsGroupable(entry) || listed++ == DnsLimits.LoggedEntries) continue;
            if (!begun) writer.WriteStartObject("grouped"u8);
            begun = true;
            if (!any) writer.WriteStartArray(DnsNumbers.TypeWord(type));
            any = true;
            GroupedValue(writer, message, entry);
        }

        if (any) writer.WriteEndArray();
        return begun;
    }

    private static bool IsGroupable(in DnsEntry entry) => !entry.IsDataInvalid && entry.Type switch
    {
        DnsType.Soa or DnsType.Srv => entry.Numbers.Length > 0,
        DnsType.Sshfp => entry.Data.Length >= 2,
        _ => true,
    };

    private static void GroupedValue(Utf8JsonWriter writer, DnsTransaction message, in DnsEntry entry)
    {
        switch (entry.Type)
        {
            case DnsType.Soa: Soa(writer, message, entry); break;
            case DnsType.Srv: Srv(writer, message, entry); break;
            case DnsType.Sshfp: Sshfp(writer, message, entry); break;
            default: PlainData(writer, message, entry); break;
        }
    }
}
