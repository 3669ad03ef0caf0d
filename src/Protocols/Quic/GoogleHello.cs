using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Sensor.Primitives;

namespace Sensor.Protocols.Quic;

/// <summary>
/// The client hello of Google's QUIC before TLS: a message of tagged values on stream 1, in clear behind a 12-byte
/// hash (Q039 to Q046). CYU, its fingerprint, is the version and the tags in their order.
/// </summary>
internal static class GoogleHello
{
    private const int HashLength = 12, MostTags = 128, TagText = 5;

    public static void Read(ReadOnlySpan<byte> datagram, uint version, QuicTransaction one)
    {
        ReadOnlySpan<byte> frames = Frames(datagram);
        if (!TryFindMessage(frames, out ReadOnlySpan<byte> message)) return;
        if (!message.StartsWith("CHLO"u8) || message.Length < 8) return;
        int count = Math.Min((int)BinaryPrimitives.ReadUInt16LittleEndian(message[4..]), MostTags);
        if (message.Length < 8 + (8 * count)) return;
        Span<byte> cyu = stackalloc byte[4 + (TagText * MostTags)];
        Utf8Formatter.TryFormat(QuicVersion.GoogleNumber(version), cyu, out int length);
        int start = 8 + (8 * count), from = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> tag = message.Slice(8 + (8 * i), 4);
            int end = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(message[(12 + (8 * i))..]), int.MaxValue);
            cyu[length++] = i == 0 ? (byte)',' : (byte)'-';
            ReadOnlySpan<byte> word = tag.TrimEnd((byte)0);
            word.CopyTo(cyu[length..]);
            length += word.Length;
            if (end < from || end > message.Length - start) continue;
            ReadOnlySpan<byte> value = message.Slice(start + from, end - from);
            if (tag.SequenceEqual("SNI\0"u8)) one.Add(QuicField.ServerName, value);
            else if (tag.SequenceEqual("UAID"u8)) one.Add(QuicField.UserAgent, value);
            from = end;
        }

        one.Add(QuicField.CyuText, cyu[..length]);
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes], digits = stackalloc byte[2 * MD5.HashSizeInBytes];
        MD5.HashData(cyu[..length], hash);
        Convert.TryToHexStringLower(hash, digits, out _);
        one.Add(QuicField.CyuHash, digits);
    }

    /// <summary>What follows header, packet number and hash.</summary>
    private static ReadOnlySpan<byte> Frames(ReadOnlySpan<byte> datagram)
    {
        int header;
        if ((datagram[0] & 0x80) != 0)
        {
            // Q046: lengths of both connection ids in one byte, four bits each, 3 less than they are.
            if (datagram.Length < 6) return default;
            int destination = datagram[5] >> 4, source = datagram[5] & 15;
            header = 6 + (destination > 0 ? destination + 3 : 0) + (source > 0 ? source + 3 : 0) + (datagram[0] & 3) + 1;
        }
        else
        {
            int numberBits = (datagram[0] >> 4) & 3;
            header = 1 + 8 + 4 + (numberBits == 0 ? 1 : 2 * numberBits);
        }

        return datagram.Length > header + HashLength ? datagram[(header + HashLength)..] : default;
    }

    /// <summary>The data of the first STREAM frame; padding may come before it.</summary>
    private static bool TryFindMessage(ReadOnlySpan<byte> frames, out ReadOnlySpan<byte> message)
    {
        message = default;
        frames = frames.TrimStart((byte)0);
        var cursor = new ByteCursor(frames);
        if (!cursor.TryReadByte(out byte type) || (type & 0x80) == 0) return false;
        int offset = (type >> 2) & 7;
        if (!cursor.TrySkip((type & 3) + 1 + (offset == 0 ? 0 : offset + 1))) return false;
        if ((type & 0x20) == 0) message = cursor.Rest;
        else if (!cursor.TryReadVector16(out message)) message = cursor.Rest;
        return true;
    }
}
