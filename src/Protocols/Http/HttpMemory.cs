using Sensor.Primitives;
using Sensor.Protocols.Compression;

namespace Sensor.Protocols.Http;

/// <summary>What the HTTP parsers of one worker share.</summary>
internal sealed class HttpMemory
{
    private const int InitialTransactions = 64, InitialChains = 16, InitialDecoders = 16;

    public HttpMemory(HttpOptions options)
    {
        Options = options;
        Bytes = new ByteSlab(options.MemoryLimit);
        Transactions = new ObjectSlab<HttpTransaction>(() => new HttpTransaction(this), InitialTransactions, options.MaximumTransactionsOfWorker);
        Decoders = new ObjectSlab<ContentDecoder>(() => new ContentDecoder(Bytes), InitialDecoders, MaximumDecoders);
        Chains = new ObjectSlab<DecoderChain>(() => new DecoderChain(Bytes, Decoders) { BombLimit = options.CompressionBombLimit }, InitialChains, MaximumDecoders);
        Multiparts = new ObjectSlab<MultipartReader>(() => new MultipartReader(Bytes), 4, MaximumDecoders);
    }

    /// <summary>Bodies being decoded at once; each costs some 48 KB inside zlib. Beyond it bodies are seen coded.</summary>
    public const int MaximumDecoders = 16_384;

    public HttpOptions Options { get; }

    public ByteSlab Bytes { get; }

    public ObjectSlab<HttpTransaction> Transactions { get; }

    public ObjectSlab<ContentDecoder> Decoders { get; }

    public ObjectSlab<DecoderChain> Chains { get; }

    public ObjectSlab<MultipartReader> Multiparts { get; }
}
