using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Sensor.Primitives;

/// <summary>
/// One 16-byte value for IPv4 and IPv6. IPv4 is kept as <c>::ffff:a.b.c.d</c> (RFC 4291 section 2.5.5.2), so a
/// mapped address met in IPv6 traffic is the same value as the IPv4 one and cannot slip past a list.
/// </summary>
public readonly struct IpAddress : IEquatable<IpAddress>, IComparable<IpAddress>
{
    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    public IpAddress(ulong high, ulong low)
    {
        High = high;
        Low = low;
    }

    /// <summary>Most significant 64 bits, network order read as a number.</summary>
    public ulong High { get; }

    public ulong Low { get; }

    public bool IsIpv4 => High == 0 && (Low & 0xFFFF_FFFF_0000_0000) == MappedPrefix;

    /// <summary>The IPv4 address as a number (meaningful when <see cref="IsIpv4"/>).</summary>
    public uint Ipv4 => (uint)Low;

    public static IpAddress FromIpv4(uint address) => new(0, MappedPrefix | address);

    /// <summary>Reads four bytes in network order.</summary>
    public static IpAddress ReadIpv4(ReadOnlySpan<byte> bytes) => FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(bytes));

    /// <summary>Reads sixteen bytes in network order.</summary>
    public static IpAddress ReadIpv6(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    public void WriteIpv6(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out IpAddress address)
    {
        if (!IPAddress.TryParse(text, out IPAddress? parsed) || text.Contains('%', StringComparison.Ordinal))
        {
            address = default;
            return false;
        }

        address = From(parsed);
        return true;
    }

    public static IpAddress Parse(string text) =>
        TryParse(text, out IpAddress address) ? address : throw new FormatException($"\"{text}\" is not an IP address");

    public static IpAddress From(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        return written == 4 ? ReadIpv4(bytes) : ReadIpv6(bytes);
    }

    /// <summary>Writes the address as text (RFC 5952 for IPv6) without allocating; 46 bytes always suffice.</summary>
    public bool TryFormat(Span<byte> utf8, out int written)
    {
        if (!IsIpv4) return Ipv6Text.TryFormat(this, utf8, out written);
        written = 0;
        uint value = Ipv4;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            if (!((byte)(value >> shift)).TryFormat(utf8[written..], out int digits)) return false;
            written += digits;
            if (shift == 0) break;
            if (written >= utf8.Length) return false;
            utf8[written++] = (byte)'.';
        }

        return true;
    }

    /// <summary>
    /// Writes the address as event records spell it: IPv4 dotted, IPv6 with all eight groups of four digits
    /// (Suricata's EVE never shortens). 39 bytes always suffice.
    /// </summary>
    public bool TryFormatExpanded(Span<byte> utf8, out int written) =>
        IsIpv4 ? TryFormat(utf8, out written) : Ipv6Text.TryFormatExpanded(this, utf8, out written);

    /// <summary>Keeps the first <paramref name="length"/> bits (0 to 128; an IPv4 prefix counts from 96).</summary>
    public IpAddress Prefix(int length) => length switch
    {
        <= 0 => default,
        < 64 => new(High & (ulong.MaxValue << (64 - length)), 0),
        64 => new(High, 0),
        < 128 => new(High, Low & (ulong.MaxValue << (128 - length))),
        _ => this,
    };

    public bool Equals(IpAddress other) => High == other.High && Low == other.Low;

    public override bool Equals(object? obj) => obj is IpAddress other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(High, Low);

    public int CompareTo(IpAddress other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    public static bool operator ==(IpAddress left, IpAddress right) => left.Equals(right);

    public static bool operator !=(IpAddress left, IpAddress right) => !left.Equals(right);

    public static bool operator <(IpAddress left, IpAddress right) => left.CompareTo(right) < 0;

    public static bool operator <=(IpAddress left, IpAddress right) => left.CompareTo(right) <= 0;

    public static bool operator >(IpAddress left, IpAddress right) => left.CompareTo(right) > 0;

    public static bool operator >=(IpAddress left, IpAddress right) => left.CompareTo(right) >= 0;

    public override string ToString()
    {
        Span<byte> text = stackalloc byte[46];
        return TryFormat(text, out int written) ? System.Text.Encoding.ASCII.GetString(text[..written]) : "?";
    }
}
