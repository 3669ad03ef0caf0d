using Sensor.Primitives;
using Sensor.Protocols.Compression;

namespace Sensor.Protocols.Http;

/// <summary>One side of an exchange: its start line, headers and body as far as they came. Pooled with its transaction.</summary>
internal sealed class HttpMessage(HttpMemory memory) : IDecodedSink
{
    public HttpHeaders Headers { get; } = new(memory.Bytes);

    /// <summary>The decoded body, up to the configured limit.</summary>
    public GrowingBytes Body { get; } = new(memory.Bytes);

    /// <summary>Buffers made on demand from the headers.</summary>
    public GrowingBytes NormalisedHeaders { get; } = new(memory.Bytes);

    public GrowingBytes HeaderNames { get; } = new(memory.Bytes);

    public GrowingBytes OneHeader { get; } = new(memory.Bytes);

    public GrowingBytes Start { get; } = new(memory.Bytes);

    public int BodyLimit { get; set; }

    /// <summary>Bytes of the body on the wire, chunk framing included (EVE's <c>length</c>).</summary>
    public long WireLength { get; set; }

    /// <summary>Bytes of the body after decoding.</summary>
    public long BodyLength { get; private set; }

    /// <summary>The body is over.</summary>
    public bool BodyDone { get; set; }

    public DecoderChain? Decoder { get; set; }

    public MultipartReader? Multipart { get; set; }

    public HttpFile File;

    /// <summary>More of the body would change nothing that anybody looks at.</summary>
    public bool IsSated => Body.IsCut && File.Handle < 0 && Multipart is null;

    public void Decoded(ReadOnlySpan<byte> bytes)
    {
        BodyLength += bytes.Length;
        if (!Body.IsCut) Body.Append(bytes, BodyLimit);
        if (Multipart is not null) Multipart.Read(bytes);
        else File.Append(bytes);
    }

    public void Release()
    {
        Headers.Release();
        Body.Release();
        NormalisedHeaders.Release();
        HeaderNames.Release();
        Start.Release();
        OneHeader.Release();
        ReleaseReaders();
        WireLength = BodyLength = 0;
        BodyDone = false;
        File = HttpFile.None;
    }

    /// <summary>Decoders and the multipart reader are needed only while the body runs.</summary>
    public void ReleaseReaders()
    {
        if (Decoder is { } decoder)
        {
            decoder.Clear();
            memory.Chains.Return(decoder);
            Decoder = null;
        }

        if (Multipart is { } multipart)
        {
            multipart.Release();
            memory.Multiparts.Return(multipart);
            Multipart = null;
        }
    }
}

/// <summary>The file that a body is, while it passes.</summary>
internal struct HttpFile
{
    public static HttpFile None => new() { Handle = -1 };

    public IFileSink? Sink;
    public int Handle;

    public readonly void Append(ReadOnlySpan<byte> bytes)
    {
        if (Handle >= 0) Sink!.Append(Handle, bytes);
    }

    public readonly void Gap(long length)
    {
        if (Handle >= 0) Sink!.Gap(Handle, length);
    }

    public void Close(bool complete, PacketTime time)
    {
        if (Handle >= 0) Sink!.Close(Handle, complete, time);
        Handle = -1;
    }
}
