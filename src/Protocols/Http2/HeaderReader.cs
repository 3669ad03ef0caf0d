using Sensor.Primitives;

namespace Sensor.Protocols.Http2;

/// <summary>Reads a header block (RFC 7541 section 6) into a transaction. Strings are decoded into the parser's scratch, one after another.</summary>
internal static class HeaderReader
{
    /// <summary>Bytes of one name or value that are decoded; a longer one ends the block, with an event.</summary>
    public const int LongestString = 64 * 1024;

    public static bool Read(ReadOnlySpan<byte> block, ref HeaderTable table, byte[] scratch, Http2Transaction one, Direction direction)
    {
        while (!block.IsEmpty)
        {
            byte first = block[0];
            bool read = (first & 0x80) != 0 ? Indexed(ref block, ref table, one, direction)
                : (first & 0xe0) == 0x20 ? SizeUpdate(ref block, ref table, one, direction)
                : Literal(ref block, ref table, scratch, one, direction, (first & 0x40) != 0 ? 6 : 4);
            if (!read) return false;
        }

        return true;
    }

    private static bool Indexed(ref ReadOnlySpan<byte> block, ref HeaderTable table, Http2Transaction one, Direction direction)
    {
        if (!TryInteger(ref block, 7, one, out long index) || !table.TryGet(index, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)) return false;
        one.AddHeader(direction, name, value);
        return true;
    }

    private static bool SizeUpdate(ref ReadOnlySpan<byte> block, ref HeaderTable table, Http2Transaction one, Direction direction)
    {
        if (!TryInteger(ref block, 5, one, out long size)) return false;
        table.Resize(size);
        one.Add(direction, Http2Field.RequestSizeUpdate, size);
        return true;
    }

    /// <param name="prefix">6 bits where the header is to be remembered, 4 where not.</param>
    private static bool Literal(ref ReadOnlySpan<byte> block, ref HeaderTable table, byte[] scratch, Http2Transaction one, Direction direction, int prefix)
    {
        if (!TryInteger(ref block, prefix, one, out long index)) return false;
        ReadOnlySpan<byte> name;
        if (index == 0)
        {
            if (!TryString(ref block, scratch.AsSpan(0, LongestString), one, out name)) return false;
        }
        else if (table.TryGet(index, out name, out _))
        {
            // Adding below may let this entry go, so the name is copied.
            name.CopyTo(scratch);
            name = scratch.AsSpan(0, name.Length);
        }
        else
        {
            return false;
        }

        if (!TryString(ref block, scratch.AsSpan(LongestString), one, out ReadOnlySpan<byte> value)) return false;
        one.AddHeader(direction, name, value);
        if (prefix == 6) table.Add(name, value);
        return true;
    }

    /// <summary>RFC 7541 section 5.1.</summary>
    private static bool TryInteger(scoped ref ReadOnlySpan<byte> block, int prefix, Http2Transaction one, out long value)
    {
        value = 0;
        if (block.IsEmpty) return false;
        int mask = (1 << prefix) - 1;
        value = block[0] & mask;
        block = block[1..];
        if (value < mask) return true;
        for (int shift = 0; !block.IsEmpty; shift += 7)
        {
            byte next = block[0];
            block = block[1..];
            if (shift > 28)
            {
                one.Events.Add((int)Http2Event.HeaderIntegerOverflow);
                return false;
            }

            value += (long)(next & 0x7f) << shift;
            if (next < 0x80) return true;
        }

        return false;
    }

    private static bool TryString(scoped ref ReadOnlySpan<byte> block, Span<byte> room, Http2Transaction one, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (block.IsEmpty) return false;
        bool isCoded = (block[0] & 0x80) != 0;
        if (!TryInteger(ref block, 7, one, out long length) || length > block.Length) return false;
        ReadOnlySpan<byte> bytes = block[..(int)length];
        block = block[(int)length..];
        if (!isCoded)
        {
            text = bytes;
            return true;
        }

        if (!Huffman.TryDecode(bytes, room, out int decoded)) return false;
        text = room[..decoded];
        return true;
    }
}
