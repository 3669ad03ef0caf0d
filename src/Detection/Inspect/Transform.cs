namespace Sensor.Detection.Inspect;

/// <summary>
/// Changes a buffer before options look at it (user guide, "Transformations"). Immutable; equal ones are the same
/// object or compare equal, so that rules with the same transforms share a prefilter.
/// </summary>
public abstract record Transform
{
    /// <summary>
    /// Writes the changed bytes to <paramref name="output"/> (at least <see cref="OutputLength"/> long) and answers how
    /// many there are; -1 leaves the buffer as it is.
    /// </summary>
    public abstract int Apply(ReadOnlySpan<byte> input, Span<byte> output, InspectContext context);

    /// <summary>Most bytes that come out for <paramref name="input"/> bytes.</summary>
    public virtual int OutputLength(int input) => input;
}

/// <summary>Two buffers that transforms write to in turn. One per worker; grows to the largest buffer met, at most <see cref="MaximumBytes"/>.</summary>
public sealed class TransformScratch
{
    /// <summary>Longer buffers are transformed up to here.</summary>
    public const int MaximumBytes = 1 << 20;

    private byte[] _one = new byte[4096], _other = new byte[4096];

    internal ReadOnlySpan<byte> Apply(IReadOnlyList<Transform> transforms, ReadOnlySpan<byte> input, InspectContext context)
    {
        if (input.Length > MaximumBytes) input = input[..MaximumBytes];
        for (int at = 0; at < transforms.Count; at++)
        {
            Transform transform = transforms[at];
            int needed = transform.OutputLength(input.Length);
            if (_one.Length < needed) _one = new byte[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)needed)];
            int length = transform.Apply(input, _one, context);
            if (length < 0) continue;
            input = _one.AsSpan(0, length);
            (_one, _other) = (_other, _one);
        }

        return input;
    }
}
