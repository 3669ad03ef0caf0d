using System.Buffers.Text;
using System.Text.Json;
using Sensor.Primitives;
using Sensor.Protocols.Fields;

namespace Sensor.Protocols.Http2;

/// <summary>What an event record says about a stream: the <c>http</c> object of HTTP/1, with <c>version</c> 2, the headers and an <c>http2</c> object.</summary>
internal static class Http2Record
{
    private static readonly byte[][] s_settings =
    [
        "SETTINGSHEADERTABLESIZE"u8.ToArray(), "SETTINGSENABLEPUSH"u8.ToArray(), "SETTINGSMAXCONCURRENTSTREAMS"u8.ToArray(),
        "SETTINGSINITIALWINDOWSIZE"u8.ToArray(), "SETTINGSMAXFRAMESIZE"u8.ToArray(), "SETTINGSMAXHEADERLISTSIZE"u8.ToArray(),
    ];

    private static readonly byte[][] s_errors =
    [
        "NOERROR"u8.ToArray(), "PROTOCOLERROR"u8.ToArray(), "INTERNALERROR"u8.ToArray(), "FLOWCONTROLERROR"u8.ToArray(), "SETTINGSTIMEOUT"u8.ToArray(),
        "STREAMCLOSED"u8.ToArray(), "FRAMESIZEERROR"u8.ToArray(), "REFUSEDSTREAM"u8.ToArray(), "CANCEL"u8.ToArray(), "COMPRESSIONERROR"u8.ToArray(),
        "CONNECTERROR"u8.ToArray(), "ENHANCEYOURCALM"u8.ToArray(), "INADEQUATESECURITY"u8.ToArray(), "HTTP11REQUIRED"u8.ToArray(),
    ];

    public static bool Write(Utf8JsonWriter writer, Http2Transaction one)
    {
        writer.WriteStartObject("http"u8);
        writer.WriteString("version"u8, "2"u8);
        Headers(writer, one, Direction.ToServer, "request_headers"u8);
        Headers(writer, one, Direction.ToClient, "response_headers"u8);
        Text(writer, one, "http_method"u8, Direction.ToServer, ":method"u8);
        Text(writer, one, "url"u8, Direction.ToServer, ":path"u8);
        Text(writer, one, "http_user_agent"u8, Direction.ToServer, "user-agent"u8);
        Text(writer, one, "http_refer"u8, Direction.ToServer, "referer"u8);
        Text(writer, one, "http_content_type"u8, Direction.ToClient, "content-type"u8);
        if (one.TryGet(Direction.ToClient, ":status"u8, out ReadOnlySpan<byte> status))
        {
            if (Utf8Parser.TryParse(status, out int code, out int taken) && taken == status.Length) writer.WriteNumber("status"u8, code);
            else RecordText.Write(writer, "status_string"u8, status);
        }

        if (one.Response.WireLength > 0 || one.Request.WireLength > 0) writer.WriteNumber("length"u8, one.Response.WireLength);
        writer.WriteStartObject("http2"u8);
        writer.WriteNumber("stream_id"u8, one.Stream);
        Frames(writer, one, Direction.ToServer, "request"u8);
        Frames(writer, one, Direction.ToClient, "response"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
        return true;
    }

    private static void Headers(Utf8JsonWriter writer, Http2Transaction one, Direction direction, ReadOnlySpan<byte> property)
    {
        bool begun = false;
        for (int at = 0; one.TryHeader(direction, at, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value); at++)
        {
            if (!begun) writer.WriteStartArray(property);
            begun = true;
            writer.WriteStartObject();
            RecordText.Write(writer, "name"u8, name);
            RecordText.Write(writer, "value"u8, value);
            writer.WriteEndObject();
        }

        if (begun) writer.WriteEndArray();
    }

    private static void Frames(Utf8JsonWriter writer, Http2Transaction one, Direction direction, ReadOnlySpan<byte> property)
    {
        bool hasError = one.TryFind(Http2Transaction.Kind(direction, Http2Field.RequestError), 0, out Field error);
        bool hasPriority = one.TryFind(Http2Transaction.Kind(direction, Http2Field.RequestPriority), 0, out Field priority) && direction == Direction.ToServer;
        int settings = Http2Transaction.Kind(direction, Http2Field.RequestSetting);
        bool hasSettings = one.Has(settings);
        if (!hasError && !hasPriority && !hasSettings) return;
        writer.WriteStartObject(property);
        if (hasSettings)
        {
            writer.WriteStartArray("settings"u8);
            for (int at = 0; one.TryFind(settings, at, out Field setting); at++)
            {
                writer.WriteStartObject();
                Word(writer, "settings_id"u8, s_settings, (setting.Number >> 32) - 1, setting.Number >> 32);
                writer.WriteNumber("settings_value"u8, (uint)setting.Number);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        if (hasError) Word(writer, "error_code"u8, s_errors, error.Number, error.Number);
        if (hasPriority) writer.WriteNumber("priority"u8, priority.Number);
        writer.WriteEndObject();
    }

    private static void Word(Utf8JsonWriter writer, ReadOnlySpan<byte> property, byte[][] words, long index, long number)
    {
        if (index >= 0 && index < words.Length)
        {
            writer.WriteString(property, words[index]);
            return;
        }

        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out int length);
        writer.WriteString(property, digits[..length]);
    }

    private static void Text(Utf8JsonWriter writer, Http2Transaction one, ReadOnlySpan<byte> property, Direction direction, ReadOnlySpan<byte> header)
    {
        if (one.TryGet(direction, header, out ReadOnlySpan<byte> value)) RecordText.Write(writer, property, value);
    }
}
