using System.Buffers.Text;
using Sensor.Primitives;

namespace Sensor.Protocols.Ftp;

/// <summary>Addresses and ports as FTP writes them.</summary>
internal static class FtpAddress
{
    /// <summary><c>h1,h2,h3,h4,p1,p2</c> anywhere in the text (RFC 959 section 4.1.2, PORT; answer 227).</summary>
    public static bool TryPort(ReadOnlySpan<byte> text, out IpAddress address, out ushort port)
    {
        address = default;
        port = 0;
        int open = text.IndexOf((byte)'(');
        if (open >= 0) text = text[(open + 1)..];
        int first = text.IndexOfAnyInRange((byte)'0', (byte)'9');
        if (first < 0) return false;
        text = text[first..];
        Span<byte> numbers = stackalloc byte[6];
        for (int i = 0; i < 6; i++)
        {
            if (!Utf8Parser.TryParse(text, out numbers[i], out int digits)) return false;
            text = text[digits..];
            if (i == 5) break;
            if (text.IsEmpty || text[0] != ',') return false;
            text = text[1..].TrimStart((byte)' ');
        }

        address = IpAddress.ReadIpv4(numbers);
        port = (ushort)((numbers[4] << 8) | numbers[5]);
        return true;
    }

    /// <summary><c>|1|132.235.1.2|6275|</c> with any delimiter (RFC 2428 section 2, EPRT).</summary>
    public static bool TryExtendedPort(ReadOnlySpan<byte> text, out IpAddress address, out ushort port)
    {
        address = default;
        port = 0;
        if (text.Length < 7) return false;
        byte divider = text[0];
        int second = text[1..].IndexOf(divider);
        if (second < 0) return false;
        ReadOnlySpan<byte> rest = text[(second + 2)..];
        int third = rest.IndexOf(divider);
        if (third < 0 || !TryAddress(rest[..third], out address)) return false;
        return Utf8Parser.TryParse(rest[(third + 1)..], out port, out _);
    }

    /// <summary><c>(|||6446|)</c> (RFC 2428 section 3, answer 229).</summary>
    public static bool TryExtendedPassive(ReadOnlySpan<byte> text, out ushort port)
    {
        port = 0;
        int open = text.IndexOf((byte)'(');
        return open >= 0 && text.Length > open + 4 && Utf8Parser.TryParse(text[(open + 4)..], out port, out _);
    }

    private static bool TryAddress(ReadOnlySpan<byte> text, out IpAddress address)
    {
        address = default;
        if (text.Contains((byte)':')) return TryIpv6(text, out address);
        uint number = 0;
        for (int i = 0; i < 4; i++)
        {
            if (!Utf8Parser.TryParse(text, out byte part, out int digits)) return false;
            number = (number << 8) | part;
            text = text[digits..];
            if (i == 3) break;
            if (text.IsEmpty || text[0] != '.') return false;
            text = text[1..];
        }

        address = IpAddress.FromIpv4(number);
        return text.IsEmpty;
    }

    /// <summary>RFC 4291 section 2.2, forms 1 and 2.</summary>
    private static bool TryIpv6(ReadOnlySpan<byte> text, out IpAddress address)
    {
        address = default;
        Span<ushort> groups = stackalloc ushort[8];
        int count = 0, gap = -1;
        if (text.StartsWith("::"u8)) { gap = 0; text = text[2..]; }
        while (!text.IsEmpty)
        {
            if (count == 8 || !Utf8Parser.TryParse(text, out ushort group, out int digits, 'x') || digits > 4) return false;
            groups[count++] = group;
            text = text[digits..];
            if (text.IsEmpty) break;
            if (text[0] != ':') return false;
            text = text[1..];
            if (text.IsEmpty || text[0] != ':') continue;
            if (gap >= 0) return false;
            gap = count;
            text = text[1..];
        }

        if (gap < 0 && count != 8) return false;
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        for (int i = 0; i < count; i++)
        {
            int place = gap >= 0 && i >= gap ? 8 - count + i : i;
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(bytes[(2 * place)..], groups[i]);
        }

        address = IpAddress.ReadIpv6(bytes);
        return true;
    }
}
