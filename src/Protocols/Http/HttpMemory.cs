using Sensor.Primitives;
using Sensor.Protocols.Compression;

namespace Sensor.Protocols.Http;

/// <summary>What the HTTP parsers of one worker share.</summary>
internal sealed class HttpMemory
{
    /// <summary>Blocks made at start for every 1024 expected flows, by size: heads of requests and responses, and bodies as they grow.</summary>
    private static readonly (int Bytes, int Count)[] Blocks =
        [(256, 128), (512, 128), (1024, 64), (2048, 32), (4096, 32), (8192, 16), (16_384, 8), (32_768, 8), (65_536, 4), (131_072, 4), (262_144, 1)];

    /// <param name="options">Limits.</param>
    /// <param name="expectedFlows">HTTP connections to have room for from the start.</param>
    public HttpMemory(HttpOptions options, int expectedFlows = 64)
    {
        Options = options;
        Bytes = new ByteSlab(options.MemoryLimit);
        foreach ((int bytes, int count) in Blocks) Bytes.Stock(bytes, (count * expectedFlows + 1023) / 1024);
        Transactions = new ObjectSlab<HttpTransaction>(() => new HttpTransaction(this), Math.Max(16, expectedFlows / 4), options.MaximumTransactionsOfWorker);
        Decoders = new ObjectSlab<ContentDecoder>(() => new ContentDecoder(Bytes), Math.Max(16, expectedFlows / 32), MaximumDecoders);
        Chains = new ObjectSlab<DecoderChain>(() => new DecoderChain(Bytes, Decoders) { BombLimit = options.CompressionBombLimit }, Math.Max(16, expectedFlows / 32), MaximumDecoders);
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
