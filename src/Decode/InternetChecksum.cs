using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sensor.Decode;

/// <summary>
/// The Internet checksum (RFC 1071). Sums are taken in the machine's byte order, which the RFC's section 2(B) allows:
/// a correct block sums to 0xFFFF in either order.
/// </summary>
internal static class InternetChecksum
{
    /// <summary>True when a block that contains its own checksum is intact.</summary>
    public static bool IsValid(ReadOnlySpan<byte> bytes) => Fold(Sum(bytes)) == 0xFFFF;

    /// <summary>True when a transport segment is intact under its pseudo header (RFC 9293 section 3.1, RFC 8200 section 8.1).</summary>
    public static bool IsValid(ReadOnlySpan<byte> segment, in PacketView packet, byte protocol) =>
        Fold(Sum(segment) + PseudoHeader(packet, protocol, segment.Length)) == 0xFFFF;

    /// <summary>The checksum to store over a block whose checksum field is zero, as a number to write in big endian.</summary>
    public static ushort Compute(ReadOnlySpan<byte> bytes)
    {
        ushort sum = (ushort)~Fold(Sum(bytes));
        return BitConverter.IsLittleEndian ? (ushort)((sum << 8) | (sum >> 8)) : sum;
    }

    /// <summary>The unfolded sum of 16-bit words in machine order; a last odd byte counts as if a zero followed.</summary>
    public static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        if (Vector256.IsHardwareAccelerated && bytes.Length >= 64)
        {
            Vector256<ulong> lower = default, upper = default;
            ReadOnlySpan<Vector256<uint>> blocks = MemoryMarshal.Cast<byte, Vector256<uint>>(bytes);
            foreach (Vector256<uint> block in blocks)
            {
                lower += Vector256.WidenLower(block);
                upper += Vector256.WidenUpper(block);
            }

            sum = FoldTo32(Vector256.Sum(lower)) + FoldTo32(Vector256.Sum(upper));
            bytes = bytes[(blocks.Length * 32)..];
        }

        return sum + SumScalar(bytes);
    }

    /// <summary>The plain twin of <see cref="Sum"/>, and its tail.</summary>
    internal static ulong SumScalar(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        while (bytes.Length >= 4)
        {
            sum += MemoryMarshal.Read<uint>(bytes);
            bytes = bytes[4..];
        }

        if (bytes.Length >= 2)
        {
            sum += MemoryMarshal.Read<ushort>(bytes);
            bytes = bytes[2..];
        }

        if (bytes.Length == 1) sum += BitConverter.IsLittleEndian ? bytes[0] : (ulong)bytes[0] << 8;
        return sum;
    }

    private static ulong PseudoHeader(in PacketView packet, byte protocol, int length)
    {
        // Addresses stand in the network header; both families keep source and destination side by side.
        ReadOnlySpan<byte> addresses = packet.IpVersion == 4 ? packet.Network.Slice(12, 8) : packet.Network.Slice(8, 32);
        ulong numbers = (ulong)protocol + (ulong)length;
        return SumScalar(addresses) + SwapWord(numbers);
    }

    private static ulong SwapWord(ulong number)
    {
        ulong folded = Fold(number);
        return BitConverter.IsLittleEndian ? ((folded & 0xFF) << 8) | (folded >> 8) : folded;
    }

    private static ulong FoldTo32(ulong sum) => (sum & 0xFFFF_FFFF) + (sum >> 32);

    private static ushort Fold(ulong sum)
    {
        while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)sum;
    }
}
