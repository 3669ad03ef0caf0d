using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>Where a piece of text lies in a <see cref="TextStore"/>.</summary>
internal readonly record struct TextRange(int Start, int Length)
{
    public bool IsEmpty => Length == 0;
}

/// <summary>The text one transaction keeps, end to end in one block of the slab, up to a limit. A part of a pooled object.</summary>
internal sealed class TextStore(ByteSlab slab, int limit)
{
    private PooledBytes _text = new(slab);

    /// <summary>Something did not fit.</summary>
    public bool IsFull { get; private set; }

    public int Length => _text.Length;

    public ReadOnlySpan<byte> this[TextRange range] => range.Length == 0 ? default : _text.Slice(range.Start, range.Length);

    /// <summary>Keeps bytes; as many of them as fit, and none when there is no memory.</summary>
    public TextRange Keep(ReadOnlySpan<byte> bytes)
    {
        int room = limit - _text.Length;
        if (bytes.Length > room)
        {
            IsFull = true;
            bytes = bytes[..Math.Max(0, room)];
        }

        var range = new TextRange(_text.Length, bytes.Length);
        if (bytes.IsEmpty || _text.TryAppend(bytes, limit)) return range;
        IsFull = true;
        return default;
    }

    public void Release()
    {
        _text.Release();
        IsFull = false;
    }
}

/// <summary>Several texts of one kind, in the order in which they came, up to a number of them.</summary>
internal sealed class TextList(TextStore store, ByteSlab slab, int most)
{
    private PooledBytes _items = new(slab);

    public int Count => _items.Length / Unsafe.SizeOf<TextRange>();

    public ReadOnlySpan<byte> this[int index] => store[Items[index]];

    private ReadOnlySpan<TextRange> Items => MemoryMarshal.Cast<byte, TextRange>(_items.Span);

    /// <summary>False when the list or the store is full.</summary>
    public bool Add(ReadOnlySpan<byte> bytes) => Add(store.Keep(bytes)) && !store.IsFull;

    public bool Add(TextRange range) => _items.TryAppend(MemoryMarshal.AsBytes(new ReadOnlySpan<TextRange>(in range)), most * Unsafe.SizeOf<TextRange>());

    public void Release() => _items.Release();
}
