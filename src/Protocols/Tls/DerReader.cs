namespace Sensor.Protocols.Tls;

/// <summary>What was wrong with an element.</summary>
internal enum DerProblem : byte
{
    None,
    /// <summary>The element that should be here is not.</summary>
    Missing,
    /// <summary>Another kind of element is here.</summary>
    Unexpected,
    /// <summary>The length is cut off, indefinite or of more than four bytes.</summary>
    Length,
    /// <summary>The content is longer than what is there.</summary>
    Truncated,
}

/// <summary>Tags of ASN.1 elements that certificates are made of (X.690).</summary>
internal static class DerTag
{
    public const byte Integer = 0x02, ObjectIdentifier = 0x06, Utf8String = 0x0c, UtcTime = 0x17, GeneralizedTime = 0x18,
        BmpString = 0x1e, UniversalString = 0x1c, Boolean = 0x01, OctetString = 0x04, Sequence = 0x30, Set = 0x31;

    /// <summary>NumericString, PrintableString, TeletexString, IA5String, VisibleString, GeneralString.</summary>
    public static bool IsByteString(byte tag) => tag is Utf8String or 0x12 or 0x13 or 0x14 or 0x16 or 0x1a or 0x1b;
}

/// <summary>Reads DER elements one after another (X.690 section 8.1). Going inside is done by the caller, to a fixed depth: nothing recurses.</summary>
internal ref struct DerReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsEmpty => _rest.IsEmpty;

    /// <summary>The tag of the next element, 0 at the end.</summary>
    public readonly byte NextTag => _rest.IsEmpty ? (byte)0 : _rest[0];

    public DerProblem Read(out byte tag, out ReadOnlySpan<byte> content)
    {
        tag = NextTag;
        content = default;
        if (_rest.IsEmpty) return DerProblem.Missing;
        if (_rest.Length < 2) return DerProblem.Length;
        int header = 2;
        long length = _rest[1];
        if (length >= 0x80)
        {
            int digits = (int)length & 0x7f;
            if (digits is 0 or > 4 || _rest.Length < 2 + digits) return DerProblem.Length;
            length = 0;
            for (int i = 0; i < digits; i++) length = (length << 8) | _rest[2 + i];
            header += digits;
        }

        if (length > _rest.Length - header) return DerProblem.Truncated;
        content = _rest.Slice(header, (int)length);
        _rest = _rest[(header + (int)length)..];
        return DerProblem.None;
    }

    /// <summary>Reads an element that must have this tag.</summary>
    public DerProblem Read(byte expected, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (!_rest.IsEmpty && _rest[0] != expected) return DerProblem.Unexpected;
        return Read(out _, out content);
    }
}
