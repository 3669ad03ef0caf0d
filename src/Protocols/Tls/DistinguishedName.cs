using System.Buffers.Text;
using System.Text;

namespace Sensor.Protocols.Tls;

/// <summary>Writes X.500 names as text: <c>C=US, O=DigiCert Inc, CN=example.org</c>, in the order of the certificate; bytes of the values as they are.</summary>
internal static class DistinguishedName
{
    /// <summary>Short names by the object identifier's bytes: those everybody abbreviates, and the words of the registry for the rest.</summary>
    private static readonly (byte[] Identifier, byte[] Name)[] s_names =
    [
        ([0x55, 4, 3], "CN"u8.ToArray()),
        ([0x55, 4, 6], "C"u8.ToArray()),
        ([0x55, 4, 7], "L"u8.ToArray()),
        ([0x55, 4, 8], "ST"u8.ToArray()),
        ([0x55, 4, 10], "O"u8.ToArray()),
        ([0x55, 4, 11], "OU"u8.ToArray()),
        ([0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC"u8.ToArray()),
        ([0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], "Email"u8.ToArray()),
        ([0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1], "uid"u8.ToArray()),
        ([0x55, 4, 4], "surname"u8.ToArray()),
        ([0x55, 4, 5], "serialNumber"u8.ToArray()),
        ([0x55, 4, 9], "streetAddress"u8.ToArray()),
        ([0x55, 4, 12], "title"u8.ToArray()),
        ([0x55, 4, 13], "description"u8.ToArray()),
        ([0x55, 4, 15], "businessCategory"u8.ToArray()),
        ([0x55, 4, 17], "postalCode"u8.ToArray()),
        ([0x55, 4, 41], "name"u8.ToArray()),
        ([0x55, 4, 42], "givenName"u8.ToArray()),
        ([0x55, 4, 43], "initials"u8.ToArray()),
        ([0x55, 4, 44], "generationQualifier"u8.ToArray()),
        ([0x55, 4, 46], "dnQualifier"u8.ToArray()),
        ([0x55, 4, 65], "pseudonym"u8.ToArray()),
        ([0x55, 4, 97], "organizationIdentifier"u8.ToArray()),
    ];

    /// <summary>Writes as much of the name as fits.</summary>
    /// <param name="name">Content of the Name's sequence.</param>
    /// <param name="room">Where to.</param>
    /// <param name="length">Bytes written.</param>
    /// <param name="oddString">A value has a type that is no string.</param>
    public static DerProblem Write(ReadOnlySpan<byte> name, Span<byte> room, out int length, ref bool oddString)
    {
        var text = new TextWriter(room);
        var sets = new DerReader(name);
        DerProblem problem = DerProblem.None;
        bool first = true;
        while (problem == DerProblem.None && !sets.IsEmpty)
        {
            problem = sets.Read(DerTag.Set, out ReadOnlySpan<byte> set);
            if (problem == DerProblem.None) problem = WriteSet(set, ref text, ref first, ref oddString);
        }

        length = text.Length;
        return problem;
    }

    private static DerProblem WriteSet(ReadOnlySpan<byte> set, ref TextWriter text, ref bool first, ref bool oddString)
    {
        var attributes = new DerReader(set);
        bool firstInSet = true;
        while (!attributes.IsEmpty)
        {
            if (attributes.Read(DerTag.Sequence, out ReadOnlySpan<byte> pair) is not DerProblem.None and var problem) return problem;
            var parts = new DerReader(pair);
            if (parts.Read(DerTag.ObjectIdentifier, out ReadOnlySpan<byte> identifier) is not DerProblem.None and var noType) return noType;
            if (parts.Read(out byte tag, out ReadOnlySpan<byte> value) is not DerProblem.None and var noValue) return noValue;
            if (!first) text.Add(firstInSet ? ", "u8 : " + "u8);
            first = firstInSet = false;
            WriteType(identifier, ref text);
            text.Add("="u8);
            WriteValue(tag, value, ref text, ref oddString);
        }

        return DerProblem.None;
    }

    private static void WriteType(ReadOnlySpan<byte> identifier, ref TextWriter text)
    {
        foreach ((byte[] known, byte[] name) in s_names)
        {
            if (!identifier.SequenceEqual(known)) continue;
            text.Add(name);
            return;
        }

        WriteDotted(identifier, ref text);
    }

    /// <summary>X.690 section 8.19: base 128 numbers, the first holding two.</summary>
    private static void WriteDotted(ReadOnlySpan<byte> identifier, ref TextWriter text)
    {
        ulong number = 0;
        bool first = true;
        foreach (byte one in identifier)
        {
            number = (number << 7) | (uint)(one & 0x7f);
            if ((one & 0x80) != 0) continue;
            if (first)
            {
                ulong top = Math.Min(number / 40, 2);
                text.Add(top);
                number -= top * 40;
                first = false;
            }

            text.Add("."u8);
            text.Add(number);
            number = 0;
        }
    }

    private static void WriteValue(byte tag, ReadOnlySpan<byte> value, ref TextWriter text, ref bool oddString)
    {
        if (tag == DerTag.BmpString) WriteWide(value, 2, ref text);
        else if (tag == DerTag.UniversalString) WriteWide(value, 4, ref text);
        else
        {
            oddString |= !DerTag.IsByteString(tag);
            text.Add(value);
        }
    }

    /// <summary>Big-endian UTF-16 or UTF-32 as UTF-8; what is no character becomes the replacement character.</summary>
    private static void WriteWide(ReadOnlySpan<byte> value, int width, ref TextWriter text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (value.Length >= width)
        {
            uint unit = width == 2 ? (uint)((value[0] << 8) | value[1]) : System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(value);
            value = value[width..];
            if (width == 2 && unit is >= 0xd800 and < 0xdc00 && value.Length >= 2)
            {
                uint low = (uint)((value[0] << 8) | value[1]);
                if (low is >= 0xdc00 and < 0xe000)
                {
                    unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                    value = value[2..];
                }
            }

            Rune rune = Rune.IsValid(unit) ? new Rune(unit) : Rune.ReplacementChar;
            text.Add(utf8[..rune.EncodeToUtf8(utf8)]);
        }
    }

    private ref struct TextWriter(Span<byte> room)
    {
        private readonly Span<byte> _room = room;

        public int Length { get; private set; }

        public void Add(scoped ReadOnlySpan<byte> bytes)
        {
            int fits = Math.Min(bytes.Length, _room.Length - Length);
            bytes[..fits].CopyTo(_room[Length..]);
            Length += fits;
        }

        public void Add(ulong number)
        {
            Span<byte> digits = stackalloc byte[20];
            Utf8Formatter.TryFormat(number, digits, out int written);
            Add(digits[..written]);
        }
    }
}
