using System.Buffers.Binary;
using Sensor.Primitives;

namespace Sensor.Protocols.Quic;

public enum QuicPacketType : byte { Initial, ZeroRtt, Handshake, Retry, VersionNegotiation, Short, Google }

/// <summary>Versions and what follows from them.</summary>
internal static class QuicVersion
{
    public const uint V1 = 1, V2 = 0x6b3343cf;

    private const uint Drafts = 0xff000000, FirstDraft = 0xff000017, LastDraft = 0xff000022, GoogleLetter = 0x51303000;

    /// <summary>Google's versions in their four letters: Q039, Q043, Q046, Q050.</summary>
    public static bool IsGoogle(uint version) => (version & 0xffffff00) == GoogleLetter && (byte)(version >> 8) == '0' && char.IsAsciiDigit((char)(byte)version)
        || (version & 0xffff0000) == (GoogleLetter & 0xffff0000) && char.IsAsciiDigit((char)(byte)(version >> 8)) && char.IsAsciiDigit((char)(byte)version);

    /// <summary>The number in Google's letters, 46 for Q046.</summary>
    public static int GoogleNumber(uint version) => (((int)(version >> 8) & 15) * 10) + ((int)version & 15);

    public static bool IsDraft(uint version) => (version & 0xffffff00) == Drafts;

    public static bool IsKnown(uint version) => version is V1 or V2 || version is >= FirstDraft and <= LastDraft || IsGoogle(version);

    /// <summary>The salt of the initial secret (RFC 9001 section 5.2, RFC 9369 section 3.3.1, the drafts); empty where none is known.</summary>
    public static ReadOnlySpan<byte> Salt(uint version) => version switch
    {
        V2 => [0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9],
        V1 or 0xff000021 or 0xff000022 => [0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a],
        >= 0xff00001d and <= 0xff000020 => [0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e, 0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99],
        >= FirstDraft and <= 0xff00001c => [0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11, 0xa7, 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02],
        _ => [],
    };
}

/// <summary>A long header seen in place (RFC 9000 section 17.2, RFC 9369 section 3.2), or the end of what can be read.</summary>
internal ref struct QuicPacket
{
    /// <summary>First byte, version, two connection ids of 20 bytes with their lengths.</summary>
    public const int LongestHeader = 1 + 4 + 21 + 21;

    public const int LongestDatagram = 65_535;

    private const int LongestConnectionId = 20;

    public QuicPacketType Type;
    public uint Version;
    public ReadOnlySpan<byte> Destination;

    /// <summary>From the first byte: where the protected packet number lies, and the end of the packet.</summary>
    public int NumberAt, End;

    /// <summary>Could a datagram that begins like this be QUIC? Only headers with a known version count.</summary>
    public static bool Looks(ReadOnlySpan<byte> start)
    {
        if (start.Length < 13) return false;
        if ((start[0] & 0x80) == 0) return GoogleVersion(start) is var google && QuicVersion.IsGoogle(google);
        uint version = BinaryPrimitives.ReadUInt32BigEndian(start[1..]);
        if (QuicVersion.IsGoogle(version)) return true;
        if ((start[0] & 0x40) == 0 || !QuicVersion.IsKnown(version)) return false;
        return start[5] <= LongestConnectionId && start.Length > 6 + start[5] && start[6 + start[5]] <= LongestConnectionId;
    }

    /// <summary>Google's public header before Q046: a flag says that a version follows the eight bytes of the connection id; 0 without.</summary>
    public static uint GoogleVersion(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= 13 && (datagram[0] & 0x09) == 0x09 ? BinaryPrimitives.ReadUInt32BigEndian(datagram[9..]) : 0;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out QuicPacket packet)
    {
        packet = default;
        if (bytes.IsEmpty) return false;
        if ((bytes[0] & 0x80) == 0)
        {
            packet.Version = GoogleVersion(bytes);
            packet.Type = QuicVersion.IsGoogle(packet.Version) ? QuicPacketType.Google : QuicPacketType.Short;
            packet.End = bytes.Length;
            return true;
        }

        var cursor = new ByteCursor(bytes);
        cursor.TrySkip(1);
        if (!cursor.TryReadUInt32(out packet.Version)) return false;
        if (QuicVersion.IsGoogle(packet.Version))
        {
            packet.Type = QuicPacketType.Google;
            packet.End = bytes.Length;
            return true;
        }

        if (!cursor.TryReadVector8(out packet.Destination) || !cursor.TryReadVector8(out _)) return false;
        packet.End = bytes.Length;
        packet.Type = packet.Version == 0 ? QuicPacketType.VersionNegotiation : TypeOf((bytes[0] >> 4) & 3, packet.Version);
        if (packet.Type is QuicPacketType.VersionNegotiation or QuicPacketType.Retry) return true;
        if (packet.Type == QuicPacketType.Initial && (!TryReadVarint(ref cursor, out long token) || token > cursor.Remaining || !cursor.TrySkip((int)token))) return false;
        if (!TryReadVarint(ref cursor, out long length) || length > cursor.Remaining) return false;
        packet.NumberAt = cursor.Position;
        packet.End = cursor.Position + (int)length;
        return true;
    }

    /// <summary>RFC 9000 section 16: two bits of the first byte tell the length.</summary>
    public static bool TryReadVarint(ref ByteCursor cursor, out long value)
    {
        value = 0;
        if (!cursor.TryReadByte(out byte first)) return false;
        value = first & 0x3f;
        for (int more = (1 << (first >> 6)) - 1; more > 0; more--)
        {
            if (!cursor.TryReadByte(out byte next)) return false;
            value = (value << 8) | next;
        }

        return true;
    }

    private static QuicPacketType TypeOf(int bits, uint version) => (QuicPacketType)(version == QuicVersion.V2 ? (bits + 3) & 3 : bits);
}
