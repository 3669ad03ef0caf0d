using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Sensor.Primitives;

namespace Sensor.Alerts;

/// <summary>
/// The byte layout of stored records: a version byte, then fields of <c>tag (1) · length (varint) · value</c>.
/// Numbers are varints, texts UTF-8, addresses 16 bytes. A reader skips tags it does not know and leaves defaults
/// for tags it does not find, so old records and new readers (and the reverse) get along.
/// </summary>
internal static class RecordFields
{
    public const byte LayoutVersion = 1;

    /// <summary>Bytes of one text at most; longer ones are cut at a character, so that one alert cannot fill the spool.</summary>
    public const int MaximumTextBytes = 4096;

    public static void Number(IBufferWriter<byte> to, byte tag, long value)
    {
        if (value == 0) return;
        Span<byte> varint = stackalloc byte[10];
        Write(to, tag, varint[..Varint(varint, (ulong)value)]);
    }

    public static void Text(IBufferWriter<byte> to, byte tag, string value)
    {
        if (value.Length == 0) return;
        byte[] rented = ArrayPool<byte>.Shared.Rent(MaximumTextBytes);
        Encoding.UTF8.GetEncoder().Convert(value, rented.AsSpan(0, MaximumTextBytes), flush: false, out _, out int written, out _);
        Write(to, tag, rented.AsSpan(0, written));
        ArrayPool<byte>.Shared.Return(rented);
    }

    public static void Text(IBufferWriter<byte> to, byte japaneseTag, byte englishTag, LocalizedText value)
    {
        Text(to, japaneseTag, value.Japanese);
        Text(to, englishTag, value.English);
    }

    public static void Address(IBufferWriter<byte> to, byte tag, IpAddress value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.WriteIpv6(bytes);
        Write(to, tag, bytes);
    }

    public static void Write(IBufferWriter<byte> to, byte tag, ReadOnlySpan<byte> value)
    {
        Span<byte> space = to.GetSpan(6 + value.Length);
        space[0] = tag;
        int length = 1 + Varint(space[1..], (ulong)value.Length);
        value.CopyTo(space[length..]);
        to.Advance(length + value.Length);
    }

    /// <summary>Takes the next field off <paramref name="rest"/>; false at the end or where the bytes make no sense.</summary>
    public static bool TryTake(ref ReadOnlySpan<byte> rest, out byte tag, out ReadOnlySpan<byte> value)
    {
        tag = 0;
        value = default;
        if (rest.Length < 2) return false;
        ReadOnlySpan<byte> after = rest[1..];
        if (!TryVarint(ref after, out ulong length) || length > (ulong)after.Length) return false;
        tag = rest[0];
        value = after[..(int)length];
        rest = after[(int)length..];
        return true;
    }

    public static long Number(ReadOnlySpan<byte> value) => TryVarint(ref value, out ulong number) ? (long)number : 0;

    public static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value);

    public static IpAddress Address(ReadOnlySpan<byte> value) => value.Length == 16 ? IpAddress.ReadIpv6(value) : default;

    public static List<long> Numbers(ReadOnlySpan<byte> value)
    {
        var numbers = new List<long>();
        for (; value.Length >= 8; value = value[8..]) numbers.Add(BinaryPrimitives.ReadInt64LittleEndian(value));
        return numbers;
    }

    public static void Numbers(IBufferWriter<byte> to, byte tag, IReadOnlyList<long> values)
    {
        if (values.Count == 0) return;
        byte[] bytes = new byte[8 * values.Count];
        for (int i = 0; i < values.Count; i++) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8 * i), values[i]);
        Write(to, tag, bytes);
    }

    private static int Varint(Span<byte> to, ulong value)
    {
        int length = 0;
        for (; value >= 0x80; value >>= 7) to[length++] = (byte)(value | 0x80);
        to[length++] = (byte)value;
        return length;
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> from, out ulong value)
    {
        value = 0;
        for (int i = 0; i < from.Length && i < 10; i++)
        {
            value |= (ulong)(from[i] & 0x7F) << (7 * i);
            if (from[i] >= 0x80) continue;
            from = from[(i + 1)..];
            return true;
        }

        return false;
    }
}
