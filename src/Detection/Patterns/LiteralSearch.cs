using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sensor.Detection.Patterns;

/// <summary>
/// Finds one literal in a piece of data, with or without regard to the case of ASCII letters. Immutable, 0 bytes
/// allocated per search. Exact case is left to the runtime's vectorised search. Without case, whole vectors of the
/// data are compared at the pattern's two rarest bytes at once and only survivors are compared in full.
/// </summary>
public sealed class LiteralSearch
{
    /// <summary>The bit in which an ASCII letter's two cases differ.</summary>
    private const byte CaseBit = 0x20;

    private readonly byte[] _folded;
    private readonly byte[] _caseMask;
    private readonly bool _exact;
    private readonly int _rarest, _nextRarest;

    public LiteralSearch(ReadOnlySpan<byte> pattern, bool ignoreCase)
    {
        _folded = pattern.ToArray();
        _caseMask = new byte[pattern.Length];
        _exact = true;
        for (int index = 0; ignoreCase && index < _folded.Length; index++)
        {
            if (!char.IsAsciiLetter((char)_folded[index])) continue;
            _folded[index] |= CaseBit;
            _caseMask[index] = CaseBit;
            _exact = false;
        }

        (_rarest, _nextRarest) = ByteRarity.RarestTwo(_folded);
    }

    public int Length => _folded.Length;

    /// <summary>Offset of the first occurrence, or -1. An empty pattern is found at 0.</summary>
    public int Find(ReadOnlySpan<byte> data)
    {
        if (_exact) return data.IndexOf(_folded);
        int places = data.Length - _folded.Length + 1;
        if (places <= 0) return -1;
        if (Vector256.IsHardwareAccelerated && places >= Vector256<byte>.Count) return FindByVectors256(data, places);
        if (Vector128.IsHardwareAccelerated && places >= Vector128<byte>.Count) return FindByVectors128(data, places);
        return FindOneByOne(data, 0, places);
    }

    /// <summary>Whether the data begins with the pattern.</summary>
    public bool IsAtStartOf(ReadOnlySpan<byte> data) =>
        data.Length >= _folded.Length && (_exact ? data.StartsWith(_folded) : Matches(ref MemoryMarshal.GetReference(data)));

    private int FindByVectors256(ReadOnlySpan<byte> data, int places)
    {
        ref byte start = ref MemoryMarshal.GetReference(data);
        Vector256<byte> rarest = Vector256.Create(_folded[_rarest]), rarestMask = Vector256.Create(_caseMask[_rarest]);
        Vector256<byte> next = Vector256.Create(_folded[_nextRarest]), nextMask = Vector256.Create(_caseMask[_nextRarest]);
        int at = 0;
        while (true)
        {
            ref byte here = ref Unsafe.Add(ref start, at);
            Vector256<byte> equal =
                Vector256.Equals(Vector256.LoadUnsafe(ref here, (nuint)_rarest) | rarestMask, rarest) &
                Vector256.Equals(Vector256.LoadUnsafe(ref here, (nuint)_nextRarest) | nextMask, next);
            for (uint candidates = equal.ExtractMostSignificantBits(); candidates != 0; candidates &= candidates - 1)
            {
                int candidate = at + BitOperations.TrailingZeroCount(candidates);
                if (Matches(ref Unsafe.Add(ref start, candidate))) return candidate;
            }

            if (at == places - Vector256<byte>.Count) return -1;
            at = Math.Min(at + Vector256<byte>.Count, places - Vector256<byte>.Count); // the last vector overlaps
        }
    }

    private int FindByVectors128(ReadOnlySpan<byte> data, int places)
    {
        ref byte start = ref MemoryMarshal.GetReference(data);
        Vector128<byte> rarest = Vector128.Create(_folded[_rarest]), rarestMask = Vector128.Create(_caseMask[_rarest]);
        Vector128<byte> next = Vector128.Create(_folded[_nextRarest]), nextMask = Vector128.Create(_caseMask[_nextRarest]);
        int at = 0;
        while (true)
        {
            ref byte here = ref Unsafe.Add(ref start, at);
            Vector128<byte> equal =
                Vector128.Equals(Vector128.LoadUnsafe(ref here, (nuint)_rarest) | rarestMask, rarest) &
                Vector128.Equals(Vector128.LoadUnsafe(ref here, (nuint)_nextRarest) | nextMask, next);
            for (uint candidates = equal.ExtractMostSignificantBits(); candidates != 0; candidates &= candidates - 1)
            {
                int candidate = at + BitOperations.TrailingZeroCount(candidates);
                if (Matches(ref Unsafe.Add(ref start, candidate))) return candidate;
            }

            if (at == places - Vector128<byte>.Count) return -1;
            at = Math.Min(at + Vector128<byte>.Count, places - Vector128<byte>.Count);
        }
    }

    /// <summary>The plain twin of the vector loops, for short data.</summary>
    internal int FindOneByOne(ReadOnlySpan<byte> data, int from, int places)
    {
        byte wanted = _folded[_rarest], mask = _caseMask[_rarest];
        for (int at = from; at < places; at++)
        {
            if ((data[at + _rarest] | mask) == wanted && Matches(ref MemoryMarshal.GetReference(data[at..]))) return at;
        }

        return -1;
    }

    /// <summary>Compares the whole pattern with the bytes at <paramref name="data"/>, of which at least its length exist.</summary>
    private bool Matches(ref byte data)
    {
        ref byte folded = ref MemoryMarshal.GetArrayDataReference(_folded);
        ref byte mask = ref MemoryMarshal.GetArrayDataReference(_caseMask);
        nuint length = (nuint)_folded.Length, at = 0;
        if (length >= (nuint)Vector128<byte>.Count)
        {
            nuint last = length - (nuint)Vector128<byte>.Count;
            while (true)
            {
                if ((Vector128.LoadUnsafe(ref data, at) | Vector128.LoadUnsafe(ref mask, at)) != Vector128.LoadUnsafe(ref folded, at)) return false;
                if (at == last) return true;
                at = Math.Min(at + (nuint)Vector128<byte>.Count, last);
            }
        }

        for (; at < length; at++)
        {
            if ((Unsafe.Add(ref data, at) | Unsafe.Add(ref mask, at)) != Unsafe.Add(ref folded, at)) return false;
        }

        return true;
    }
}
