using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Sensor.Primitives;

namespace Sensor.Protocols.Http;

/// <summary>Headers that the parser or a buffer asks for by name.</summary>
internal enum KnownHeader : byte
{
    None, Host, UserAgent, Cookie, SetCookie, Referer, Accept, AcceptLanguage, AcceptEncoding, Connection, ContentType,
    ContentLength, ContentEncoding, ContentDisposition, ContentRange, TransferEncoding, Server, Location, Upgrade,
    Authorization, Via, XForwardedFor, Count,
}

/// <summary>One header field as ranges of the bytes kept by <see cref="HttpHeaders"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct HeaderField
{
    public int NameStart, NameLength, ValueStart, ValueLength;
    public uint NameHash;
    public byte Known;
    /// <summary>The value was put together (folded or repeated fields) and lies in the joined bytes.</summary>
    public bool IsJoined;
    public short Repetitions;
}

/// <summary>The header fields of one message, in order; fields of the same name are joined as RFC 9110 section 5.3 allows.</summary>
internal sealed class HttpHeaders(ByteSlab slab)
{
    /// <summary>Values joined into one field at most: joining copies, and an attacker may repeat.</summary>
    private const int MaximumRepetitions = 64;

    /// <summary>Bytes of joined values of one message.</summary>
    private const int JoinedLimit = 256 * 1024;

    private static readonly byte[][] Names =
    [
        [], "host"u8.ToArray(), "user-agent"u8.ToArray(), "cookie"u8.ToArray(), "set-cookie"u8.ToArray(), "referer"u8.ToArray(),
        "accept"u8.ToArray(), "accept-language"u8.ToArray(), "accept-encoding"u8.ToArray(), "connection"u8.ToArray(),
        "content-type"u8.ToArray(), "content-length"u8.ToArray(), "content-encoding"u8.ToArray(), "content-disposition"u8.ToArray(),
        "content-range"u8.ToArray(), "transfer-encoding"u8.ToArray(), "server"u8.ToArray(), "location"u8.ToArray(),
        "upgrade"u8.ToArray(), "authorization"u8.ToArray(), "via"u8.ToArray(), "x-forwarded-for"u8.ToArray(),
    ];

    private const int LongestName = 19;

    /// <summary>Start line and header lines as they came.</summary>
    public GrowingBytes Raw { get; } = new(slab);

    private readonly GrowingBytes _joined = new(slab);
    private readonly GrowingBytes _fields = new(slab);
    private readonly short[] _known = new short[(int)KnownHeader.Count];

    public int Count { get; private set; }

    /// <summary>Length of the start line in <see cref="Raw"/>, its line end included.</summary>
    public int StartLineLength { get; set; }

    public ReadOnlySpan<byte> Name(int index)
    {
        ref HeaderField field = ref Fields[index];
        return Raw.Slice(field.NameStart, field.NameLength);
    }

    public ReadOnlySpan<byte> Value(int index)
    {
        ref HeaderField field = ref Fields[index];
        return field.IsJoined ? _joined.Slice(field.ValueStart, field.ValueLength) : Raw.Slice(field.ValueStart, field.ValueLength);
    }

    /// <summary>"Name: value" where the sender wrote it just so; false when it has to be put together.</summary>
    public bool TryInPlace(int index, out ReadOnlySpan<byte> bytes)
    {
        ref HeaderField field = ref Fields[index];
        int nameEnd = field.NameStart + field.NameLength;
        bytes = default;
        if (field.IsJoined || field.ValueStart != nameEnd + 2) return false;
        bytes = Raw.Slice(field.NameStart, field.ValueStart + field.ValueLength - field.NameStart);
        return bytes[field.NameLength] == ':' && bytes[field.NameLength + 1] == ' ';
    }

    public KnownHeader Known(int index) => (KnownHeader)Fields[index].Known;

    public int Repetitions(int index) => Fields[index].Repetitions;

    /// <summary>Index of a known header, -1 when the message has none.</summary>
    public int IndexOf(KnownHeader header) => _known[(int)header] - 1;

    public bool Has(KnownHeader header) => _known[(int)header] != 0;

    /// <summary>Value of a known header; false when the message has none.</summary>
    public bool TryGet(KnownHeader header, out ReadOnlySpan<byte> value)
    {
        int index = IndexOf(header);
        value = index < 0 ? default : Value(index);
        return index >= 0;
    }

    /// <summary>Adds a field whose bytes lie in <see cref="Raw"/>. False when it repeats an earlier one (then joined).</summary>
    public bool Add(int nameStart, int nameLength, int valueStart, int valueLength)
    {
        ReadOnlySpan<byte> name = Raw.Slice(nameStart, nameLength);
        KnownHeader known = Find(name);
        uint hash = HashOf(name);
        int earlier = nameLength == 0 ? -1 : known != KnownHeader.None ? IndexOf(known) : FindEarlier(hash, name);
        if (earlier >= 0)
        {
            ref HeaderField first = ref Fields[earlier];
            if (first.Repetitions < MaximumRepetitions)
            {
                first.Repetitions++;
                Join(ref first, ", "u8, Raw.Slice(valueStart, valueLength));
            }

            return false;
        }

        var field = new HeaderField { NameStart = nameStart, NameLength = nameLength, ValueStart = valueStart, ValueLength = valueLength, NameHash = hash, Known = (byte)known };
        if (!_fields.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<HeaderField>(in field)))) return true;
        Count++;
        if (known != KnownHeader.None && Count <= short.MaxValue) _known[(int)known] = (short)Count;
        return true;
    }

    /// <summary>A folded line (RFC 9112 section 5.2): continues the value of the last field.</summary>
    public void Fold(ReadOnlySpan<byte> more)
    {
        if (Count > 0) Join(ref Fields[Count - 1], " "u8, more);
    }

    /// <summary>The last field had no name: what counted as its value is the name, and the value lies elsewhere in <see cref="Raw"/>.</summary>
    public void NameLast(int valueStart, int valueLength)
    {
        if (Count == 0) return;
        ref HeaderField last = ref Fields[Count - 1];
        if (last.IsJoined) return;
        (last.NameStart, last.NameLength) = (last.ValueStart, last.ValueLength);
        (last.ValueStart, last.ValueLength) = (valueStart, valueLength);
        ReadOnlySpan<byte> name = Raw.Slice(last.NameStart, last.NameLength);
        KnownHeader known = Find(name);
        last.NameHash = HashOf(name);
        last.Known = (byte)known;
        if (known != KnownHeader.None && _known[(int)known] == 0 && Count <= short.MaxValue) _known[(int)known] = (short)Count;
    }

    public void Release()
    {
        Raw.Release();
        _joined.Release();
        _fields.Release();
        Array.Clear(_known);
        Count = 0;
        StartLineLength = 0;
    }

    /// <summary>The known header of that name; bytes that no name may hold (NUL, controls, colons) are passed over, as lenient clients do.</summary>
    public static KnownHeader Find(ReadOnlySpan<byte> name)
    {
        Span<byte> clean = stackalloc byte[LongestName];
        int length = 0;
        foreach (byte one in name)
        {
            if (one is <= 0x20 or >= 0x7f or (byte)':') continue;
            if (length == LongestName) return KnownHeader.None;
            clean[length++] = one is >= (byte)'A' and <= (byte)'Z' ? (byte)(one | 0x20) : one;
        }

        clean = clean[..length];
        for (int i = 1; i < Names.Length; i++)
        {
            if (Names[i].Length == length && clean.SequenceEqual(Names[i])) return (KnownHeader)i;
        }

        return KnownHeader.None;
    }

    private Span<HeaderField> Fields => MemoryMarshal.Cast<byte, HeaderField>(_fields.Writable);

    private int FindEarlier(uint hash, ReadOnlySpan<byte> name)
    {
        Span<HeaderField> fields = Fields;
        for (int i = 0; i < fields.Length; i++)
        {
            if (fields[i].NameHash == hash && Ascii.EqualsIgnoreCase(Raw.Slice(fields[i].NameStart, fields[i].NameLength), name)) return i;
        }

        return -1;
    }

    /// <summary>
    /// Puts a value together at the end of the joined bytes. A value that already lies there at the end grows in
    /// place, so that a long chain of folds is copied once, not once per fold.
    /// </summary>
    private void Join(ref HeaderField field, ReadOnlySpan<byte> between, ReadOnlySpan<byte> more)
    {
        if (_joined.Length + field.ValueLength + between.Length + more.Length > JoinedLimit) return;
        bool isLast = field.IsJoined && field.ValueStart + field.ValueLength == _joined.Length;
        if (!isLast)
        {
            int start = _joined.Length;
            bool fits = field.IsJoined ? CopyJoined(field.ValueStart, field.ValueLength) : _joined.Append(Raw.Slice(field.ValueStart, field.ValueLength));
            if (!fits) return;
            field.ValueStart = start;
            field.IsJoined = true;
        }

        if (field.ValueLength > 0 && _joined.Append(between)) field.ValueLength += between.Length;
        if (_joined.Append(more)) field.ValueLength += more.Length;
    }

    /// <summary>Byte by byte in steps: growing may move the block that is being copied from.</summary>
    private bool CopyJoined(int start, int length)
    {
        Span<byte> step = stackalloc byte[256];
        while (length > 0)
        {
            int now = Math.Min(length, step.Length);
            _joined.Slice(start, now).CopyTo(step);
            if (!_joined.Append(step[..now])) return false;
            start += now;
            length -= now;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint HashOf(ReadOnlySpan<byte> name)
    {
        uint hash = 2166136261;
        foreach (byte one in name) hash = (hash ^ (uint)(one | 0x20)) * 16777619;
        return hash;
    }
}
