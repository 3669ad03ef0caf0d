using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sensor.Primitives;

namespace Sensor.Protocols.Fields;

/// <summary>One thing a message said: what it is (the protocol's own enum), a number, and where its bytes lie.</summary>
public readonly record struct Field(ushort Kind, int Start, int Length, long Number);

/// <summary>
/// A transaction whose content is a list of fields in the order of the wire, with their bytes in one block lent by the
/// worker's slab. What would pass a limit, or the worker's memory, is left out, and <see cref="IsCut"/> says so.
/// </summary>
/// <param name="mostBytes">Bytes of all fields of one transaction.</param>
/// <param name="mostFields">Fields of one transaction.</param>
public abstract class FieldTransaction(ByteSlab slab, int mostBytes, int mostFields) : Transaction
{
    private PooledBytes _text = new(slab);
    private PooledBytes _fields = new(slab);

    // Where the last search ended: rules ask for instance 0, 1, 2..., each search goes on from there.
    private int _foundKind = -1, _foundIndex, _foundAt;

    /// <summary>The side that began it.</summary>
    public Direction Travel;

    /// <summary>Something was left out.</summary>
    public bool IsCut { get; private set; }

    public ReadOnlySpan<Field> Fields => MemoryMarshal.Cast<byte, Field>(_fields.Span);

    public ReadOnlySpan<byte> Text(scoped in Field field) => _text.Slice(field.Start, field.Length);

    /// <summary>The <paramref name="index"/>-th field (from 0) of a kind.</summary>
    public bool TryFind(int kind, int index, out Field found)
    {
        ReadOnlySpan<Field> fields = Fields;
        bool goesOn = kind == _foundKind && index > _foundIndex;
        int seen = goesOn ? _foundIndex : -1;
        for (int at = goesOn ? _foundAt + 1 : 0; at < fields.Length; at++)
        {
            if (fields[at].Kind != kind || ++seen < index) continue;
            (_foundKind, _foundIndex, _foundAt) = (kind, index, at);
            found = fields[at];
            return true;
        }

        found = default;
        return false;
    }

    /// <summary>The number of the first field of a kind; <paramref name="otherwise"/> without one.</summary>
    public long NumberOf(int kind, long otherwise = -1) => TryFind(kind, 0, out Field field) ? field.Number : otherwise;

    /// <summary>The bytes of the first field of a kind; empty without one.</summary>
    public ReadOnlySpan<byte> TextOf(int kind) => TryFind(kind, 0, out Field field) ? Text(field) : default;

    public bool Has(int kind) => TryFind(kind, 0, out _);

    public override void Reset()
    {
        base.Reset();
        _text.Release();
        _fields.Release();
        _foundKind = -1;
        IsCut = false;
        Travel = Direction.ToServer;
    }

    internal bool Add(int kind, ReadOnlySpan<byte> bytes, long number = 0)
    {
        int size = Unsafe.SizeOf<Field>();
        var field = new Field((ushort)kind, _text.Length, bytes.Length, number);
        if (_text.TryAppend(bytes, mostBytes) && _fields.TryAppend(MemoryMarshal.AsBytes(new ReadOnlySpan<Field>(in field)), mostFields * size)) return true;
        _text.Shorten(field.Start);
        IsCut = true;
        return false;
    }

    internal bool Add(int kind, long number) => Add(kind, default, number);

    /// <summary>Appends to the field added last.</summary>
    internal bool Extend(ReadOnlySpan<byte> bytes)
    {
        Span<Field> fields = MemoryMarshal.Cast<byte, Field>(_fields.Writable);
        if (fields.IsEmpty || !_text.TryAppend(bytes, mostBytes))
        {
            IsCut = true;
            return false;
        }

        ref Field last = ref fields[^1];
        last = last with { Length = last.Length + bytes.Length };
        return true;
    }

    /// <summary>Changes the number of a field.</summary>
    internal void Renumber(int at, long number)
    {
        ref Field field = ref MemoryMarshal.Cast<byte, Field>(_fields.Writable)[at];
        field = field with { Number = number };
    }
}
