using System.Security.Cryptography;

namespace Sensor.Files;

/// <summary>Digests of one file as it passes. Made once, used again for file after file.</summary>
internal sealed class FileHasher : IDisposable
{
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private readonly IncrementalHash _sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private FileHashes _wanted;
    private bool _dirty;

    public void Begin(FileHashes wanted) => _wanted = wanted;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _dirty = true;
        if ((_wanted & FileHashes.Md5) != 0) _md5.AppendData(bytes);
        if ((_wanted & FileHashes.Sha1) != 0) _sha1.AppendData(bytes);
        if ((_wanted & FileHashes.Sha256) != 0) _sha256.AppendData(bytes);
    }

    /// <summary>Writes the digests that were wanted and says which.</summary>
    public FileHashes Finish(Span<byte> md5, Span<byte> sha1, Span<byte> sha256)
    {
        if ((_wanted & FileHashes.Md5) != 0) _md5.TryGetHashAndReset(md5, out _);
        if ((_wanted & FileHashes.Sha1) != 0) _sha1.TryGetHashAndReset(sha1, out _);
        if ((_wanted & FileHashes.Sha256) != 0) _sha256.TryGetHashAndReset(sha256, out _);
        _dirty = false;
        return _wanted;
    }

    /// <summary>Forgets what an unfinished file left.</summary>
    public void Clear()
    {
        if (!_dirty) return;
        Span<byte> nowhere = stackalloc byte[32];
        Finish(nowhere, nowhere, nowhere);
    }

    public void Dispose()
    {
        _md5.Dispose();
        _sha1.Dispose();
        _sha256.Dispose();
    }
}
