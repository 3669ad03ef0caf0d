namespace Sensor.Protocols.Http;

/// <summary>
/// Limits of HTTP/1, read once at start from the reference engine's keys below
/// <c>app-layer.protocols.http.libhtp.default-config</c> (user guide, "Suricata.yaml", HTTP). Defaults are the same.
/// </summary>
public sealed record HttpOptions
{
    private const string Prefix = "app-layer.protocols.http.libhtp.default-config.";

    /// <summary>Bytes of a request body kept for inspection; 0 means as many as a block can hold. Files get all.</summary>
    public int RequestBodyLimit { get; init; } = 100 * 1024;

    /// <summary>The same for responses, decoded.</summary>
    public int ResponseBodyLimit { get; init; } = 100 * 1024;

    /// <summary>Content codings of one response that are undone.</summary>
    public int ResponseDecompressLayers { get; init; } = 2;

    /// <summary>Whether coded request bodies are decoded; an upload hidden by a coding is read as any other.</summary>
    public bool DecompressRequests { get; init; } = true;

    /// <summary>Decoded bytes above which the ratio to the coded ones counts.</summary>
    public long CompressionBombLimit { get; init; } = 1024 * 1024;

    public bool DoubleDecodePath { get; init; }

    public bool DoubleDecodeQuery { get; init; }

    /// <summary>Plus becomes space in the query.</summary>
    public bool PlusIsSpace { get; init; }

    /// <summary>Scheme, user, host and port of an absolute URI stay in the normalised one.</summary>
    public bool UriIncludesAll { get; init; }

    /// <summary>Longest line (start line or one header line); more is cut off and told.</summary>
    public int FieldLimit { get; init; } = 18_000;

    /// <summary>Header fields of one message; more are told and left out.</summary>
    public int MaximumHeaders { get; init; } = 1024;

    /// <summary>Raw bytes kept of the start line and headers of one message; later headers are left out.</summary>
    public int HeadLimit { get; init; } = 256 * 1024;

    /// <summary>Exchanges of one connection that may be open (max-tx).</summary>
    public int MaximumTransactions { get; init; } = 512;

    /// <summary>Exchanges open on all connections of one worker.</summary>
    public int MaximumTransactionsOfWorker { get; init; } = 131_072;

    /// <summary>Bytes one worker may hold for heads and bodies (app-layer.protocols.http.memcap).</summary>
    public long MemoryLimit { get; init; } = 256L * 1024 * 1024;

    public static HttpOptions From(ProtocolOptions options)
    {
        var byDefault = new HttpOptions();
        return byDefault with
        {
            RequestBodyLimit = Limit(options, "request-body-limit", byDefault.RequestBodyLimit),
            ResponseBodyLimit = Limit(options, "response-body-limit", byDefault.ResponseBodyLimit),
            ResponseDecompressLayers = (int)Math.Clamp(options.Number(Prefix + "response-body-decompress-layer-limit", byDefault.ResponseDecompressLayers), 0, Compression.DecoderChain.MaximumLayers),
            DecompressRequests = options.IsOn(Prefix + "request-body-decompression", byDefault.DecompressRequests),
            CompressionBombLimit = options.Number(Prefix + "compression-bomb-limit", byDefault.CompressionBombLimit),
            DoubleDecodePath = options.IsOn(Prefix + "double-decode-path", false),
            DoubleDecodeQuery = options.IsOn(Prefix + "double-decode-query", false),
            PlusIsSpace = options.IsOn(Prefix + "query-plusspace-decode", false),
            UriIncludesAll = options.IsOn(Prefix + "uri-include-all", false),
            FieldLimit = (int)Math.Clamp(options.Number(Prefix + "meta-field-limit", byDefault.FieldLimit), 256, 1 << 20),
            MaximumHeaders = (int)Math.Clamp(options.Number(Prefix + "headers-limit", byDefault.MaximumHeaders), 1, 65_536),
            MaximumTransactions = (int)Math.Clamp(options.Number(Prefix + "max-tx", ProtocolSettings.MaximumTransactions(options, "http", byDefault.MaximumTransactions)), 1, 65_536),
            MemoryLimit = options.Number("app-layer.protocols.http.memcap", byDefault.MemoryLimit),
        };
    }

    private static int Limit(ProtocolOptions options, string key, int byDefault)
    {
        long limit = options.Number(Prefix + key, byDefault);
        return limit <= 0 || limit > Primitives.ByteSlab.LargestBlock ? Primitives.ByteSlab.LargestBlock : (int)limit;
    }
}
