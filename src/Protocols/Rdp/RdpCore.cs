using System.Buffers.Binary;
using System.Text.Json;

namespace Sensor.Protocols.Rdp;

/// <summary>The client's core data seen in place ([MS-RDPBCGR] section 2.2.1.3.2); fields behind its end are absent.</summary>
internal readonly ref struct RdpCore(ReadOnlySpan<byte> bytes)
{
    private static class At
    {
        public const int Version = 4, Width = 8, Height = 10, Layout = 16, Build = 20, Name = 24, KeyboardType = 56, FunctionKeys = 64,
            ProductId = 134, HighColourDepth = 140, Capabilities = 144, DigitalProductId = 146;
    }

    private const int NameLength = 32, DigitalProductIdLength = 64;

    /// <summary>Flags of early capabilities, from the lowest bit on; empty for bits without a name.</summary>
    private static readonly string[] CapabilityNames =
    [
        "support_errinfo_pdf", "want_32bpp_session", "support_statusinfo_pdu", "strong_asymmetric_keys", "", "valid_connection_type",
        "support_monitor_layout_pdu", "support_netchar_autodetect", "support_dynvc_gfx_protocol", "support_dynamic_time_zone", "support_heartbeat_pdu",
    ];

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("client"u8);
        if (Has(At.Version, 4)) WriteVersion(writer, Number(At.Version));
        if (Has(At.Width, 2)) writer.WriteNumber("desktop_width"u8, Short(At.Width));
        if (Has(At.Height, 2)) writer.WriteNumber("desktop_height"u8, Short(At.Height));
        if (Has(At.HighColourDepth, 2)) writer.WriteNumber("color_depth"u8, Short(At.HighColourDepth));
        if (Has(At.Layout, 4)) WriteLayout(writer, Number(At.Layout));
        if (Has(At.Build, 4)) WriteBuild(writer, Number(At.Build));
        if (Has(At.Name, NameLength)) WriteWide(writer, "client_name"u8, _bytes.Slice(At.Name, NameLength));
        if (Has(At.KeyboardType, 4)) WriteKeyboard(writer, Number(At.KeyboardType));
        if (Has(At.FunctionKeys, 4)) writer.WriteNumber("function_keys"u8, Number(At.FunctionKeys));
        if (Has(At.ProductId, 2)) writer.WriteNumber("product_id"u8, Short(At.ProductId));
        if (Has(At.Capabilities, 2)) WriteCapabilities(writer, Short(At.Capabilities));
        if (Has(At.DigitalProductId, DigitalProductIdLength)) WriteWide(writer, "id"u8, _bytes.Slice(At.DigitalProductId, DigitalProductIdLength));
        writer.WriteEndObject();
    }

    private bool Has(int at, int length) => _bytes.Length >= at + length;

    private uint Number(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[at..]);

    private ushort Short(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[at..]);

    private static void WriteVersion(Utf8JsonWriter writer, uint version)
    {
        if (version >> 16 != 8) return;
        uint minor = version & 0xffff;
        switch (minor)
        {
            case 1: writer.WriteString("version"u8, "v4"u8); break;
            case 4: writer.WriteString("version"u8, "v5"u8); break;
            case >= 5 and <= 16:
                Span<byte> text = stackalloc byte[8];
                "v10."u8.CopyTo(text);
                (minor - 5).TryFormat(text[4..], out int digits);
                writer.WriteString("version"u8, text[..(4 + digits)]);
                break;
        }
    }

    /// <summary>Builds of Windows that clients run on.</summary>
    private static void WriteBuild(Utf8JsonWriter writer, uint build)
    {
        string? name = build switch
        {
            2195 => "Windows 2000",
            2600 => "Windows XP",
            3790 => "Windows Server 2003",
            6000 => "Windows Vista",
            6001 => "Windows Vista SP1",
            6002 => "Windows Vista SP2",
            7600 => "Windows 7",
            7601 => "Windows 7 SP1",
            9200 => "Windows 8",
            9600 => "Windows 8.1",
            10240 => "Windows 10",
            _ => null,
        };
        if (name is not null)
        {
            writer.WriteString("build"u8, name);
            return;
        }

        Span<byte> digits = stackalloc byte[16];
        build.TryFormat(digits, out int written);
        writer.WriteString("build"u8, digits[..written]);
    }

    private static void WriteLayout(Utf8JsonWriter writer, uint layout)
    {
        string? name = layout switch { 0x409 => "en-US", 0x809 => "en-GB", 0x407 => "de-DE", 0x40c => "fr-FR", 0x40a => "es-ES", 0x410 => "it-IT", 0x411 => "ja-JP", 0x419 => "ru-RU", 0x804 => "zh-CN", _ => null };
        if (name is not null) writer.WriteString("keyboard_layout"u8, name);
    }

    private static void WriteKeyboard(Utf8JsonWriter writer, uint kind)
    {
        string? name = kind switch { 1 => "xt", 2 => "ico", 3 => "at", 4 => "enhanced", 5 => "1050", 6 => "9140", 7 => "jp", _ => null };
        if (name is not null) writer.WriteString("keyboard_type"u8, name);
    }

    private static void WriteCapabilities(Utf8JsonWriter writer, ushort flags)
    {
        writer.WriteStartArray("capabilities"u8);
        for (int bit = 0; bit < CapabilityNames.Length; bit++)
        {
            if ((flags & (1 << bit)) != 0 && CapabilityNames[bit].Length > 0) writer.WriteStringValue(CapabilityNames[bit]);
        }

        writer.WriteEndArray();
    }

    /// <summary>UTF-16 up to its NUL, as UTF-8; what is no character becomes the replacement character.</summary>
    private static void WriteWide(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> wide)
    {
        Span<char> text = stackalloc char[DigitalProductIdLength / 2];
        int length = 0;
        for (int at = 0; at + 1 < wide.Length; at += 2)
        {
            char one = (char)BinaryPrimitives.ReadUInt16LittleEndian(wide[at..]);
            if (one == 0) break;
            text[length++] = char.IsSurrogate(one) ? '\ufffd' : one;
        }

        if (length > 0) writer.WriteString(name, text[..length]);
    }
}
