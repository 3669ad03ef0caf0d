using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Files;

/// <summary>
/// Follows the files that parsers hand over: name, size, type, digests, state. One per worker. A file lives as long as
/// the transaction that carries it; nothing of its content is kept.
/// </summary>
public sealed class FileTracker : IFileSink, IDisposable
{
    private const int SlotBits = 18;
    private const int MostSlots = 1 << SlotBits;
    private const int GenerationMask = (1 << (31 - SlotBits)) - 1;
    private const int InitialFiles = 64, InitialHashers = 4;

    /// <summary>Bytes of names and beginnings of files; far more than the files that may be open need.</summary>
    private const long TextLimit = 128L * 1024 * 1024;

    private readonly FileTrackerOptions _options;
    private readonly ByteSlab _text = new(TextLimit);
    private readonly List<TrackedFile> _slots = [];
    private readonly List<FileHasher> _madeHashers = [];
    private readonly ObjectSlab<TrackedFile> _files;
    private readonly ObjectSlab<TransactionFiles> _lists;
    private readonly ObjectSlab<FileHasher> _hashers;

    public FileTracker(FileTrackerOptions? options = null)
    {
        _options = options ?? new FileTrackerOptions();
        Hashes = _options.Hashes;
        int most = Math.Min(_options.MostFiles, MostSlots);
        _files = new ObjectSlab<TrackedFile>(MakeFile, InitialFiles, most);
        _lists = new ObjectSlab<TransactionFiles>(() => new TransactionFiles(), InitialFiles, most);
        _hashers = new ObjectSlab<FileHasher>(MakeHasher, InitialHashers, _options.MostHashing);
    }

    /// <summary>Digests of files that begin from now on: what the rules, lists and records in force ask for.</summary>
    public FileHashes Hashes { get; set; }

    public int FilesInUse => _files.InUse;

    /// <summary>Files begun since start.</summary>
    public long FilesSeen { get; private set; }

    /// <summary>Files that passed unseen because a limit was reached.</summary>
    public long FilesRefused { get; private set; }

    /// <summary>Files without digests because <see cref="FileTrackerOptions.MostHashing"/> were being hashed.</summary>
    public long HashesRefused => _hashers.Refused;

    public int Open(Flow flow, Transaction transaction, Direction direction, ReadOnlySpan<byte> name, PacketTime time)
    {
        FilesSeen++;
        if (ListOf(transaction) is not { } list || list.Count >= _options.MostFilesPerTransaction || !_files.TryTake(out TrackedFile? file))
        {
            FilesRefused++;
            return -1;
        }

        FileHasher? hasher = null;
        if (Hashes != FileHashes.None && _hashers.TryTake(out hasher)) hasher.Begin(Hashes);
        file.Open(transaction, direction, name, time, hasher);
        list.Add(file);
        return (file.Generation << SlotBits) | file.Index;
    }

    public void Append(int file, ReadOnlySpan<byte> bytes)
    {
        if (Find(file) is { } found) Return(found.Append(bytes, _options.Types, _options.HashLimit));
    }

    public void Gap(int file, long length)
    {
        if (Find(file) is { } found) Return(found.Gap(length));
    }

    public void SetRange(int file, long start, long end) => Find(file)?.SetRange(start, end);

    public void Close(int file, bool complete, PacketTime time)
    {
        if (Find(file) is { } found) Return(found.Close(complete, time));
    }

    public void TransactionReleased(Transaction transaction)
    {
        if (TransactionFiles.Of(transaction) is not { } list) return;
        transaction.Files = null;
        for (int i = 0; i < list.Count; i++)
        {
            TrackedFile file = list[i];
            Return(file.Reset());
            file.Generation = (file.Generation + 1) & GenerationMask;
            _files.Return(file);
        }

        list.Clear();
        _lists.Return(list);
    }

    public void Dispose()
    {
        foreach (FileHasher hasher in _madeHashers) hasher.Dispose();
    }

    private TransactionFiles? ListOf(Transaction transaction)
    {
        if (TransactionFiles.Of(transaction) is { } known) return known;
        if (!_lists.TryTake(out TransactionFiles? list)) return null;
        transaction.Files = list;
        return list;
    }

    /// <summary>The file of a handle; null for files that are not tracked and for handles from before a release.</summary>
    private TrackedFile? Find(int handle)
    {
        int index = handle & (MostSlots - 1);
        if (handle < 0 || index >= _slots.Count) return null;
        TrackedFile file = _slots[index];
        return file.Generation == handle >> SlotBits && file.State == FileState.Open ? file : null;
    }

    private TrackedFile MakeFile()
    {
        var file = new TrackedFile(_slots.Count, _text);
        _slots.Add(file);
        return file;
    }

    private FileHasher MakeHasher()
    {
        var hasher = new FileHasher();
        _madeHashers.Add(hasher);
        return hasher;
    }

    private void Return(FileHasher? hasher)
    {
        if (hasher is null) return;
        hasher.Clear();
        _hashers.Return(hasher);
    }
}
