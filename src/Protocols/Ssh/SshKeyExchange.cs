using System.Buffers.Binary;
using System.Security.Cryptography;
using Sensor.Primitives;

namespace Sensor.Protocols.Ssh;

/// <summary>Reads the lists of a key exchange (RFC 4253 section 7.1) and makes the HASSH fingerprint of them.</summary>
internal static class SshKeyExchange
{
    private const int Cookie = 16;

    /// <summary>The lists HASSH puts together, by their number: key exchange, then encryption, authentication and compression of the side's own direction.</summary>
    private static ReadOnlySpan<byte> ClientLists => [0, 2, 4, 6];

    private static ReadOnlySpan<byte> ServerLists => [0, 3, 5, 7];

    /// <param name="payload">The message behind its number.</param>
    /// <param name="direction">Whose it is.</param>
    /// <param name="connection">Where the fingerprint goes.</param>
    /// <param name="scratch">Room for the text, at least as long as the message.</param>
    /// <returns>False when a list does not fit into the message.</returns>
    public static bool Read(ReadOnlySpan<byte> payload, Direction direction, SshTransaction connection, Span<byte> scratch)
    {
        if (payload.Length < Cookie) return false;
        ReadOnlySpan<byte> wanted = direction == Direction.ToServer ? ClientLists : ServerLists;
        int at = Cookie, length = 0;
        for (int list = 0; list < 8; list++)
        {
            if (payload.Length - at < 4) return false;
            uint bytes = BinaryPrimitives.ReadUInt32BigEndian(payload[at..]);
            at += 4;
            if (bytes > payload.Length - at) return false;
            if (wanted.Contains((byte)list))
            {
                if (list != 0) scratch[length++] = (byte)';';
                payload.Slice(at, (int)bytes).CopyTo(scratch[length..]);
                length += (int)bytes;
            }

            at += (int)bytes;
        }

        Span<byte> digest = stackalloc byte[16], digits = stackalloc byte[32];
        MD5.HashData(scratch[..length], digest);
        Convert.TryToHexStringLower(digest, digits, out _);
        ref SshPeer peer = ref connection.Peer(direction);
        peer.HasshText = connection.Text.Keep(scratch[..length]);
        peer.Hassh = connection.Text.Keep(digits);
        return true;
    }
}
