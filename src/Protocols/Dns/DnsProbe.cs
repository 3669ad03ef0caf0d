using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Protocols.Dns;

/// <summary>Tells by content whether bytes begin a DNS message, bare (UDP) or behind its length (TCP, RFC 1035 section 4.2.2).</summary>
internal static class DnsProbe
{
    /// <summary>Least bytes of a question: root name, type, class.</summary>
    private const int LeastQuestion = 5;

    /// <summary>Least bytes of a record: root name, type, class, time to live, length.</summary>
    private const int LeastRecord = 11;

    /// <summary>Bytes of the longest valid name (RFC 1035 section 3.1).</summary>
    private const int LongestName = 255;

    /// <summary>Length, header, the longest name, type and class.</summary>
    public const int Depth = 2 + DnsMessageReader.HeaderLength + LongestName + 1 + 4;

    /// <param name="start">The first bytes of a direction, or a datagram.</param>
    /// <param name="direction">
    /// Over TCP requests go to the server, so that a conversation picked up in the middle can be turned round. A
    /// datagram counts whichever way it goes: the parser turns a flow that begins with a response.
    /// </param>
    public static ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction)
    {
        if (Looks(start, start.Length) == ParseStatus.Done) return ParseStatus.Done;
        if (start.Length < 2) return ParseStatus.NeedMore;
        int length = BinaryPrimitives.ReadUInt16BigEndian(start);
        if (length < DnsMessageReader.HeaderLength) return ParseStatus.Malformed;
        ReadOnlySpan<byte> message = start[2..];
        ParseStatus looks = Looks(message[..Math.Min(length, message.Length)], length);
        return looks == ParseStatus.Done && (message[2] & 0x80) != 0 != (direction == Direction.ToClient) ? ParseStatus.Malformed : looks;
    }

    /// <summary>Is this the whole or the beginning of a message of <paramref name="whole"/> bytes?</summary>
    private static ParseStatus Looks(ReadOnlySpan<byte> message, int whole)
    {
        if (message.Length < 6) return ParseStatus.NeedMore;
        int questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        if ((questions * LeastQuestion) + DnsMessageReader.HeaderLength > whole) return ParseStatus.Malformed;
        if (message.Length < DnsMessageReader.HeaderLength) return ParseStatus.NeedMore;

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        bool response = (flags & 0x8000) != 0;
        int records = BinaryPrimitives.ReadUInt16BigEndian(message[6..])
            + BinaryPrimitives.ReadUInt16BigEndian(message[8..])
            + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        if ((questions * LeastQuestion) + (records * LeastRecord) + DnsMessageReader.HeaderLength > whole) return ParseStatus.Malformed;
        if (questions > 0) return LooksLikeQuestion(message, whole);

        // Servers answer a message they cannot read with a bare header and an error; transfers may leave the question out.
        bool bareError = records == 0 && whole == DnsMessageReader.HeaderLength && (flags & 0xf) != 0;
        return response && (records > 0 || bareError) ? ParseStatus.Done : ParseStatus.Malformed;
    }

    private static ParseStatus LooksLikeQuestion(ReadOnlySpan<byte> message, int whole)
    {
        int position = DnsMessageReader.HeaderLength;
        int jumpsLeft = 4;
        int resume = -1;
        bool whollyHere = message.Length == whole;
        while (true)
        {
            if (position - DnsMessageReader.HeaderLength > LongestName) return ParseStatus.Done; // overlong, yet labels all the way
            if (position >= message.Length) return whollyHere ? ParseStatus.Malformed : ParseStatus.NeedMore;
            int head = message[position];
            if (head == 0) break;
            if ((head & 0xc0) == 0xc0)
            {
                // A first question that points elsewhere is odd (evasion tests do it) but answered by real servers.
                if (position + 1 >= message.Length) return whollyHere ? ParseStatus.Malformed : ParseStatus.NeedMore;
                if (jumpsLeft-- == 0) return ParseStatus.Malformed;
                if (resume < 0) resume = position + 2;
                position = ((head & 0x3f) << 8) | message[position + 1];
                if (position < DnsMessageReader.HeaderLength) return ParseStatus.Malformed;
                continue;
            }

            if ((head & 0xc0) != 0) return ParseStatus.Malformed;
            position += 1 + head;
        }

        int types = resume >= 0 ? resume : position + 1;
        if (types + 4 > message.Length) return whollyHere ? ParseStatus.Malformed : ParseStatus.NeedMore;
        ushort type = BinaryPrimitives.ReadUInt16BigEndian(message[types..]);
        int @class = BinaryPrimitives.ReadUInt16BigEndian(message[(types + 2)..]) & 0x7fff;
        if (type == 0 || @class is not ((>= 1 and <= 4) or 254 or 255)) return ParseStatus.Malformed;
        return IsNetBios(message[DnsMessageReader.HeaderLength..], type) ? ParseStatus.Malformed : ParseStatus.Done;
    }

    /// <summary>The NetBIOS name service (RFC 1002) has the same shape: 32 letters A to P, type NB or NBSTAT.</summary>
    private static bool IsNetBios(ReadOnlySpan<byte> question, ushort type) =>
        type is 0x20 or 0x21 && question.Length > 33 && question[0] == 32 && question.Slice(1, 32).IndexOfAnyExceptInRange((byte)'A', (byte)'P') < 0;
}
