using Sensor.Primitives;

namespace Sensor.Capture.Formats;

/// <summary>Reads records of one file format.</summary>
internal abstract class FormatReader(CaptureBuffer buffer, string path)
{
    /// <summary>Most bytes of one frame, as in libpcap (MAXIMUM_SNAPLEN); more means that the file is damaged.</summary>
    public const int LargestFrame = 262144;

    protected CaptureBuffer Buffer { get; } = buffer;

    protected string Path { get; } = path;

    /// <summary>Why reading ended before the file did; null when all was well.</summary>
    public string? EndNote { get; private set; }

    /// <summary>The next frame; false at the end.</summary>
    public abstract bool TryRead(ulong number, out RawPacket frame);

    /// <summary>Ends reading where a record is cut off or makes no sense.</summary>
    protected bool End(string reason)
    {
        EndNote = $"{Path}: {reason} at byte {Buffer.Position}; the frames before it were read";
        return false;
    }
}
