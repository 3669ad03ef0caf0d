using Sensor.Primitives;
using Sensor.Protocols.Dcerpc;

namespace Sensor.Protocols.Smb;

/// <summary>What a transaction is about, beyond its command.</summary>
public enum SmbKind : byte { Generic, Negotiate, SessionSetup, TreeConnect, Create, File, Rename, SetInfo, Call, Ioctl }

/// <summary>Where a piece of text lies in the text of its <see cref="SmbTransaction"/>.</summary>
public readonly record struct SmbText(int Start, int Length);

/// <summary>Status as the server gave it.</summary>
public enum SmbStatusForm : byte { None, Nt, Dos }

/// <summary>One request with its response, the content of one file in one direction, or one call over a named pipe.</summary>
public sealed class SmbTransaction : Transaction, IDcerpcCarrier
{
    private PooledBytes _text;

    internal SmbTransaction(ByteSlab slab)
    {
        _text = new PooledBytes(slab);
        FileData = new GrowingBytes(slab);
    }

    /// <summary>1 or 2 (which includes 3).</summary>
    public int Version { get; internal set; }

    public int Command { get; internal set; }

    public SmbKind Kind { get; internal set; }

    public SmbStatusForm StatusForm { get; internal set; }

    /// <summary>The NT status, or class and code (class in the upper half).</summary>
    public uint Status { get; internal set; }

    public ulong SessionId { get; internal set; }

    public uint TreeId { get; internal set; }

    /// <summary>Dialect in force when it was last changed, 0 for one of SMB 1 or unknown; the name of the former is the other's.</summary>
    public int Dialect { get; internal set; }

    public SmbText DialectName { get; internal set; }

    /// <summary>Of a negotiation: names of SMB 1 dialects with a NUL after each, or pairs of bytes of SMB 2 dialects.</summary>
    public SmbText Dialects { get; internal set; }

    public bool HasClientGuid { get; internal set; }

    public bool HasServerGuid { get; internal set; }

    public UInt128 ClientGuid { get; internal set; }

    public UInt128 ServerGuid { get; internal set; }

    public uint MaximumRead { get; internal set; }

    public uint MaximumWrite { get; internal set; }

    // Session setup.
    public SmbText User { get; internal set; }

    public SmbText Domain { get; internal set; }

    public SmbText Host { get; internal set; }

    public SmbText SystemVersion { get; internal set; }

    public bool HasNtlmssp { get; internal set; }

    public bool HasNtlmsspWarning { get; internal set; }

    public bool HasKerberos { get; internal set; }

    public SmbText KerberosRealm { get; internal set; }

    /// <summary>Parts of the service's name with a NUL after each.</summary>
    public SmbText KerberosNames { get; internal set; }

    public SmbText RequestNativeOs { get; internal set; }

    public SmbText RequestNativeLm { get; internal set; }

    public SmbText ResponseNativeOs { get; internal set; }

    public SmbText ResponseNativeLm { get; internal set; }

    // Trees and files.
    public SmbText Share { get; internal set; }

    public bool IsPipe { get; internal set; }

    public int ShareType { get; internal set; }

    public SmbText RequestService { get; internal set; }

    public SmbText ResponseService { get; internal set; }

    public SmbText FileName { get; internal set; }

    public SmbText NewName { get; internal set; }

    public bool IsDirectory { get; internal set; }

    public bool IsDeletedOnClose { get; internal set; }

    public uint Disposition { get; internal set; }

    /// <summary>Control code of an ioctl; subcommand of a transaction.</summary>
    public uint Function { get; internal set; }

    public int LevelOfInterest { get; internal set; }

    public bool HasFileId { get; internal set; }

    public UInt128 FileId { get; internal set; }

    /// <summary>Seconds since 1970, and bytes; as the answer to a create says.</summary>
    public long Created { get; internal set; }

    public long Accessed { get; internal set; }

    public long Modified { get; internal set; }

    public long Changed { get; internal set; }

    public ulong Size { get; internal set; }

    public DcerpcExchange? Exchange { get; internal set; }

    /// <summary>The direction a file's content goes, for <see cref="SmbKind.File"/>.</summary>
    internal Direction FileDirection;

    internal GrowingBytes FileData { get; }

    /// <summary>What waits for its response, or holds its file; null when nothing does.</summary>
    internal SmbEntry? Entry;

    public ReadOnlySpan<byte> Bytes(SmbText text) => _text.Slice(text.Start, text.Length);

    /// <summary>Keeps bytes; nothing of them, and an event, when a limit is reached.</summary>
    internal SmbText Keep(ReadOnlySpan<byte> bytes)
    {
        var text = new SmbText(_text.Length, bytes.Length);
        if (bytes.IsEmpty || _text.TryAppend(bytes, SmbLimits.Text)) return text;
        Raise(SmbEvent.WorkerLimitReached);
        return default;
    }

    /// <summary>Keeps UTF-16 as the reference engine shows it: without its zero bytes.</summary>
    internal SmbText KeepWide(ReadOnlySpan<byte> bytes)
    {
        if (!_text.TryReserve(bytes.Length, SmbLimits.Text, out Span<byte> room))
        {
            Raise(SmbEvent.WorkerLimitReached);
            return default;
        }

        int length = 0;
        foreach (byte one in bytes)
        {
            if (one != 0) room[length++] = one;
        }

        int start = _text.Length - bytes.Length;
        _text.Shorten(start + length);
        return new SmbText(start, length);
    }

    internal void Raise(SmbEvent what) => Events.Add((int)what);

    public override void Reset()
    {
        base.Reset();
        _text.Release();
        FileData.Release();
        Entry = null;
        Exchange = null;
        Version = Command = Dialect = ShareType = LevelOfInterest = 0;
        Kind = SmbKind.Generic;
        StatusForm = SmbStatusForm.None;
        Status = TreeId = MaximumRead = MaximumWrite = Disposition = Function = 0;
        SessionId = Size = 0;
        HasClientGuid = HasServerGuid = HasNtlmssp = HasNtlmsspWarning = HasKerberos = IsPipe = IsDirectory = IsDeletedOnClose = HasFileId = false;
        ClientGuid = ServerGuid = FileId = default;
        DialectName = Dialects = User = Domain = Host = SystemVersion = KerberosRealm = KerberosNames = default;
        RequestNativeOs = RequestNativeLm = ResponseNativeOs = ResponseNativeLm = default;
        Share = RequestService = ResponseService = FileName = NewName = default;
        Created = Accessed = Modified = Changed = 0;
    }
}
