namespace Sensor.Protocols.Mime;

internal enum TransferEncoding : byte { None, Base64, QuotedPrintable }

/// <summary>
/// Undoes a content transfer encoding (RFC 2045 section 6) line by line, as leniently as mail readers do: what is not of
/// the alphabet is passed over, groups may end early.
/// </summary>
internal struct TransferDecoder
{
    /// <summary>Most bytes that a piece of a line may become beside its own length.</summary>
    public const int Extra = 8;

    private const byte NotInAlphabet = 0xff, Blank = 0xfe, Padding = 0xfd;

    private static readonly byte[] Values = MakeValues();

    private uint _bits;
    private int _digits;
    private bool _sawEquals;
    private byte _firstDigit;

    /// <summary>The line that was just decoded goes on in the next one (quoted-printable's soft line break).</summary>
    public bool IsSoftBreak { get; private set; }

    public int Base64(ReadOnlySpan<byte> line, Span<byte> into, out bool isInvalid)
    {
        isInvalid = false;
        int length = 0;
        foreach (byte one in line)
        {
            byte value = Values[one];
            if (value < 64)
            {
                _bits = (_bits << 6) | value;
                if (++_digits < 4) continue;
                into[length] = (byte)(_bits >> 16);
                into[length + 1] = (byte)(_bits >> 8);
                into[length + 2] = (byte)_bits;
                length += 3;
                _digits = 0;
            }
            else if (value == Padding)
            {
                length += FinishBase64(into[length..]);
            }
            else
            {
                isInvalid |= value == NotInAlphabet;
            }
        }

        return length;
    }

    /// <summary>A group that ends early: what it says nevertheless.</summary>
    public int FinishBase64(Span<byte> into)
    {
        int digits = _digits;
        _digits = 0;
        if (digits < 2) return 0;
        into[0] = (byte)(_bits >> (digits == 2 ? 4 : 10));
        if (digits == 2) return 1;
        into[1] = (byte)(_bits >> 2);
        return 2;
    }

    /// <param name="line">A line without its end, or a piece of one.</param>
    /// <param name="endsLine">Blanks at the end mean nothing, and an equals sign joins the next line.</param>
    public int QuotedPrintable(ReadOnlySpan<byte> line, bool endsLine, Span<byte> into, out bool isInvalid)
    {
        isInvalid = false;
        if (endsLine) line = line.TrimEnd(" \t"u8);
        int length = 0;
        foreach (byte one in line)
        {
            if (!_sawEquals)
            {
                if (one == '=') _sawEquals = true;
                else into[length++] = one;
                continue;
            }

            bool isDigit = char.IsAsciiHexDigit((char)one);
            if (isDigit && _firstDigit == 0)
            {
                _firstDigit = one;
                continue;
            }

            if (isDigit)
            {
                into[length++] = (byte)((Digit(_firstDigit) << 4) | Digit(one));
            }
            else
            {
                isInvalid = true;
                length += Literal(into[length..]);
                into[length++] = one;
            }

            _sawEquals = false;
            _firstDigit = 0;
        }

        IsSoftBreak = false;
        if (!endsLine) return length;
        IsSoftBreak = _sawEquals && _firstDigit == 0;
        if (_firstDigit != 0)
        {
            isInvalid = true;
            length += Literal(into[length..]);
        }

        _sawEquals = false;
        _firstDigit = 0;
        return length;
    }

    /// <summary>An escape that is none stands for itself.</summary>
    private readonly int Literal(Span<byte> into)
    {
        into[0] = (byte)'=';
        if (_firstDigit == 0) return 1;
        into[1] = _firstDigit;
        return 2;
    }

    /// <summary>The value of a hexadecimal digit.</summary>
    public static int Digit(byte one) => one <= '9' ? one - '0' : (one | 0x20) - 'a' + 10;

    private static byte[] MakeValues()
    {
        byte[] values = new byte[256];
        values.AsSpan().Fill(NotInAlphabet);
        for (int i = 0; i < 64; i++) values["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[i]] = (byte)i;
        values[' '] = values['\t'] = values['\r'] = values['\n'] = Blank;
        values['='] = Padding;
        return values;
    }
}
