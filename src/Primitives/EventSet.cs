using System.Numerics;

namespace Sensor.Primitives;

/// <summary>A set of up to 256 event numbers of one kind (decode, stream or one protocol's), 32 bytes, no allocation.</summary>
public struct EventSet : IEquatable<EventSet>
{
    private ulong _bits0, _bits1, _bits2, _bits3;

    public readonly bool IsEmpty => (_bits0 | _bits1 | _bits2 | _bits3) == 0;

    public readonly int Count =>
        BitOperations.PopCount(_bits0) + BitOperations.PopCount(_bits1) + BitOperations.PopCount(_bits2) + BitOperations.PopCount(_bits3);

    public void Add(int number)
    {
        ulong bit = 1UL << (number & 63);
        switch (number >> 6)
        {
            case 0: _bits0 |= bit; break;
            case 1: _bits1 |= bit; break;
            case 2: _bits2 |= bit; break;
            case 3: _bits3 |= bit; break;
        }
    }

    public readonly bool Contains(int number) => (Word(number >> 6) & (1UL << (number & 63))) != 0;

    public void Clear() => this = default;

    /// <summary>The smallest member at or above <paramref name="from"/>, or -1.</summary>
    public readonly int Next(int from)
    {
        for (int word = from >> 6; word < 4; word++)
        {
            ulong bits = Word(word);
            if (word == from >> 6) bits &= ulong.MaxValue << (from & 63);
            if (bits != 0) return (word << 6) + BitOperations.TrailingZeroCount(bits);
        }

        return -1;
    }

    private readonly ulong Word(int index) => index switch { 0 => _bits0, 1 => _bits1, 2 => _bits2, 3 => _bits3, _ => 0 };

    public readonly bool Equals(EventSet other) => _bits0 == other._bits0 && _bits1 == other._bits1 && _bits2 == other._bits2 && _bits3 == other._bits3;

    public override readonly bool Equals(object? obj) => obj is EventSet other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(_bits0, _bits1, _bits2, _bits3);

    public static bool operator ==(EventSet left, EventSet right) => left.Equals(right);

    public static bool operator !=(EventSet left, EventSet right) => !left.Equals(right);
}
