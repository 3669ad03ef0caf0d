using System.Text.Json;

namespace Sensor.Protocols.Ftp;

/// <summary>The <c>ftp</c> object of event records (user guide, "EVE JSON format", event type FTP).</summary>
internal static class FtpRecord
{
    public static bool Write(Utf8JsonWriter writer, FtpTransaction one)
    {
        writer.WriteStartObject("ftp"u8);
        if (!one.Word.IsEmpty) RecordText.Write(writer, "command"u8, one.Text[one.Word]);
        if (!one.Argument.IsEmpty) RecordText.Write(writer, "command_data"u8, one.Text[one.Argument]);
        writer.WriteBoolean("command_truncated"u8, one.CommandCut);
        Texts(writer, "completion_code"u8, one.Codes);
        Texts(writer, "reply"u8, one.Replies);
        if (one.DynamicPort != 0) writer.WriteNumber("dynamic_port"u8, one.DynamicPort);
        if (one.Mode != FtpMode.None) writer.WriteString("mode"u8, one.Mode == FtpMode.Active ? "active"u8 : "passive"u8);
        writer.WriteString("reply_received"u8, one.ReplyReceived ? "yes"u8 : "no"u8);
        writer.WriteBoolean("reply_truncated"u8, one.RepliesCut);
        writer.WriteEndObject();
        return true;
    }

    private static void Texts(Utf8JsonWriter writer, ReadOnlySpan<byte> name, TextList all)
    {
        if (all.Count == 0) return;
        writer.WriteStartArray(name);
        for (int i = 0; i < all.Count; i++) RecordText.WriteValue(writer, all[i]);
        writer.WriteEndArray();
    }
}
