using System.Runtime.InteropServices;

namespace Sensor.Protocols.Compression;

public enum InflateStatus : byte
{
    /// <summary>All input was taken.</summary>
    NeedInput,
    /// <summary>The output span is full; call again with the rest of the input.</summary>
    OutputFull,
    /// <summary>The deflate stream is over; what follows in the input belongs to its container.</summary>
    Ended,
    /// <summary>Not deflate.</summary>
    Failed,
}

/// <summary>A bare deflate stream (RFC 1951) through zlib. Native memory is kept for the next use: no allocation per stream.</summary>
public sealed unsafe class Inflater : IDisposable
{
    private ZlibNative.Stream* _stream;

    public Inflater()
    {
        _stream = (ZlibNative.Stream*)NativeMemory.AllocZeroed((nuint)sizeof(ZlibNative.Stream));
        int answer = ZlibNative.InflateInit(_stream, ZlibNative.RawDeflate, ZlibNative.Version(), sizeof(ZlibNative.Stream));
        if (answer == ZlibNative.Ok) return;
        NativeMemory.Free(_stream);
        _stream = null;
        throw new InvalidOperationException($"cannot start zlib: inflateInit2 answers {answer}; is the package zlib1g whole?");
    }

    ~Inflater() => Free();

    /// <summary>Begins a new stream.</summary>
    public void Reset() => _ = ZlibNative.InflateReset(_stream);

    public InflateStatus Inflate(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int produced)
    {
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            _stream->NextIn = from;
            _stream->AvailableIn = (uint)input.Length;
            _stream->NextOut = to;
            _stream->AvailableOut = (uint)output.Length;
            int answer = ZlibNative.Inflate(_stream, ZlibNative.NoFlush);
            consumed = input.Length - (int)_stream->AvailableIn;
            produced = output.Length - (int)_stream->AvailableOut;
            return answer switch
            {
                ZlibNative.StreamEnd => InflateStatus.Ended,
                ZlibNative.Ok or ZlibNative.BufferError => produced == output.Length ? InflateStatus.OutputFull : InflateStatus.NeedInput,
                _ => InflateStatus.Failed,
            };
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_stream is null) return;
        _ = ZlibNative.InflateEnd(_stream);
        NativeMemory.Free(_stream);
        _stream = null;
    }
}
