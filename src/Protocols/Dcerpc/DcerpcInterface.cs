using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sensor.Primitives;

namespace Sensor.Protocols.Dcerpc;

/// <summary>One interface a client asked for: 16 bytes of its id as they are written down, its version, and the server's word.</summary>
public struct DcerpcInterface
{
    public UInt128 Id;
    public ushort ContextId, Major, Minor, Result;

    /// <summary>The server has answered; <see cref="Result"/> 0 is acceptance.</summary>
    public bool IsAnswered;

    /// <summary>Reads an id whose first three parts follow the sender's byte order.</summary>
    public static UInt128 ReadId(ReadOnlySpan<byte> bytes, bool little)
    {
        ulong high = ((ulong)DcerpcHeader.U32(bytes, little) << 32) | ((ulong)DcerpcHeader.U16(bytes[4..], little) << 16) | DcerpcHeader.U16(bytes[6..], little);
        return new UInt128(high, BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));
    }

    /// <summary>Writes an id as 36 characters: 8-4-4-4-12 digits.</summary>
    public static void FormatId(UInt128 id, Span<byte> text)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
        int at = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (i is 4 or 6 or 8 or 10) text[at++] = (byte)'-';
            text[at++] = "0123456789abcdef"u8[bytes[i] >> 4];
            text[at++] = "0123456789abcdef"u8[bytes[i] & 15];
        }
    }
}

/// <summary>A list of interfaces in a block lent by the worker's slab. A field of a pooled object; never copied.</summary>
internal struct DcerpcInterfaces(ByteSlab slab)
{
    private PooledBytes _bytes = new(slab);

    public readonly ReadOnlySpan<DcerpcInterface> Items => MemoryMarshal.Cast<byte, DcerpcInterface>(_bytes.Span);

    public readonly int Count => Items.Length;

    /// <summary>An item to be changed in place.</summary>
    public readonly ref DcerpcInterface this[int index] => ref Unsafe.AsRef(in Items[index]);

    public bool TryAdd(in DcerpcInterface item) =>
        _bytes.TryAppend(MemoryMarshal.AsBytes(new ReadOnlySpan<DcerpcInterface>(in item)), DcerpcLimits.Interfaces * Unsafe.SizeOf<DcerpcInterface>());

    /// <summary>Replaces the interface of the same context, else adds; the oldest makes way when the list is full.</summary>
    public void Put(in DcerpcInterface item)
    {
        int at = Find(item.ContextId);
        if (at < 0 && Count == DcerpcLimits.Interfaces) at = 0;
        if (at >= 0) this[at] = item;
        else TryAdd(item);
    }

    /// <summary>Place of the interface bound to a context, or -1.</summary>
    public readonly int Find(ushort context)
    {
        ReadOnlySpan<DcerpcInterface> items = Items;
        for (int at = items.Length - 1; at >= 0; at--)
        {
            if (items[at].ContextId == context) return at;
        }

        return -1;
    }

    public void Release() => _bytes.Release();
}
