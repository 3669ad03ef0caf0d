using System.Numerics;
using System.Runtime.InteropServices;

namespace Sensor.Reputation;

/// <summary>
/// Byte strings mapped to numbers: immutable, built once, searched without allocating. All keys lie in one arena;
/// a slot holds a piece of the key's hash, so that nearly every miss is told from one 16-byte read.
/// </summary>
public sealed class ByteKeyTable
{
    private readonly Slot[] _slots;
    private readonly byte[] _arena;
    private readonly int _mask;

    private ByteKeyTable(Slot[] slots, byte[] arena, int count)
    {
        _slots = slots;
        _arena = arena;
        _mask = slots.Length - 1;
        Count = count;
    }

    public static ByteKeyTable Empty { get; } = Build([]);

    public int Count { get; }

    /// <summary>Builds the table; of equal keys the first stays.</summary>
    public static ByteKeyTable Build(IReadOnlyCollection<(byte[] Key, int Value)> entries)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(8, entries.Count * 2));
        var slots = new Slot[size];
        byte[] arena = new byte[entries.Sum(entry => entry.Key.Length)];
        int used = 0, count = 0;
        foreach ((byte[] key, int value) in entries)
        {
            uint hash = Hash(key);
            int at = (int)hash & (size - 1);
            while (slots[at].ValuePlusOne != 0 && !slots[at].Holds(hash, key, arena)) at = (at + 1) & (size - 1);
            if (slots[at].ValuePlusOne != 0) continue;
            key.CopyTo(arena, used);
            slots[at] = new Slot { Hash = hash, Start = used, Length = key.Length, ValuePlusOne = value + 1 };
            used += key.Length;
            count++;
        }

        return new ByteKeyTable(slots, arena, count);
    }

    public bool TryFind(ReadOnlySpan<byte> key, out int value)
    {
        uint hash = Hash(key);
        for (int at = (int)hash & _mask; _slots[at].ValuePlusOne != 0; at = (at + 1) & _mask)
        {
            if (!_slots[at].Holds(hash, key, _arena)) continue;
            value = _slots[at].ValuePlusOne - 1;
            return true;
        }

        value = -1;
        return false;
    }

    // Lists come signed from the lab, so keys are not chosen by whoever sends traffic; a plain fast hash will do.
    private static uint Hash(ReadOnlySpan<byte> key)
    {
        ulong hash = 0x9E37_79B9_7F4A_7C15UL ^ (ulong)key.Length;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(key);
        foreach (ulong word in words) hash = BitOperations.RotateLeft(hash ^ word, 29) * 0xBF58_476D_1CE4_E5B9UL;
        foreach (byte rest in key[(words.Length * 8)..]) hash = (hash ^ rest) * 0x0000_0100_0000_01B3UL;
        hash ^= hash >> 32;
        hash *= 0x94D0_49BB_1331_11EBUL;
        return (uint)(hash >> 32);
    }

    private struct Slot
    {
        public uint Hash;
        public int Start;
        public int Length;
        public int ValuePlusOne;

        public readonly bool Holds(uint hash, ReadOnlySpan<byte> key, byte[] arena) =>
            Hash == hash && Length == key.Length && arena.AsSpan(Start, Length).SequenceEqual(key);
    }
}
