using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Protocols.Tls;

/// <summary>
/// The hellos of SSL 2 (RFC 6101 appendix E, "Version 2.0 Backward Compatibility"). Old clients and scanners begin so
/// and go on in TLS; a server that answers in SSL 2 is worth knowing about, its further bytes are not read.
/// </summary>
internal static class Ssl2
{
    private const byte ClientHello = 1, ServerHello = 4, Error = 0;

    /// <summary>Length (2), type, version (2), lengths of cipher list, session and challenge (2 each).</summary>
    private const int HelloHeader = 11;

    public static ParseStatus Looks(ReadOnlySpan<byte> start, Direction direction)
    {
        if ((start[0] & 0x80) == 0) return ParseStatus.Malformed;
        if (start.Length < 3) return ParseStatus.NeedMore;
        if (start[2] != (direction == Direction.ToServer ? ClientHello : ServerHello)) return ParseStatus.Malformed;
        if (start.Length < HelloHeader) return ParseStatus.NeedMore;
        int length = Length(start);
        if (start[2] == ServerHello) return BinaryPrimitives.ReadUInt16BigEndian(start[5..]) == TlsVersion.Ssl2 && length >= 11 ? ParseStatus.Done : ParseStatus.Malformed;
        int version = BinaryPrimitives.ReadUInt16BigEndian(start[3..]);
        int ciphers = BinaryPrimitives.ReadUInt16BigEndian(start[5..]), session = BinaryPrimitives.ReadUInt16BigEndian(start[7..]), challenge = BinaryPrimitives.ReadUInt16BigEndian(start[9..]);
        bool fits = ciphers % 3 == 0 && ciphers > 0 && session is 0 or 16 && challenge is >= 16 and <= 32 && length == HelloHeader - 2 + ciphers + session + challenge;
        return fits && (version == TlsVersion.Ssl2 || version >> 8 == 3) ? ParseStatus.Done : ParseStatus.Malformed;
    }

    /// <summary>Reads the record at the start of a side. Answers the bytes it takes, 0 when more are needed.</summary>
    public static int Read(ReadOnlySpan<byte> data, Direction direction, TlsTransaction connection, out bool goesOnInSsl2)
    {
        goesOnInSsl2 = false;
        if (data.Length < 3 || data.Length < 2 + Length(data)) return 0;
        ReadOnlySpan<byte> message = data.Slice(2, Length(data));
        if (message.Length < 3)
        {
            connection.Raise(TlsEvent.InvalidSslv2Header);
        }
        else if (direction == Direction.ToServer && message[0] == ClientHello)
        {
            connection.ClientVersion = BinaryPrimitives.ReadUInt16BigEndian(message[1..]);
            connection.States |= TlsStates.ClientHello;
        }
        else if (direction == Direction.ToClient && message[0] == ServerHello)
        {
            connection.ServerVersion = TlsVersion.Ssl2;
            connection.States |= TlsStates.ServerHello;
            goesOnInSsl2 = true;
        }
        else
        {
            connection.Raise(message[0] == Error ? TlsEvent.ErrorMessageEncountered : TlsEvent.InvalidSslv2Header);
            goesOnInSsl2 = true;
        }

        return 2 + message.Length;
    }

    private static int Length(ReadOnlySpan<byte> start) => ((start[0] & 0x7f) << 8) | start[1];
}
