using System.Numerics;
using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>One stretch of kept bytes: a run that readers may see, or a segment that arrived before its turn.</summary>
internal struct Piece
{
    /// <summary>Offset of the first byte (see <see cref="StreamHalf"/> for whose offsets).</summary>
    public long Start;
    public int Length;
    /// <summary>Where the first byte lies in <see cref="Block"/>.</summary>
    public int At;
    public byte[] Block;
    /// <summary>Bytes that the segment, as sent, had before and after this piece: host policies ask for its true edges.</summary>
    public int SentBefore, SentAfter;

    public readonly long End => Start + Length;

    public readonly Span<byte> Bytes => Block.AsSpan(At, Length);
}

/// <summary>
/// What all sessions of one worker share: byte blocks under the memory limit, lists of pieces in power-of-two sizes,
/// edges. Everything is lent, returned and lent again.
/// </summary>
internal sealed class StreamMemory
{
    private const int SmallestList = 8;

    /// <summary>
    /// Blocks made at start for every 1024 initial sessions, by size: what office traffic was measured to hold, and half
    /// as much again. Most are never touched and take no memory of the machine. 2.2 MB in all for 1024.
    /// </summary>
    private static readonly (int Bytes, int Count)[] Blocks =
        [(256, 32), (512, 32), (1024, 32), (2048, 32), (4096, 32), (8192, 48), (16_384, 16), (32_768, 8), (65_536, 4), (131_072, 2), (262_144, 1), (524_288, 1)];

    private readonly Stack<Piece[]>[] _lists;
    private readonly Stack<SegmentEdges> _edges = new(64);
    private readonly int[] _listsMade = new int[24];
    private int _edgesMade;

    public StreamMemory(StreamOptions options)
    {
        Options = options;
        Bytes = new ByteSlab(options.MemoryLimit);
        _lists = MakeLists();
        for (int made = options.InitialSessions / 2; made > 0; made--) Return(MakeList(0));
        for (int made = options.InitialSessions / 8; made > 0; made--) Return(MakeList(1));
        for (int made = options.InitialSessions / 16; made > 0; made--) Return(MakeEdges());
        foreach ((int bytes, int count) in Blocks) Bytes.Stock(bytes, (count * options.InitialSessions + 1023) / 1024);
    }

    public StreamOptions Options { get; }

    public StreamCounters Counters { get; } = new();

    public ByteSlab Bytes { get; }

    /// <summary>Lends a list of at least that many pieces.</summary>
    public Piece[] TakeList(int length)
    {
        int size = SizeClass(length);
        return _lists[size].TryPop(out Piece[]? list) ? list : MakeList(size);
    }

    public void Return(Piece[] list)
    {
        Array.Clear(list);
        _lists[SizeClass(list.Length)].Push(list);
    }

    public SegmentEdges TakeEdges() => _edges.TryPop(out SegmentEdges? edges) ? edges : MakeEdges();

    public void Return(SegmentEdges edges)
    {
        edges.Clear();
        _edges.Push(edges);
    }

    // Room to take each back is made with it, so that giving back never allocates.
    private Piece[] MakeList(int size)
    {
        _lists[size].EnsureCapacity(++_listsMade[size]);
        return new Piece[SmallestList << size];
    }

    private SegmentEdges MakeEdges()
    {
        _edges.EnsureCapacity(++_edgesMade);
        return new SegmentEdges();
    }

    private static int SizeClass(int length) => length <= SmallestList ? 0 : BitOperations.Log2((uint)(length - 1) / SmallestList) + 1;

    private static Stack<Piece[]>[] MakeLists()
    {
        var lists = new Stack<Piece[]>[24];
        for (int i = 0; i < lists.Length; i++) lists[i] = new Stack<Piece[]>(16);
        return lists;
    }
}

/// <summary>
/// Where the segments began and ended that lie in order but are not acknowledged yet: a host policy decides by the
/// edges as they were sent. A ring; when full, the two oldest become one, which only blurs an edge.
/// </summary>
internal sealed class SegmentEdges
{
    private const int Capacity = 64;

    private readonly (long Start, long End)[] _ring = new (long, long)[Capacity];
    private int _first;

    public int Count { get; private set; }

    public (long Start, long End) this[int index] => _ring[(_first + index) & (Capacity - 1)];

    public void Add(long start, long end)
    {
        if (Count == Capacity)
        {
            long oldestStart = this[0].Start;
            _first = (_first + 1) & (Capacity - 1);
            Count--;
            _ring[_first].Start = oldestStart;
        }

        _ring[(_first + Count++) & (Capacity - 1)] = (start, end);
    }

    /// <summary>Forgets segments that end at or before the offset.</summary>
    public void DropTo(long offset)
    {
        while (Count > 0 && this[0].End <= offset)
        {
            _first = (_first + 1) & (Capacity - 1);
            Count--;
        }
    }

    public void Clear() => _first = Count = 0;
}
