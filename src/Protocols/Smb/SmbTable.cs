using Sensor.Primitives;
using Sensor.Protocols.Dcerpc;

namespace Sensor.Protocols.Smb;

/// <summary>What a conversation has to remember something by.</summary>
internal enum SmbEntryKind : byte
{
    /// <summary>A share by its tree id.</summary>
    Tree,
    /// <summary>The name of an open file by its id.</summary>
    File,
    /// <summary>A transaction by the id of the message that waits for an answer.</summary>
    Request,
    /// <summary>A read without a transaction of its own, by the id of its message.</summary>
    Read,
    /// <summary>A write to a file, by the id of its message.</summary>
    Write,
    /// <summary>Content on its way to the server, or to the client, by the id of its file.</summary>
    ToServer, ToClient,
    /// <summary>Calls over a named pipe by the id of the pipe.</summary>
    Pipe,
}

internal readonly record struct SmbKey(long Owner, SmbEntryKind Kind, UInt128 Id);

/// <summary>One thing a flow remembers. Pooled; a link in its flow's list.</summary>
internal sealed class SmbEntry(ByteSlab slab)
{
    public SmbKey Key;
    public SmbEntry? Older, Newer;
    public PooledBytes Name = new(slab);
    public SmbTransaction? Transaction;
    public UInt128 FileId;
    public ulong Offset;
    public bool IsPipe;
    public int File = -1;
    public SmbPipe? Pipe;

    public void Clear()
    {
        Name.Release();
        Transaction = null;
        Older = Newer = null;
        FileId = default;
        Offset = 0;
        IsPipe = false;
        File = -1;
        Pipe = null;
    }
}

/// <summary>
/// What the SMB parsers of one worker share, and the table of what their flows remember: one dictionary for all flows,
/// so that a flow holds memory only for what it has open.
/// </summary>
internal sealed class SmbPool
{
    private const int Initial = 64;

    private readonly Dictionary<SmbKey, SmbEntry> _entries = new(1024);
    private readonly ObjectSlab<SmbEntry> _slab;
    private readonly ObjectSlab<SmbPipe> _pipes;
    private long _owners;

    public SmbPool()
    {
        Text = new ByteSlab(SmbLimits.Memory);
        _slab = new ObjectSlab<SmbEntry>(() => new SmbEntry(Text), Initial, SmbLimits.Entries);
        _pipes = new ObjectSlab<SmbPipe>(() => new SmbPipe(this), 8, SmbLimits.Entries);
        Transactions = new ObjectSlab<SmbTransaction>(() => new SmbTransaction(Text), Initial, SmbLimits.Entries);
    }

    public ByteSlab Text { get; }

    public DcerpcPool Calls { get; } = new();

    public ObjectSlab<SmbTransaction> Transactions { get; }

    /// <summary>Things remembered now, of all flows.</summary>
    public int Remembered => _entries.Count;

    public long NewOwner() => ++_owners;

    public SmbEntry? Find(in SmbKey key) => _entries.GetValueOrDefault(key);

    /// <summary>A new, empty entry in the place of an older one of the same key; null at the worker's limit.</summary>
    public SmbEntry? Put(in SmbKey key)
    {
        if (!_slab.TryTake(out SmbEntry? entry)) return null;
        entry.Key = key;
        _entries[key] = entry;
        return entry;
    }

    public void Remove(SmbEntry entry)
    {
        _entries.Remove(entry.Key);
        if (entry.Pipe is { } pipe)
        {
            pipe.Reset();
            _pipes.Return(pipe);
        }

        if (entry.Transaction is { } transaction && ReferenceEquals(transaction.Entry, entry)) transaction.Entry = null;
        entry.Clear();
        _slab.Return(entry);
    }

    public SmbPipe? TakePipe() => _pipes.TryTake(out SmbPipe? pipe) ? pipe : null;
}

/// <summary>What one flow remembers, newest last; the oldest makes way.</summary>
internal sealed class SmbMemory(SmbPool pool)
{
    private SmbEntry? _oldest, _newest;
    private long _owner = pool.NewOwner();
    private int _count;

    public SmbEntry? Find(SmbEntryKind kind, UInt128 id) => pool.Find(new SmbKey(_owner, kind, id));

    /// <summary>A new entry; null when the worker has no room. <paramref name="forget"/> is told of what has to make way.</summary>
    public SmbEntry? Put(SmbEntryKind kind, UInt128 id, Action<SmbEntry> forget)
    {
        var key = new SmbKey(_owner, kind, id);
        if (pool.Find(key) is { } before) { forget(before); Remove(before); }
        if (_count >= SmbLimits.EntriesPerFlow) { SmbEntry oldest = _oldest!; forget(oldest); Remove(oldest); }
        if (pool.Put(key) is not { } entry) return null;
        entry.Older = _newest;
        if (_newest is not null) _newest.Newer = entry;
        else _oldest = entry;
        _newest = entry;
        _count++;
        return entry;
    }

    public void Remove(SmbEntry entry)
    {
        if (entry.Older is { } older) older.Newer = entry.Newer;
        else _oldest = entry.Newer;
        if (entry.Newer is { } newer) newer.Older = entry.Older;
        else _newest = entry.Older;
        _count--;
        pool.Remove(entry);
    }

    public SmbEntry? Oldest => _oldest;

    public void Clear()
    {
        while (_oldest is { } entry) Remove(entry);
        _owner = pool.NewOwner();
    }
}
