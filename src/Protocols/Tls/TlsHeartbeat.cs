using System.Buffers.Binary;

namespace Sensor.Protocols.Tls;

/// <summary>Heartbeats (RFC 6520), and the two ways in which "Heartbleed" (CVE-2014-0160) shows: by what is asked for in clear, and by the length of the answer.</summary>
internal static class TlsHeartbeat
{
    /// <summary>Type and length of the payload.</summary>
    public const int Header = 3;

    private const byte Request = 1, Response = 2;

    /// <summary>RFC 6520 section 4: padding has at least 16 bytes.</summary>
    private const int LeastPadding = 16;

    public static void Read(ReadOnlySpan<byte> heartbeat, int length, TlsTransaction connection, ref TlsSide side, ref TlsSide other)
    {
        connection.Raise(TlsEvent.HeartbeatMessage);
        if (other.Heartbeat > 0)
        {
            if (length > other.Heartbeat) connection.Raise(TlsEvent.DataleakHeartbeatMismatch);
            other.Heartbeat = 0;
            return;
        }

        side.Heartbeat = length;
        if (side.IsCiphered) return;
        if (length < Header)
        {
            connection.Raise(TlsEvent.InvalidHeartbeatMessage);
            return;
        }

        if (heartbeat[0] is not (Request or Response)) connection.Raise(TlsEvent.InvalidHeartbeatMessage);
        if (heartbeat[0] != Request) return;
        int payload = BinaryPrimitives.ReadUInt16BigEndian(heartbeat[1..]);
        if (payload == 0) connection.Raise(TlsEvent.InvalidHeartbeatMessage);
        if (Header + payload + LeastPadding > length) connection.Raise(TlsEvent.OverflowHeartbeatMessage);
    }
}
