using System.IO.Compression;
using Sensor.Capture.Formats;
using Sensor.Primitives;

namespace Sensor.Capture;

/// <summary>A capture file as a source: pcap, pcapng, or either packed with gzip.</summary>
public sealed class CaptureFile : IPacketSource
{
    private readonly CaptureBuffer _buffer;
    private readonly FormatReader _reader;
    private ulong _number;
    private volatile bool _stopped;

    private CaptureFile(string name, CaptureBuffer buffer, FormatReader reader, ulong firstNumber)
    {
        Name = name;
        _buffer = buffer;
        _reader = reader;
        _number = firstNumber - 1;
    }

    public string Name { get; }

    public bool IsLive => false;

    /// <summary>Why reading ended before the file did (cut off, damaged), with the byte where; null when all was well.</summary>
    public string? EndNote { get; private set; }

    public SourceStatistics Statistics => new(Delivered, 0, 0);

    private long Delivered { get; set; }

    /// <param name="path">The file.</param>
    /// <param name="firstNumber">Number of its first frame, for files replayed one after another.</param>
    /// <exception cref="CaptureException">The file is missing, unreadable, no capture, or of an unsupported link type.</exception>
    public static CaptureFile Open(string path, ulong firstNumber = 1)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CaptureException($"cannot read capture: {path}: {problem.Message}", problem);
        }

        return Open(file, path, firstNumber);
    }

    /// <summary>The same from any stream, which the capture then owns.</summary>
    public static CaptureFile Open(Stream stream, string name, ulong firstNumber = 1)
    {
        var buffer = new CaptureBuffer(Unpack(stream));
        try
        {
            if (PcapReader.TryOpen(buffer, name, out PcapReader? pcap)) return new CaptureFile(name, buffer, pcap, firstNumber);
            if (PcapngReader.TryOpen(buffer, name, out PcapngReader? pcapng)) return new CaptureFile(name, buffer, pcapng, firstNumber);
            throw new CaptureException($"cannot read capture: {name}: not a pcap or pcapng file ({Beginning(buffer)})");
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException)
        {
            buffer.Dispose();
            throw new CaptureException($"cannot read capture: {name}: {problem.Message}", problem);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    public ReadStatus Read(out RawPacket frame)
    {
        frame = default;
        if (_stopped) return ReadStatus.End;
        try
        {
            if (_reader.TryRead(_number + 1, out frame))
            {
                _number++;
                Delivered++;
                return ReadStatus.Frame;
            }

            EndNote = _reader.EndNote;
        }
        catch (Exception problem) when (problem is InvalidDataException or IOException)
        {
            // A gzip stream cut off or damaged, or a disk that fails: what was read stands.
            EndNote = $"{Name}: {problem.Message.TrimEnd('.')} at byte {_buffer.Position}; the frames before it were read";
        }

        _stopped = true;
        return ReadStatus.End;
    }

    public void Wait(int milliseconds)
    {
    }

    public void Stop() => _stopped = true;

    public void Dispose() => _buffer.Dispose();

    private static Stream Unpack(Stream stream)
    {
        Span<byte> start = stackalloc byte[2];
        int read = stream.ReadAtLeast(start, 2, throwOnEndOfStream: false);
        stream.Position = 0;
        return read == 2 && start[0] == 0x1F && start[1] == 0x8B ? new GZipStream(stream, CompressionMode.Decompress) : stream;
    }

    private static string Beginning(CaptureBuffer buffer)
    {
        buffer.TryPeek(8, out _);
        int count = Math.Min(8, buffer.Available);
        if (count == 0) return "it is empty";
        buffer.TryPeek(count, out ReadOnlySpan<byte> bytes);
        return $"begins with {Convert.ToHexStringLower(bytes)}";
    }
}
