namespace Sensor.Protocols.Compression;

/// <summary>Content codings of RFC 9110 section 8.4.1 that are undone.</summary>
public enum ContentCoding : byte
{
    None,
    Gzip,
    /// <summary>zlib (RFC 1950), and the bare deflate that many servers mean by it.</summary>
    Deflate,
    Brotli,
    /// <summary>Known, not undone.</summary>
    Lzma,
}
