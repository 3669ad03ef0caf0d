using Sensor.Primitives;

namespace Sensor.Protocols.Dcerpc;

/// <summary>Tells by content whether bytes begin a unit, of a connection (version 5) or a datagram (version 4).</summary>
internal static class DcerpcProbe
{
    public static ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction)
    {
        if (start.IsEmpty) return ParseStatus.NeedMore;
        if (start[0] == 4) return DcerpcDatagram.TryRead(start, out _) ? ParseStatus.Done : ParseStatus.Malformed;
        if (start[0] != 5 || (start.Length > 1 && start[1] > 1) || (start.Length > 2 && !DcerpcType.IsKnown(start[2]))) return ParseStatus.Malformed;
        if (start.Length < DcerpcHeader.Length) return ParseStatus.NeedMore;
        if (!DcerpcHeader.TryRead(start, out DcerpcHeader header) || start[5] > 3 || (start[4] & 0xf) > 1) return ParseStatus.Malformed;
        bool wrongWay = direction == Direction.ToServer ? DcerpcType.IsFromServer(header.Type) : DcerpcType.IsFromClient(header.Type);
        return wrongWay ? ParseStatus.Malformed : ParseStatus.Done;
    }
}
