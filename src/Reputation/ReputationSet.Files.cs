using System.Buffers;
using Sensor.Detection;
using Sensor.Files;
using Sensor.Flows;
using Sensor.Protocols;

namespace Sensor.Reputation;

/// <summary>Files by the digest of their content, whatever protocol carries them.</summary>
public sealed partial class ReputationSet
{
    private const int Md5Digits = 32, Sha1Digits = 40, Sha256Digits = 64;

    private static readonly SearchValues<byte> HexadecimalDigits = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>Kinds of digest that the hash lists hold.</summary>
    public FileHashes AskedHashes { get; private init; }

    private static bool IsDigest(ReadOnlySpan<byte> text) =>
        DigestOf(text.Length) != FileHashes.None && text.IndexOfAnyExcept(HexadecimalDigits) < 0;

    /// <summary>Which digest has so many hexadecimal digits.</summary>
    private static FileHashes DigestOf(int digits) => digits switch
    {
        Md5Digits => FileHashes.Md5,
        Sha1Digits => FileHashes.Sha1,
        Sha256Digits => FileHashes.Sha256,
        _ => FileHashes.None,
    };

    /// <summary>A file is looked up once, when it has ended; one that was not seen whole has no digests.</summary>
    private void InspectFiles(Flow flow, Transaction transaction, IReputationSink sink)
    {
        if (AskedHashes == FileHashes.None || TransactionFiles.Of(transaction) is not { } files) return;
        for (int index = 0; index < files.Count; index++)
        {
            TrackedFile file = files[index];
            if (file.LookedUp || file.State == FileState.Open) continue;
            file.LookedUp = true;
            LookUpFile(file, flow, transaction, sink);
        }
    }

    // One alert a file: the strongest digest that is listed tells.
    private void LookUpFile(TrackedFile file, Flow flow, Transaction transaction, IReputationSink sink)
    {
        ByteKeyTable table = _tables[(int)ReputationKind.Hash];
        Span<byte> digits = stackalloc byte[Sha256Digits];
        if (TryFindDigest(table, file.Sha256, digits, out int found, out int length)
            || TryFindDigest(table, file.Sha1, digits, out found, out length)
            || TryFindDigest(table, file.Md5, digits, out found, out length))
        {
            sink.Hit(flow, transaction, Describe(found), digits[..length]);
        }
    }

    private static bool TryFindDigest(ByteKeyTable table, ReadOnlySpan<byte> digest, Span<byte> digits, out int found, out int length)
    {
        found = -1;
        return Convert.TryToHexStringLower(digest, digits, out length) && length > 0 && table.TryFind(digits[..length], out found);
    }
}
