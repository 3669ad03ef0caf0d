namespace Sensor.Protocols.Dns;

/// <summary>Reads names with compression (RFC 1035 section 4.1.4) into a transaction's text: labels joined by dots, bytes as they are.</summary>
/// <remarks>
/// Bounded work: at most <see cref="DnsLimits.Jumps"/> pointers and <see cref="DnsLimits.Labels"/> labels per name, about one
/// pointer per byte of the message, and a name that is nothing but a pointer to one already spelled out shares its text.
/// </remarks>
internal ref struct DnsNameReader(ReadOnlySpan<byte> message, DnsTransaction transaction)
{
    private const int Remembered = 16;

    private readonly ReadOnlySpan<byte> _message = message;
    private NameCache _known;
    private int _next;

    /// <summary>Pointers that may still be followed in this message: about one per byte, so that chains cannot cost more than the message itself.</summary>
    private int _jumpsLeft = DnsLimits.Jumps + message.Length;

    [System.Runtime.CompilerServices.InlineArray(Remembered)]
    private struct NameCache
    {
        private (int Offset, DnsText Text) _first;
    }

    /// <summary>
    /// Reads the name at <paramref name="position"/> and moves past it. False: the message ends inside the name, or a
    /// label has a reserved type, or no text is left (then <see cref="DnsEvent.MessageTooComplex"/> is set).
    /// </summary>
    public bool TryRead(ref int position, out DnsText name)
    {
        name = default;
        if (TryShare(ref position, out name)) return true;

        int begin = position;
        int start = transaction.TextLength;
        if (!transaction.TryReserveText(DnsLimits.Name, out Span<byte> room))
        {
            transaction.Events.Add((int)DnsEvent.MessageTooComplex);
            return false;
        }

        int length = Spell(ref position, room, out bool truncated);
        transaction.ShortenText(start + Math.Max(length, 0));
        if (length < 0) return false;

        name = new DnsText(start, length, truncated);
        Remember(begin, name);
        return true;
    }

    /// <summary>A name that is only a pointer to a known one.</summary>
    private readonly bool TryShare(ref int position, out DnsText name)
    {
        name = default;
        if (position + 1 >= _message.Length || (_message[position] & 0xc0) != 0xc0) return false;
        int target = ((_message[position] & 0x3f) << 8) | _message[position + 1];
        for (int i = 0; i < Remembered; i++)
        {
            if (_known[i].Offset != target || target == 0) continue;
            name = _known[i].Text;
            position += 2;
            return true;
        }

        return false;
    }

    private void Remember(int offset, DnsText name)
    {
        _known[_next] = (offset, name);
        _next = (_next + 1) % Remembered;
    }

    /// <summary>Answers the length of the text, -1 for a broken name.</summary>
    private int Spell(ref int position, Span<byte> room, out bool truncated)
    {
        int length = 0, labels = 0, jumps = 0;
        int at = position;
        bool jumped = false;
        truncated = false;
        while (true)
        {
            if (at >= _message.Length) return -1;
            int head = _message[at];
            if (head == 0)
            {
                if (!jumped) position = at + 1;
                return length;
            }

            if ((head & 0xc0) == 0xc0)
            {
                if (at + 1 >= _message.Length) return -1;
                if (!jumped) position = at + 2;
                jumped = true;
                if (++jumps > DnsLimits.Jumps || --_jumpsLeft < 0)
                {
                    transaction.Events.Add((int)DnsEvent.InfiniteLoop);
                    return length;
                }

                at = ((head & 0x3f) << 8) | _message[at + 1];
                continue;
            }

            if ((head & 0xc0) != 0 || at + 1 + head > _message.Length) return -1;
            if (!truncated && ++labels > DnsLimits.Labels)
            {
                transaction.Events.Add((int)DnsEvent.TooManyLabels);
                truncated = true;
            }

            if (!truncated) length = Join(room, length, _message.Slice(at + 1, head), out truncated);
            if (truncated && jumped) return length; // the end of the name in the message is already known
            at += 1 + head;
        }
    }

    private readonly int Join(Span<byte> room, int length, ReadOnlySpan<byte> label, out bool truncated)
    {
        if (length > 0 && length < room.Length) room[length++] = (byte)'.';
        int fits = Math.Min(label.Length, room.Length - length);
        label[..fits].CopyTo(room[length..]);
        truncated = fits < label.Length;
        if (truncated) transaction.Events.Add((int)DnsEvent.NameTooLong);
        return length + fits;
    }
}
