using System.Text.Json;
using Sensor.Protocols;

namespace Sensor.Files;

/// <summary>What an event record says about a file (user guide, "Event type: Fileinfo").</summary>
public static class FileRecord
{
    /// <summary>Writes <c>"fileinfo":{...}</c> into the record being written.</summary>
    public static void Write(Utf8JsonWriter writer, TrackedFile file)
    {
        writer.WriteStartObject("fileinfo"u8);
        WriteFields(writer, file);
        writer.WriteEndObject();
    }

    /// <summary>Writes the fields alone, for the <c>files</c> array of alerts.</summary>
    public static void WriteFields(Utf8JsonWriter writer, TrackedFile file)
    {
        RecordText.Write(writer, "filename"u8, file.Name);
        if (!file.Sids.IsEmpty)
        {
            writer.WriteStartArray("sid"u8);
            foreach (long sid in file.Sids) writer.WriteNumberValue(sid);
            writer.WriteEndArray();
        }

        if (!file.Type.IsEmpty) RecordText.Write(writer, "magic"u8, file.Type);
        writer.WriteBoolean("gaps"u8, file.HasGaps);
        writer.WriteString("state"u8, file.State switch
        {
            FileState.Closed => "CLOSED"u8,
            FileState.Truncated => "TRUNCATED"u8,
            _ => "UNKNOWN"u8,
        });
        Hash(writer, "md5"u8, file.Md5);
        Hash(writer, "sha1"u8, file.Sha1);
        Hash(writer, "sha256"u8, file.Sha256);
        writer.WriteBoolean("stored"u8, false);
        if (file.RangeStart >= 0) writer.WriteNumber("start"u8, file.RangeStart);
        if (file.RangeEnd >= 0) writer.WriteNumber("end"u8, file.RangeEnd);
        writer.WriteNumber("size"u8, file.Size);
        writer.WriteNumber("tx_id"u8, file.TransactionId);
    }

    private static void Hash(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> hash)
    {
        if (!hash.IsEmpty) RecordText.WriteHex(writer, name, hash);
    }
}
