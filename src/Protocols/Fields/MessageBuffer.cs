using Sensor.Primitives;

namespace Sensor.Protocols.Fields;

/// <summary>
/// Shows a message whose length its header tells, in one piece: in place when all of it is there, else put together in
/// a block of the slab. Bytes are looked at once however they arrive. A field of a parser; never copied.
/// <code>
/// if (side.Message.Show(ref data, HeaderLength, out header) != Done) return ...;
/// if (side.Message.Show(ref data, LengthOf(header), out message) != Done) return ...;
/// ... read the message ...
/// side.Message.Drop(ref data, message.Length);
/// </code>
/// </summary>
internal struct MessageBuffer(ByteSlab slab)
{
    private PooledBytes _kept = new(slab);

    public readonly bool IsEmpty => _kept.Length == 0;

    /// <summary>Bytes that wait for the rest of their message.</summary>
    public readonly ReadOnlySpan<byte> Kept => _kept.Span;

    /// <summary>
    /// The first <paramref name="length"/> bytes of the message. NeedMore: everything was taken from
    /// <paramref name="data"/> and more has to come. Malformed: no memory; what was kept is lost.
    /// </summary>
    public ParseStatus Show(ref ReadOnlySpan<byte> data, int length, out ReadOnlySpan<byte> shown)
    {
        if (_kept.Length == 0 && data.Length >= length)
        {
            shown = data[..length];
            return ParseStatus.Done;
        }

        shown = default;
        int taken = Math.Clamp(length - _kept.Length, 0, data.Length);
        if (!_kept.TryAppend(data[..taken], ByteSlab.LargestBlock))
        {
            _kept.Release();
            return ParseStatus.Malformed;
        }

        data = data[taken..];
        if (_kept.Length < length) return ParseStatus.NeedMore;
        shown = _kept.Slice(0, length);
        return ParseStatus.Done;
    }

    /// <summary>The message that was shown last, of <paramref name="length"/> bytes, is done with.</summary>
    public void Drop(ref ReadOnlySpan<byte> data, int length)
    {
        if (_kept.Length == 0) data = data[length..];
        else _kept.Release();
    }

    public void Release() => _kept.Release();
}
