using System.Text.Json;
using Google.Protobuf;
using Sensor.Wire;

namespace Sensor.Cloud;

/// <summary>
/// Records the portal refused as invalid, kept for the developer as JSON lines so that one bad record cannot hold back
/// the good ones behind it.
/// </summary>
public sealed class Quarantine(string path)
{
    /// <summary>Size at which the file is full. Later records are counted but not kept: the disk is not theirs.</summary>
    public const long MaximumBytes = 1024 * 1024;

    public string Path { get; } = path;

    /// <summary>Appends the record; false when the file is full or cannot be written.</summary>
    public bool Keep(UploadItem item, string reason)
    {
        try
        {
            FileInfo file = new(Path);
            IMessage message = item.Alert is { } alert ? alert : item.Incident ?? new Incident();
            string line = $"{{\"reason\":{JsonSerializer.Serialize(reason)},\"kind\":\"{message.Descriptor.Name}\",\"record\":{JsonFormatter.Default.Format(message)}}}\n";
            if (file.Exists && file.Length + line.Length > MaximumBytes) return false;
            File.AppendAllText(Path, line);
            return true;
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
