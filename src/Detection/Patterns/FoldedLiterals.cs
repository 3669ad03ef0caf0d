namespace Sensor.Detection.Patterns;

/// <summary>
/// Patterns sorted into literals that are equal when case is ignored. A search looks for the folded literal; where
/// it stands, patterns that mind the case are compared with the data itself.
/// </summary>
internal sealed class FoldedLiterals
{
    /// <summary>Patterns of one literal that mind the case and are the same bytes.</summary>
    /// <param name="Slot">Place in the scratch that remembers whether it was told.</param>
    internal sealed record Variant(byte[] Bytes, int[] Numbers, int Slot);

    /// <param name="Folded">ASCII letters in lower case.</param>
    /// <param name="AnyCase">Numbers of patterns that match in any case.</param>
    internal sealed record Literal(byte[] Folded, int[] AnyCase, Variant[] Exact, int Slot);

    private FoldedLiterals(Literal[] all, int slots)
    {
        All = all;
        Slots = slots;
    }

    /// <summary>Sorted by their folded bytes.</summary>
    public Literal[] All { get; }

    /// <summary>How many things can be told once each.</summary>
    public int Slots { get; }

    public static FoldedLiterals Of(IEnumerable<(int Number, Pattern Pattern)> patterns)
    {
        int slots = 0;
        List<Literal> literals = [];
        foreach (IGrouping<byte[], (int Number, Pattern Pattern)> group in patterns.GroupBy(one => Fold(one.Pattern.Bytes.Span), ByteOrder.Instance))
        {
            int slot = slots++;
            int[] anyCase = [.. group.Where(one => one.Pattern.IgnoreCase || !HasLetter(one.Pattern.Bytes.Span)).Select(one => one.Number)];
            List<Variant> exact = [];
            foreach (IGrouping<byte[], (int Number, Pattern Pattern)> variant in group
                .Where(one => !one.Pattern.IgnoreCase && HasLetter(one.Pattern.Bytes.Span))
                .GroupBy(one => one.Pattern.Bytes.ToArray(), ByteOrder.Instance))
            {
                exact.Add(new Variant(variant.Key, [.. variant.Select(one => one.Number)], slots++));
            }

            literals.Add(new Literal(group.Key, anyCase, [.. exact], slot));
        }

        literals.Sort((left, right) => ByteOrder.Instance.Compare(left.Folded, right.Folded));
        return new FoldedLiterals([.. literals], slots);
    }

    public static byte Fold(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;

    private static byte[] Fold(ReadOnlySpan<byte> bytes)
    {
        byte[] folded = new byte[bytes.Length];
        for (int index = 0; index < bytes.Length; index++) folded[index] = Fold(bytes[index]);
        return folded;
    }

    private static bool HasLetter(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (char.IsAsciiLetter((char)value)) return true;
        }

        return false;
    }

    /// <summary>Equality and order of byte strings.</summary>
    private sealed class ByteOrder : IEqualityComparer<byte[]>, IComparer<byte[]>
    {
        public static ByteOrder Instance { get; } = new();

        public int Compare(byte[]? left, byte[]? right) => left.AsSpan().SequenceCompareTo(right);

        public bool Equals(byte[]? left, byte[]? right) => left.AsSpan().SequenceEqual(right);

        public int GetHashCode(byte[] bytes)
        {
            HashCode hash = default;
            hash.AddBytes(bytes);
            return hash.ToHashCode();
        }
    }
}
