using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sensor.Detection.Patterns;

/// <summary>
/// The automaton of Aho and Corasick (1975) over folded bytes, kept small: states are numbered level by level, so a
/// state's children lie side by side and a state costs 13 bytes. Linear in the data whatever the data is: each byte
/// goes at most one level down, and levels gone down bound the failure steps.
/// A filter over the next bytes skips places where no pattern can begin. When a failure leaves fewer bytes under way
/// than the filter sees, the place they began is put to the filter again: in plain text single letters are always
/// under way, and would keep the filter from ever being asked.
/// </summary>
internal sealed class AhoCorasick
{
    private const int Root = 0;
    private const int None = -1;

    /// <summary>Bits of the filter: 16 KiB stay in the first-level cache, and 20 000 patterns fill an eighth of it.</summary>
    private const int FilterBits = 17;

    /// <summary>Bytes the filter looks at; positions with fewer left are walked through the automaton.</summary>
    private const int FilterReach = sizeof(uint);

    private readonly FoldedLiterals.Literal[] _literals;
    private readonly int[] _firstChild, _failure, _ends, _nextEnd;
    private readonly byte[] _label;
    private readonly int[] _rootChild = new int[256];
    private readonly byte[] _fold = new byte[256];
    private readonly ulong[] _filter = new ulong[1 << (FilterBits - 6)];
    private readonly uint _filterMask;
    private readonly int _width;

    // First state of each depth up to the filter's width, and of that depth.
    private readonly int[] _levels;
    private readonly int _firstDeep;

    /// <param name="literals">Sorted; at least two bytes each.</param>
    public AhoCorasick(FoldedLiterals literals)
    {
        _literals = literals.All;
        Slots = literals.Slots;
        for (int value = 0; value < 256; value++) _fold[value] = FoldedLiterals.Fold((byte)value);
        (_firstChild, _label, _ends) = BuildTrie(_literals);
        _failure = new int[_label.Length];
        _nextEnd = new int[_literals.Length];
        Array.Fill(_nextEnd, None);
        for (int child = _firstChild[Root]; child < _firstChild[Root + 1]; child++) _rootChild[_label[child]] = child;
        LinkFailures();
        _width = Math.Min(_literals.Min(literal => literal.Folded.Length), FilterReach);
        _filterMask = uint.MaxValue >> (8 * (FilterReach - _width));
        _levels = new int[_width + 1];
        for (int depth = 1; depth <= _width; depth++) _levels[depth] = _firstChild[_levels[depth - 1]];
        _firstDeep = _levels[_width];
        foreach (FoldedLiterals.Literal literal in _literals) AddToFilter(literal.Folded);
    }

    /// <summary>Size of the scratch's memory of what was told: one place for each literal and variant, one for each literal's chain.</summary>
    public int Slots { get; }

    public int Literals => _literals.Length;

    public void Scan(ReadOnlySpan<byte> data, ToldOnce told, PatternHits hits)
    {
        int at = 0;
        while ((at = SkipToCandidate(data, at)) < data.Length)
        {
            int state = _rootChild[_fold[data[at++]]];
            while (state != Root)
            {
                int end = _ends[state];
                if (end != None) Tell(end, data[..at], told, hits);
                if (at == data.Length) return;
                int child = Child(state, _fold[data[at]]);
                if (child != None)
                {
                    state = child;
                    at++;
                    continue;
                }

                state = _failure[state];
                if (state >= _firstDeep) continue;
                at -= ShallowDepth(state); // always behind the place the walk began, so the scan moves on
                state = Root;
            }
        }
    }

    /// <summary>Depth of a state less deep than the filter sees.</summary>
    private int ShallowDepth(int state)
    {
        int depth = 0;
        while (depth + 1 < _levels.Length && state >= _levels[depth + 1]) depth++;
        return depth;
    }

    private int SkipToCandidate(ReadOnlySpan<byte> data, int at)
    {
        ref byte start = ref MemoryMarshal.GetReference(data);
        ref ulong filter = ref MemoryMarshal.GetArrayDataReference(_filter);
        uint mask = _filterMask;
        int last = data.Length - FilterReach;
        if (at > data.Length - _width) return data.Length;
        for (; at <= last; at++)
        {
            uint bit = FilterBit(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, at)), mask);
            if ((Unsafe.Add(ref filter, bit >> 6) >> (int)(bit & 63) & 1) != 0) return at;
        }

        return at <= data.Length - _width ? at : data.Length;
    }

    /// <summary>Which bit of the filter a window of four bytes falls on; case is dropped by a bit that letters lack only in upper case.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint FilterBit(uint window, uint mask) => (((window | 0x2020_2020) & mask) * 0x9E37_79B1) >> (32 - FilterBits);

    private void AddToFilter(ReadOnlySpan<byte> folded)
    {
        Span<byte> window = stackalloc byte[FilterReach];
        window.Clear();
        folded[..Math.Min(folded.Length, FilterReach)].CopyTo(window);
        uint value = BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(window) : BinaryPrimitives.ReadUInt32BigEndian(window);
        uint bit = FilterBit(value, _filterMask);
        _filter[bit >> 6] |= 1UL << (int)(bit & 63);
    }

    private int Step(int state, byte value)
    {
        while (true)
        {
            if (state == Root) return _rootChild[value];
            int child = Child(state, value);
            if (child != None) return child;
            state = _failure[state];
        }
    }

    private int Child(int state, byte value)
    {
        int first = _firstChild[state], count = _firstChild[state + 1] - first;
        if (count == 1) return _label[first] == value ? first : None;
        int index = _label.AsSpan(first, count).IndexOf(value);
        return index < 0 ? None : first + index;
    }

    /// <summary>Tells every literal that ends here: the longest, then its suffixes. A chain told in full is not walked again.</summary>
    private void Tell(int end, ReadOnlySpan<byte> upToHere, ToldOnce told, PatternHits hits)
    {
        if (told.IsComplete(end)) return;
        bool complete = true;
        for (int literal = end; literal != None; literal = _nextEnd[literal])
        {
            if (told.IsComplete(literal)) break;
            complete &= TellLiteral(_literals[literal], upToHere, told, hits);
        }

        if (complete) told.MarkComplete(end);
    }

    private static bool TellLiteral(FoldedLiterals.Literal literal, ReadOnlySpan<byte> upToHere, ToldOnce told, PatternHits hits)
    {
        if (told.IsFirst(literal.Slot)) hits.Add(literal.AnyCase);
        bool all = true;
        foreach (FoldedLiterals.Variant variant in literal.Exact)
        {
            if (told.WasTold(variant.Slot)) continue;
            if (upToHere[^variant.Bytes.Length..].SequenceEqual(variant.Bytes) && told.IsFirst(variant.Slot)) hits.Add(variant.Numbers);
            else all = false;
        }

        return all;
    }

    /// <summary>
    /// Numbers the states level by level. A state is a run of sorted literals that share its path, so its children are
    /// found by cutting the run where the next byte changes.
    /// </summary>
    private static (int[] FirstChild, byte[] Label, int[] Ends) BuildTrie(FoldedLiterals.Literal[] literals)
    {
        List<int> firstChild = [];
        List<byte> labels = [0];
        List<int> ends = [None];
        Queue<(int First, int Last, int Depth)> runs = new([(0, literals.Length, 0)]);
        while (runs.TryDequeue(out (int First, int Last, int Depth) run))
        {
            firstChild.Add(labels.Count);
            int at = run.First;
            if (at < run.Last && literals[at].Folded.Length == run.Depth) at++; // the literal that is this path
            while (at < run.Last)
            {
                byte label = literals[at].Folded[run.Depth];
                int begin = at;
                while (at < run.Last && literals[at].Folded[run.Depth] == label) at++;
                labels.Add(label);
                ends.Add(literals[begin].Folded.Length == run.Depth + 1 ? begin : None);
                runs.Enqueue((begin, at, run.Depth + 1));
            }
        }

        firstChild.Add(labels.Count);
        return ([.. firstChild], [.. labels], [.. ends]);
    }

    /// <summary>A state's failure is the longest proper suffix of its path that is a path too; parents come before children.</summary>
    private void LinkFailures()
    {
        for (int parent = 0; parent < _label.Length; parent++)
        {
            for (int child = _firstChild[parent]; child < _firstChild[parent + 1]; child++)
            {
                int failure = parent == Root ? Root : Step(_failure[parent], _label[child]);
                _failure[child] = failure;
                if (_ends[child] == None) _ends[child] = _ends[failure];
                else _nextEnd[_ends[child]] = _ends[failure];
            }
        }
    }
}
