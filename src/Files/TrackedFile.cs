using Sensor.Files.Types;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Files;

public enum FileState : byte
{
    Open,
    /// <summary>Seen from its first to its last byte.</summary>
    Closed,
    /// <summary>Ended early, or with a gap.</summary>
    Truncated,
}

/// <summary>One file as it passes. Pooled: not to be kept beyond its transaction.</summary>
public sealed class TrackedFile
{
    /// <summary>Bytes of a name that are kept; file systems end at 255, URLs go on.</summary>
    public const int MostName = 4096;

    /// <summary>Rules that asked to keep the file; more are not listed.</summary>
    public const int MostSids = 16;

    private readonly byte[] _md5 = new byte[16], _sha1 = new byte[20], _sha256 = new byte[32];
    private readonly byte[] _type = new byte[FileTypes.MostText];
    private readonly long[] _sids = new long[MostSids];
    private PooledBytes _name, _head;
    private FileHasher? _hasher;
    private int _typeLength, _sidCount;

    internal TrackedFile(int index, ByteSlab slab)
    {
        Index = index;
        _name = new PooledBytes(slab);
        _head = new PooledBytes(slab);
    }

    internal int Index { get; }

    /// <summary>Told apart from earlier users of the same slot.</summary>
    internal int Generation { get; set; }

    public Direction Direction { get; private set; }

    public long TransactionId { get; private set; }

    public FileState State { get; private set; }

    /// <summary>Bytes from the first to the last one seen, gaps included.</summary>
    public long Size { get; private set; }

    public bool HasGaps { get; private set; }

    public PacketTime Opened { get; private set; }

    public PacketTime LastChanged { get; private set; }

    /// <summary>First and last byte of the whole that this piece is (HTTP ranges), -1 for a whole file.</summary>
    public long RangeStart { get; private set; } = -1;

    public long RangeEnd { get; private set; } = -1;

    /// <summary>Digests that are valid: of files closed without a gap.</summary>
    public FileHashes Hashes { get; private set; }

    /// <summary>Something happened since Detection last looked; Detection clears it.</summary>
    public bool Changed { get; set; }

    /// <summary>Its event record was written.</summary>
    public bool Logged { get; set; }

    /// <summary>Look-ups in hash lists were made.</summary>
    public bool LookedUp { get; set; }

    /// <summary>Name as the sender spelled it, possibly empty.</summary>
    public ReadOnlySpan<byte> Name => _name.Span;

    /// <summary>What follows the last dot of the name's last part, without the dot; empty without one.</summary>
    public ReadOnlySpan<byte> Extension
    {
        get
        {
            ReadOnlySpan<byte> last = Name[(Name.LastIndexOfAny("/\\"u8) + 1)..];
            int dot = last.LastIndexOf((byte)'.');
            return dot < 0 ? default : last[(dot + 1)..];
        }
    }

    /// <summary>What it is by its first bytes, in the words of libmagic; empty while unknown.</summary>
    public ReadOnlySpan<byte> Type => _type.AsSpan(0, _typeLength);

    public ReadOnlySpan<byte> Md5 => (Hashes & FileHashes.Md5) != 0 ? _md5 : default;

    public ReadOnlySpan<byte> Sha1 => (Hashes & FileHashes.Sha1) != 0 ? _sha1 : default;

    public ReadOnlySpan<byte> Sha256 => (Hashes & FileHashes.Sha256) != 0 ? _sha256 : default;

    /// <summary>Rules that asked to keep it (filestore).</summary>
    public ReadOnlySpan<long> Sids => _sids.AsSpan(0, _sidCount);

    public void AddSid(long sid)
    {
        if (_sidCount < MostSids && !Sids.Contains(sid)) _sids[_sidCount++] = sid;
    }

    internal void Open(Transaction transaction, Direction direction, ReadOnlySpan<byte> name, PacketTime time, FileHasher? hasher)
    {
        TransactionId = transaction.Id;
        Direction = direction;
        Opened = LastChanged = time;
        Changed = true;
        _hasher = hasher;
        _name.TryAppend(name[..Math.Min(name.Length, MostName)], MostName);
    }

    /// <summary>Takes content; answers the hasher when the file has grown too big for it.</summary>
    internal FileHasher? Append(ReadOnlySpan<byte> bytes, bool types, long hashLimit)
    {
        if (types && _typeLength == 0 && Size < FileTypes.Depth && !HasGaps) Look(bytes);
        Size += bytes.Length;
        Changed = true;
        if (_hasher is null) return null;
        if (Size > hashLimit) return TakeHasher();
        _hasher.Append(bytes);
        return null;
    }

    /// <summary>Takes a hole; answers the hasher, for which there is no more use.</summary>
    internal FileHasher? Gap(long length)
    {
        if (Size < FileTypes.Depth) Decide();
        Size += length;
        HasGaps = true;
        Changed = true;
        return TakeHasher();
    }

    /// <summary>Ends the file; answers the hasher.</summary>
    internal FileHasher? Close(bool complete, PacketTime time)
    {
        if (State != FileState.Open) return null;
        LastChanged = time;
        Changed = true;
        State = complete && !HasGaps ? FileState.Closed : FileState.Truncated;
        Decide();
        FileHasher? hasher = TakeHasher();
        if (hasher is not null && State == FileState.Closed) Hashes = hasher.Finish(_md5, _sha1, _sha256);
        return hasher;
    }

    internal void SetRange(long start, long end)
    {
        RangeStart = start;
        RangeEnd = end;
    }

    /// <summary>Makes it ready for its next use; answers the hasher of a file that was still open.</summary>
    internal FileHasher? Reset()
    {
        _name.Release();
        _head.Release();
        State = FileState.Open;
        Size = 0;
        HasGaps = Changed = Logged = LookedUp = false;
        Hashes = FileHashes.None;
        RangeStart = RangeEnd = -1;
        _typeLength = _sidCount = 0;
        return TakeHasher();
    }

    private FileHasher? TakeHasher()
    {
        FileHasher? hasher = _hasher;
        _hasher = null;
        return hasher;
    }

    /// <summary>Collects the first bytes; most files show them in one piece, which is then not copied.</summary>
    private void Look(ReadOnlySpan<byte> bytes)
    {
        if (_head.Length == 0 && bytes.Length >= FileTypes.Depth)
        {
            _typeLength = FileTypes.Describe(bytes[..FileTypes.Depth], _type);
            return;
        }

        _head.TryAppend(bytes[..Math.Min(bytes.Length, FileTypes.Depth - _head.Length)], FileTypes.Depth);
        if (_head.Length == FileTypes.Depth) Decide();
    }

    private void Decide()
    {
        if (_typeLength == 0 && _head.Length > 0) _typeLength = FileTypes.Describe(_head.Span, _type);
        _head.Release();
    }
}
