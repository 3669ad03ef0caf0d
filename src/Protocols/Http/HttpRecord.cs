using System.Text.Json;
using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>The <c>http</c> object of event records (user guide, "EVE JSON format", event type HTTP, extended).</summary>
internal static class HttpRecord
{
    public static bool Write(Utf8JsonWriter writer, HttpTransaction one)
    {
        writer.WriteStartObject("http"u8);
        WriteText(writer, "hostname"u8, one.Host.Span);
        if (one.Port >= 0) writer.WriteNumber("http_port"u8, one.Port);
        WriteText(writer, "url"u8, one.InRequest(one.RawUri));
        WriteHeader(writer, "http_user_agent"u8, one.Request.Headers, KnownHeader.UserAgent);
        WriteContentType(writer, one.Response.Headers);
        WriteRange(writer, one.Response.Headers);
        WriteHeader(writer, "http_refer"u8, one.Request.Headers, KnownHeader.Referer);
        WriteText(writer, "http_method"u8, one.InRequest(one.Method));
        ReadOnlySpan<byte> protocol = one.InRequest(one.RequestProtocol);
        WriteText(writer, "protocol"u8, protocol.IsEmpty ? one.InResponse(one.ResponseProtocol) : protocol);
        if (one.StatusCode > 0)
        {
            writer.WriteNumber("status"u8, one.StatusCode);
            if (one.StatusCode is >= 300 and < 400) WriteHeader(writer, "redirect"u8, one.Response.Headers, KnownHeader.Location);
        }
        else
        {
            WriteText(writer, "status_string"u8, one.InResponse(one.Status));
        }

        writer.WriteNumber("length"u8, one.Response.WireLength);
        writer.WriteEndObject();
        return true;
    }

    /// <summary>A property, or nothing when there are no bytes.</summary>
    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty) RecordText.Write(writer, name, bytes);
    }

    private static void WriteHeader(Utf8JsonWriter writer, ReadOnlySpan<byte> name, HttpHeaders headers, KnownHeader header)
    {
        if (headers.TryGet(header, out ReadOnlySpan<byte> value)) WriteText(writer, name, value);
    }

    /// <summary>The media type without its parameters.</summary>
    private static void WriteContentType(Utf8JsonWriter writer, HttpHeaders headers)
    {
        if (!headers.TryGet(KnownHeader.ContentType, out ReadOnlySpan<byte> type)) return;
        int parameters = type.IndexOf((byte)';');
        WriteText(writer, "http_content_type"u8, parameters < 0 ? type : type[..parameters]);
    }

    private static void WriteRange(Utf8JsonWriter writer, HttpHeaders headers)
    {
        if (!headers.TryGet(KnownHeader.ContentRange, out ReadOnlySpan<byte> raw)) return;
        writer.WriteStartObject("content_range"u8);
        WriteText(writer, "raw"u8, raw);
        if (ContentRange.TryRead(raw, out ContentRange range))
        {
            if (range.Start >= 0) writer.WriteNumber("start"u8, range.Start);
            if (range.End >= 0) writer.WriteNumber("end"u8, range.End);
            if (range.Size >= 0) writer.WriteNumber("size"u8, range.Size);
        }

        writer.WriteEndObject();
    }
}
