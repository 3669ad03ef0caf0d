using System.Buffers;

namespace Sensor.Capture.Formats;

/// <summary>A window over a stream: peek so many bytes, then pass over them. Reads in large pieces, allocates once.</summary>
internal sealed class CaptureBuffer(Stream stream) : IDisposable
{
    /// <summary>Longest piece that can be peeked at.</summary>
    public const int Largest = 512 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(2 * Largest); // a replay in rounds opens the same file again and again
    private int _start, _end;
    private bool _streamEnded;

    /// <summary>Bytes passed over since the beginning of the (unpacked) stream.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes that can be had, at most what was last asked for; less than that only at the end.</summary>
    public int Available => _end - _start;

    /// <summary>Shows the next bytes without passing over them; false when the stream ends before.</summary>
    public bool TryPeek(int count, out ReadOnlySpan<byte> bytes)
    {
        if (_end - _start < count && !TryFill(count))
        {
            bytes = default;
            return false;
        }

        bytes = _bytes.AsSpan(_start, count);
        return true;
    }

    /// <summary>Passes over bytes that were peeked at.</summary>
    public void Consume(int count)
    {
        _start += count;
        Position += count;
    }

    /// <summary>Passes over any number of bytes; false when the stream ends before.</summary>
    public bool TrySkip(long count)
    {
        while (count > 0)
        {
            int step = (int)Math.Min(count, Largest);
            if (!TryPeek(step, out _)) return false;
            Consume(step);
            count -= step;
        }

        return true;
    }

    public void Dispose()
    {
        stream.Dispose();
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _start = _end = 0;
        _streamEnded = true;
    }

    private bool TryFill(int count)
    {
        if (_bytes.Length - _start < count || _start == _end)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            _end -= _start;
            _start = 0;
        }

        while (_end - _start < count && !_streamEnded)
        {
            int read = stream.Read(_bytes, _end, _bytes.Length - _end);
            if (read == 0) _streamEnded = true;
            _end += read;
        }

        return _end - _start >= count;
    }
}
