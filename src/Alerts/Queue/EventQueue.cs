namespace Sensor.Alerts;

public sealed record EventQueueOptions
{
    /// <summary>Memory of the queue, allocated at start. 32 MiB hold about 30 000 ordinary records: 3 s of 10 000 events a second.</summary>
    public int Bytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// When full, the producer waits instead of giving events up. For replays of files only: they have time, a wire has none.
    /// </summary>
    public bool WaitWhenFull { get; init; }
}

/// <summary>
/// The only crossing from the workers to the event thread: bounded, preallocated, many producers, one consumer, in order.
/// When it is full the lowest rank goes first: records, then Info, Low, Medium alerts; of equals the new one goes.
/// A producer holds the lock for one copy of a record and never waits for the consumer (except <see cref="EventQueueOptions.WaitWhenFull"/>).
/// Memory is a slab of blocks; an event is a chain of them, one chain list per rank, a ticket keeps the order between lists.
/// </summary>
public sealed class EventQueue : IDisposable
{
    internal const int BlockBytes = 1024;
    private const int Ranks = 5, Kinds = 8, Nil = -1;

    // Not a Lock: that one makes its event when a thread first has to wait for it, on the worker.
    private readonly object _gate = new();
    private readonly byte[] _bytes;
    private readonly int[] _nextBlock;
    private readonly EventHeader[] _headers;
    private readonly long[] _tickets;
    private readonly int[] _nextEvent;
    private readonly int[] _first = new int[Ranks], _last = new int[Ranks], _blocksOf = new int[Ranks];
    private readonly long[] _written = new long[Kinds], _dropped = new long[Kinds], _droppedOfRank = new long[Ranks];
    private readonly ManualResetEventSlim _arrived = new(false), _space = new(true);
    private readonly bool _waits;
    private int _free;
    private int _freeCount;
    private long _ticket;
    private volatile bool _consumerWaits;

    public EventQueue(EventQueueOptions options)
    {
        int blocks = Math.Max(64, options.Bytes / BlockBytes);
        _waits = options.WaitWhenFull;
        _bytes = new byte[blocks * BlockBytes];
        _nextBlock = new int[blocks];
        _headers = new EventHeader[blocks];
        _tickets = new long[blocks];
        _nextEvent = new int[blocks];
        for (int i = 0; i < blocks; i++) _nextBlock[i] = i + 1 < blocks ? i + 1 : Nil;
        if (_waits) Warm(_space);
        Array.Fill(_first, Nil);
        Array.Fill(_last, Nil);
        _freeCount = blocks;
    }

    /// <summary>Largest event the queue takes: a quarter of it.</summary>
    public int MaximumEventBytes => _bytes.Length / 4;

    /// <summary>Events that found their place, by kind; some of them may have been given up later.</summary>
    public long Written(EventKind kind) => Volatile.Read(ref _written[(int)kind]);

    /// <summary>Events given up because the queue was full (or they were too large), by kind.</summary>
    public long Dropped(EventKind kind) => Volatile.Read(ref _dropped[(int)kind]);

    public long Dropped(EventRank rank) => Volatile.Read(ref _droppedOfRank[(int)rank]);

    public bool IsEmpty
    {
        get { lock (_gate) return OldestRank() < 0; }
    }

    /// <summary>Copies an event in. False when it was given up (counted). Allocates nothing.</summary>
    public bool TryWrite(in EventHeader header, ReadOnlySpan<byte> json, ReadOnlySpan<byte> details)
    {
        int blocks = Math.Max(1, (json.Length + details.Length + BlockBytes - 1) / BlockBytes);
        while (true)
        {
            lock (_gate)
            {
                if (json.Length + details.Length > MaximumEventBytes)
                {
                    CountDrop(header);
                    return false;
                }

                if (_freeCount >= blocks || (!_waits && TryMakeRoom(blocks, (int)header.Rank)))
                {
                    Enqueue(header, json, details, blocks);
                    break;
                }

                if (!_waits)
                {
                    CountDrop(header);
                    return false;
                }

                _space.Reset();
            }

            _space.Wait();
        }

        if (_consumerWaits) _arrived.Set();
        return true;
    }

    /// <summary>Takes the oldest event out. <paramref name="buffer"/> receives JSON, then details, and grows when it must.</summary>
    public bool TryRead(out EventHeader header, ref byte[] buffer)
    {
        lock (_gate)
        {
            int rank = OldestRank();
            if (rank < 0)
            {
                header = default;
                return false;
            }

            int at = _first[rank];
            header = _headers[at];
            int length = header.TotalLength;
            if (buffer.Length < length) buffer = new byte[Math.Max(length, buffer.Length * 2)];
            int block = at;
            for (int copied = 0; copied < length; block = _nextBlock[block])
            {
                int piece = Math.Min(BlockBytes, length - copied);
                _bytes.AsSpan(block * BlockBytes, piece).CopyTo(buffer.AsSpan(copied));
                copied += piece;
            }

            RemoveFirst(rank);
            if (_waits) _space.Set();
            return true;
        }
    }

    /// <summary>The consumer sleeps until something arrives, <see cref="Wake"/> is called, or the time is up.</summary>
    public void WaitForEvents(TimeSpan timeout, CancellationToken cancellation = default)
    {
        _arrived.Reset();
        _consumerWaits = true;
        if (IsEmpty) _arrived.Wait(timeout, cancellation);
        _consumerWaits = false;
    }

    public void Wake() => _arrived.Set();

    public void Dispose()
    {
        _arrived.Dispose();
        _space.Dispose();
    }

    // The first wait makes what the others need; it had better not be the worker's.
    private static void Warm(ManualResetEventSlim signal)
    {
        bool wasSet = signal.IsSet;
        signal.Reset();
        signal.Wait(1);
        if (wasSet) signal.Set();
    }

    private int OldestRank()
    {
        int oldest = -1;
        for (int rank = 0; rank < Ranks; rank++)
        {
            if (_first[rank] != Nil && (oldest < 0 || _tickets[_first[rank]] < _tickets[_first[oldest]])) oldest = rank;
        }

        return oldest;
    }

    // Gives up the oldest events of the lowest ranks, but only if that makes room enough.
    private bool TryMakeRoom(int blocks, int rank)
    {
        int lower = _freeCount;
        for (int i = 0; i < rank; i++) lower += _blocksOf[i];
        if (lower < blocks) return false;
        for (int i = 0; i < rank && _freeCount < blocks; i++)
        {
            while (_first[i] != Nil && _freeCount < blocks)
            {
                CountDrop(_headers[_first[i]]);
                RemoveFirst(i);
            }
        }

        return true;
    }

    private void Enqueue(in EventHeader header, ReadOnlySpan<byte> json, ReadOnlySpan<byte> details, int blocks)
    {
        int first = _free, block = _free, last = _free, offset = 0;
        for (int i = 0; i < blocks; i++, block = _nextBlock[block])
        {
            last = block;
            Span<byte> space = _bytes.AsSpan(block * BlockBytes, BlockBytes);
            int fromJson = Math.Clamp(json.Length - offset, 0, BlockBytes);
            if (fromJson > 0) json.Slice(offset, fromJson).CopyTo(space);
            int detailOffset = Math.Max(0, offset - json.Length);
            int fromDetails = Math.Min(BlockBytes - fromJson, details.Length - detailOffset);
            if (fromDetails > 0) details.Slice(detailOffset, fromDetails).CopyTo(space[fromJson..]);
            offset += BlockBytes;
        }

        _free = _nextBlock[last];
        _nextBlock[last] = Nil;
        _freeCount -= blocks;
        int rank = (int)header.Rank;
        _blocksOf[rank] += blocks;
        _headers[first] = header;
        _headers[first].JsonLength = json.Length;
        _headers[first].DetailLength = details.Length;
        _tickets[first] = _ticket++;
        _nextEvent[first] = Nil;
        if (_last[rank] == Nil) _first[rank] = first;
        else _nextEvent[_last[rank]] = first;
        _last[rank] = first;
        _written[(int)header.Kind]++;
    }

    private void RemoveFirst(int rank)
    {
        int at = _first[rank];
        _first[rank] = _nextEvent[at];
        if (_first[rank] == Nil) _last[rank] = Nil;
        _headers[at] = default; // lets go the rule, which a new rule set may have replaced
        int block = at, count = 1;
        while (_nextBlock[block] != Nil)
        {
            block = _nextBlock[block];
            count++;
        }

        _nextBlock[block] = _free;
        _free = at;
        _freeCount += count;
        _blocksOf[rank] -= count;
    }

    private void CountDrop(in EventHeader header)
    {
        _dropped[(int)header.Kind]++;
        _droppedOfRank[(int)header.Rank]++;
    }
}
