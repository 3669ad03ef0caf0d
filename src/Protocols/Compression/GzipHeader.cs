namespace Sensor.Protocols.Compression;

/// <summary>
/// Skips a gzip member header (RFC 1952 section 2.3) that may arrive in any pieces. More lenient than the RFC, as
/// browsers are: reserved flags, the header checksum and the method are not looked at.
/// </summary>
internal struct GzipHeader
{
    private const int FixedLength = 10;
    private const byte HasChecksum = 0x02, HasExtra = 0x04, HasName = 0x08, HasComment = 0x10;

    private enum Part : byte { Fixed, ExtraLength, Extra, Name, Comment, Checksum, Done }

    private Part _part;
    private byte _flags;
    private int _at, _extra;

    /// <summary>Takes header bytes from the front of <paramref name="input"/>; true when the header is over.</summary>
    public bool Skip(ref ReadOnlySpan<byte> input)
    {
        while (_part != Part.Done)
        {
            if (!IsWanted(_part))
            {
                Next();
                continue;
            }

            if (_part == Part.Extra && _extra == 0)
            {
                Next();
                continue;
            }

            if (input.IsEmpty) return false;
            Take(input[0]);
            input = input[1..];
        }

        return true;
    }

    private readonly bool IsWanted(Part part) => part switch
    {
        Part.ExtraLength or Part.Extra => (_flags & HasExtra) != 0,
        Part.Name => (_flags & HasName) != 0,
        Part.Comment => (_flags & HasComment) != 0,
        Part.Checksum => (_flags & HasChecksum) != 0,
        _ => true,
    };

    private void Take(byte one)
    {
        switch (_part)
        {
            case Part.Fixed:
                if (_at == 3) _flags = one;
                if (++_at == FixedLength) Next();
                break;
            case Part.ExtraLength:
                _extra |= one << (8 * _at);
                if (++_at == 2) Next();
                break;
            case Part.Extra:
                if (++_at == _extra) Next();
                break;
            case Part.Name or Part.Comment:
                if (one == 0) Next();
                break;
            case Part.Checksum:
                if (++_at == 2) Next();
                break;
        }
    }

    private void Next()
    {
        _part++;
        _at = 0;
    }
}
