using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sensor.Daemon;

/// <summary>Who is at the other end of a unix socket, as the kernel says (unix(7), SO_PEERCRED).</summary>
internal readonly record struct PeerCredentials(int ProcessId, uint UserId, uint GroupId)
{
    private const int SolSocket = 1, SoPeerCred = 17;

    public static PeerCredentials? Of(Socket? socket)
    {
        if (socket is null) return null;
        Span<byte> raw = stackalloc byte[12];
        try
        {
            if (socket.GetRawSocketOption(SolSocket, SoPeerCred, raw) < raw.Length) return null;
        }
        catch (SocketException)
        {
            return null;
        }

        return new PeerCredentials(MemoryMarshal.Read<int>(raw), MemoryMarshal.Read<uint>(raw[4..]), MemoryMarshal.Read<uint>(raw[8..]));
    }
}
