using System.Text.Json;
using Sensor.Primitives;

namespace Sensor.Protocols.Dcerpc;

/// <summary>What an event record says about a call (user guide, "Event type: DCERPC").</summary>
internal static class DcerpcRecord
{
    public static bool Write(Utf8JsonWriter writer, DcerpcExchange exchange)
    {
        writer.WriteStartObject("dcerpc"u8);
        WriteCall(writer, exchange);
        if (exchange.IsDatagram)
        {
            Span<byte> id = stackalloc byte[36];
            DcerpcInterface.FormatId(exchange.Activity, id);
            writer.WriteString("activityuuid"u8, id);
            writer.WriteNumber("seqnum"u8, exchange.SequenceNumber);
        }

        writer.WriteString("rpc_version"u8, exchange.IsDatagram ? "4.0"u8 : "5.0"u8);
        writer.WriteEndObject();
        return true;
    }

    /// <summary>The members that SMB's records have in common with those of DCERPC.</summary>
    public static void WriteCall(Utf8JsonWriter writer, DcerpcExchange exchange)
    {
        writer.WriteString("request"u8, exchange.RequestType == DcerpcType.None ? "REQUEST_LOST" : DcerpcType.Name(exchange.RequestType));
        if (exchange.RequestType == DcerpcType.Request)
        {
            writer.WriteStartObject("req"u8);
            writer.WriteNumber("opnum"u8, exchange.OperationNumber);
            WriteSide(writer, exchange.RequestFragments, exchange.Stub(Direction.ToServer).Length);
        }

        WriteInterfaces(writer, exchange.Interfaces);
        writer.WriteString("response"u8, exchange.ResponseType == DcerpcType.None ? "UNREPLIED" : DcerpcType.Name(exchange.ResponseType));
        if (exchange.ResponseType == DcerpcType.Response)
        {
            writer.WriteStartObject("res"u8);
            WriteSide(writer, exchange.ResponseFragments, exchange.Stub(Direction.ToClient).Length);
        }

        if (!exchange.IsDatagram) writer.WriteNumber("call_id"u8, exchange.CallId);
    }

    public static void WriteSide(Utf8JsonWriter writer, int fragments, int stub)
    {
        writer.WriteNumber("frag_cnt"u8, fragments);
        writer.WriteNumber("stub_data_size"u8, stub);
        writer.WriteEndObject();
    }

    public static void WriteInterfaces(Utf8JsonWriter writer, ReadOnlySpan<DcerpcInterface> interfaces)
    {
        if (interfaces.IsEmpty) return;
        Span<byte> text = stackalloc byte[36];
        writer.WriteStartArray("interfaces"u8);
        foreach (ref readonly DcerpcInterface one in interfaces)
        {
            writer.WriteStartObject();
            DcerpcInterface.FormatId(one.Id, text);
            writer.WriteString("uuid"u8, text);
            one.Major.TryFormat(text, out int major);
            text[major] = (byte)'.';
            one.Minor.TryFormat(text[(major + 1)..], out int minor);
            writer.WriteString("version"u8, text[..(major + 1 + minor)]);
            writer.WriteNumber("ack_result"u8, one.Result);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
