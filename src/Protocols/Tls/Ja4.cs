using System.Security.Cryptography;

namespace Sensor.Protocols.Tls;

/// <summary>
/// JA4, the client fingerprint of FoxIO (BSD licence): <c>t13d1516h2_8daaf6152771_e5627efa2ab1</c>. Transport, version, SNI or
/// not, number of ciphers and extensions, first and last character of the first application protocol; hash of the
/// sorted ciphers; hash of the sorted extensions and the signature algorithms in their order.
/// </summary>
internal static class Ja4
{
    public const int Length = 36;

    private const int HashLength = 12;

    private static ReadOnlySpan<byte> HexDigits => "0123456789abcdef"u8;

    /// <param name="version">The highest version the client offers.</param>
    /// <param name="firstProtocol">The first application protocol, empty without.</param>
    /// <param name="transport"><c>t</c> for TCP, <c>q</c> for QUIC.</param>
    public static void Client(TlsTransaction connection, int version, ReadOnlySpan<byte> firstProtocol, HelloLists lists, byte transport)
    {
        Span<byte> text = stackalloc byte[Length];
        text[0] = transport;
        VersionWord(version).CopyTo(text[1..]);
        text[3] = connection.HasServerName ? (byte)'d' : (byte)'i';
        Two(text[4..], lists.CipherSuites.Count);
        Two(text[6..], lists.Extensions.Count);
        Protocol(text[8..], firstProtocol);
        text[10] = text[23] = (byte)'_';
        Ciphers(text.Slice(11, HashLength), lists);
        Extensions(text.Slice(24, HashLength), lists);
        connection.Ja4 = connection.Keep(text);
    }

    private static ReadOnlySpan<byte> VersionWord(int version) => version switch
    {
        TlsVersion.Tls13 => "13"u8,
        TlsVersion.Tls12 => "12"u8,
        TlsVersion.Tls11 => "11"u8,
        TlsVersion.Tls10 => "10"u8,
        TlsVersion.Ssl3 => "s3"u8,
        TlsVersion.Ssl2 => "s2"u8,
        _ => "00"u8,
    };

    private static void Two(Span<byte> text, int number)
    {
        number = Math.Min(number, 99);
        text[0] = (byte)('0' + (number / 10));
        text[1] = (byte)('0' + (number % 10));
    }

    /// <summary>Letters and digits as they are; other ASCII as hexadecimal digits of first and last byte; beyond ASCII 99, as in the published vectors.</summary>
    private static void Protocol(Span<byte> text, ReadOnlySpan<byte> protocol)
    {
        text[0] = text[1] = (byte)'0';
        if (protocol.IsEmpty) return;
        byte first = protocol[0], last = protocol[^1];
        if (first > 0x7f || last > 0x7f)
        {
            text[0] = text[1] = (byte)'9';
        }
        else if (char.IsAsciiLetterOrDigit((char)first) && char.IsAsciiLetterOrDigit((char)last))
        {
            text[0] = first;
            text[1] = last;
        }
        else
        {
            text[0] = HexDigits[first >> 4];
            text[1] = HexDigits[last & 15];
        }
    }

    private static void Ciphers(Span<byte> hash, HelloLists lists)
    {
        lists.CipherSuites.Items.Sort();
        int length = Hex(lists.Hex, 0, lists.CipherSuites.Items);
        Hash(hash, lists.Hex.AsSpan(0, length));
    }

    /// <summary>Server name and application protocols are left out: the first part tells them already.</summary>
    private static void Extensions(Span<byte> hash, HelloLists lists)
    {
        Span<ushort> extensions = lists.Extensions.Items;
        int kept = 0;
        foreach (ushort type in extensions)
        {
            if (type is not (ExtensionType.ServerName or ExtensionType.ApplicationProtocols)) extensions[kept++] = type;
        }

        extensions = extensions[..kept];
        extensions.Sort();
        int length = Hex(lists.Hex, 0, extensions);
        if (length > 0)
        {
            // The separator stays where no algorithms follow, as in the reference engine's fingerprints that rules are written for.
            lists.Hex[length++] = (byte)'_';
            length = Hex(lists.Hex, length, lists.SignatureAlgorithms.Items);
        }

        Hash(hash, lists.Hex.AsSpan(0, length));
    }

    private static int Hex(byte[] room, int length, ReadOnlySpan<ushort> numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            if (i > 0) room[length++] = (byte)',';
            int number = numbers[i];
            room[length++] = HexDigits[number >> 12];
            room[length++] = HexDigits[(number >> 8) & 15];
            room[length++] = HexDigits[(number >> 4) & 15];
            room[length++] = HexDigits[number & 15];
        }

        return length;
    }

    private static void Hash(Span<byte> digits, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            digits.Fill((byte)'0');
            return;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        Convert.TryToHexStringLower(hash[..(HashLength / 2)], digits, out _);
    }
}
