using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Protocols.Tls;

/// <summary>Tells by content whether a conversation begins with a TLS record, or with the hello of SSL 2.</summary>
internal static class TlsProbe
{
    public const int Depth = 11;

    public static ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction)
    {
        if (start.IsEmpty) return ParseStatus.NeedMore;
        if (!RecordType.IsKnown(start[0])) return Ssl2.Looks(start, direction);
        if (start.Length >= 2 && start[1] != 3) return ParseStatus.Malformed;
        if (start.Length < 3) return ParseStatus.NeedMore;
        if (start[2] > 4) return ParseStatus.Malformed;
        if (start.Length < 5) return ParseStatus.NeedMore;
        int length = BinaryPrimitives.ReadUInt16BigEndian(start[3..]);
        if (length > TlsLimits.Record) return ParseStatus.Malformed;

        // Nobody sends an empty handshake record for good reason, but nothing other than TLS looks like it either.
        if (length == 0) return start[0] == RecordType.Handshake ? ParseStatus.Done : ParseStatus.Malformed;
        return start[0] switch
        {
            RecordType.Alert => length == 2 || length >= 18 ? ParseStatus.Done : ParseStatus.Malformed,
            RecordType.ChangeCipherSpec => length == 1 ? ParseStatus.Done : ParseStatus.Malformed,
            RecordType.Handshake when start.Length < 6 => ParseStatus.NeedMore,
            RecordType.Handshake => HandshakeType.IsKnown(start[5]) && HandshakeType.MayCome(start[5], direction) ? ParseStatus.Done : ParseStatus.Malformed,
            _ => ParseStatus.Done,
        };
    }

    /// <summary>After a gap: could a record begin here?</summary>
    public static bool LooksLikeRecord(ReadOnlySpan<byte> start) =>
        start.Length >= 5 && RecordType.IsKnown(start[0]) && start[1] == 3 && start[2] <= 4
        && BinaryPrimitives.ReadUInt16BigEndian(start[3..]) is > 0 and <= TlsLimits.Record;
}
