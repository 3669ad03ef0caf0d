using System.Buffers.Text;
using System.Security.Cryptography;

namespace Sensor.Protocols.Tls;

/// <summary>
/// JA3 and JA3S: the numbers of a hello as decimal text, GREASE left out, and the MD5 of that text
/// (salesforce/ja3, "How it works"): <c>version,ciphers,extensions,groups,formats</c>, <c>version,cipher,extensions</c>.
/// </summary>
internal static class Ja3
{
    /// <summary>Characters of a 16-bit number and its separator.</summary>
    private const int MostPerNumber = 6;

    public static void Client(TlsTransaction connection, int version, HelloLists lists)
    {
        int most = MostPerNumber * (1 + lists.CipherSuites.Count + lists.Extensions.Count + lists.Groups.Count + lists.PointFormats.Count) + 4;
        if (!connection.TryBegin(most, out Span<byte> room)) return;
        int length = Number(room, 0, version);
        length = List(room, length, lists.CipherSuites);
        length = List(room, length, lists.Extensions);
        length = List(room, length, lists.Groups);
        length = List(room, length, lists.PointFormats);
        connection.Ja3Text = connection.Finish(most, length);
        connection.Ja3Hash = Hash(connection, connection.Ja3Text);
    }

    public static void Server(TlsTransaction connection, int version, int cipherSuite, HelloLists lists)
    {
        int most = MostPerNumber * (2 + lists.Extensions.Count) + 2;
        if (!connection.TryBegin(most, out Span<byte> room)) return;
        int length = Number(room, 0, version);
        room[length++] = (byte)',';
        length = Number(room, length, cipherSuite);
        length = List(room, length, lists.Extensions);
        connection.Ja3ServerText = connection.Finish(most, length);
        connection.Ja3ServerHash = Hash(connection, connection.Ja3ServerText);
    }

    private static TlsText Hash(TlsTransaction connection, TlsText text)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        Span<byte> digits = stackalloc byte[2 * MD5.HashSizeInBytes];
        MD5.HashData(connection.Bytes(text), hash);
        Convert.TryToHexStringLower(hash, digits, out _);
        return connection.Keep(digits);
    }

    private static int List(Span<byte> room, int length, NumberList numbers)
    {
        room[length++] = (byte)',';
        bool first = true;
        foreach (ushort number in numbers.Items)
        {
            if (!first) room[length++] = (byte)'-';
            first = false;
            length = Number(room, length, number);
        }

        return length;
    }

    private static int Number(Span<byte> room, int length, int number)
    {
        Utf8Formatter.TryFormat(number, room[length..], out int written);
        return length + written;
    }
}
