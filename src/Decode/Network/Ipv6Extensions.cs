using System.Buffers.Binary;

namespace Sensor.Decode.Network;

/// <summary>IPv6 extension headers (RFC 8200 section 4), walked in a loop whose length is bounded.</summary>
internal static class Ipv6Extensions
{
    /// <summary>Most extension headers in one packet; real traffic has two or three. More than an Ethernet frame can hold is an attack.</summary>
    private const int MaximumHeaders = 256;

    private const int FragmentHeaderLength = 8, SmallestAuthenticationHeader = 12;

    [Flags]
    private enum Seen : byte { HopByHop = 1, Routing = 2, Fragment = 4, Destination = 8, SecondDestination = 16, Authentication = 32 }

    /// <summary>
    /// Walks to the transport header and sets <see cref="PacketView.IpProtocol"/>. Stops at the fragment header of a
    /// real fragment, with <see cref="PacketView.Rest"/> at the fragment's data. False when a header is cut short.
    /// </summary>
    public static bool TryRead(ref PacketView packet)
    {
        Seen seen = 0;
        packet.NextHeaderPosition = Ipv6Header.At.NextHeader;
        for (int count = 0; count < MaximumHeaders; count++)
        {
            byte header = packet.IpProtocol;
            switch (header)
            {
                case IpProtocols.HopByHop or IpProtocols.DestinationOptions or IpProtocols.Routing
                    or IpProtocols.Mobility or IpProtocols.Hip or IpProtocols.Shim6:
                    if (!TryReadOrdinary(header, ref seen, ref packet)) return false;
                    break;
                case IpProtocols.Authentication:
                    if (!TryReadAuthentication(ref seen, ref packet)) return false;
                    break;
                case IpProtocols.Fragment:
                    packet.UnfragmentableLength = packet.Network.Length - packet.Rest.Length;
                    if (!TryReadFragment(ref seen, ref packet)) return false;
                    if (packet.Has(PacketFlags.Fragment)) return true;
                    packet.NextHeaderPosition = packet.UnfragmentableLength;
                    break;
                case IpProtocols.NoNextHeader:
                    if (!packet.Rest.IsEmpty) packet.Raise(DecodeEvent.Ipv6DataAfterNoneHeader);
                    return true;
                default:
                    return true;
            }

            packet.Payload = packet.Rest;
            if (packet.Rest.IsEmpty && packet.IpProtocol != IpProtocols.NoNextHeader) return packet.Broken(DecodeEvent.Ipv6TruncatedExtensionHeader);
        }

        return packet.Broken(DecodeEvent.TooManyLayers);
    }

    private static bool TryReadOrdinary(byte header, ref Seen seen, ref PacketView packet)
    {
        ReadOnlySpan<byte> bytes = packet.Rest;
        if (bytes.Length < 8) return packet.Broken(DecodeEvent.Ipv6TruncatedExtensionHeader);
        int length = (bytes[1] + 1) * 8;
        if (length > bytes.Length) return packet.Broken(DecodeEvent.Ipv6TruncatedExtensionHeader);
        switch (header)
        {
            case IpProtocols.HopByHop:
                Note(ref seen, Seen.HopByHop, DecodeEvent.Ipv6ExtensionHeaderDuplicateHopByHopHeader, ref packet);
                Ipv6Options.Check(bytes[2..length], hopByHop: true, ref packet);
                break;
            case IpProtocols.DestinationOptions:
                // Allowed twice: before a routing header and before the transport (RFC 8200 section 4.1).
                if ((seen & Seen.Destination) == 0) seen |= Seen.Destination;
                else Note(ref seen, Seen.SecondDestination, DecodeEvent.Ipv6ExtensionHeaderDuplicateDestinationHeader, ref packet);
                Ipv6Options.Check(bytes[2..length], hopByHop: false, ref packet);
                break;
            case IpProtocols.Routing:
                Note(ref seen, Seen.Routing, DecodeEvent.Ipv6ExtensionHeaderDuplicateRoutingHeader, ref packet);
                if (bytes[2] == 0) packet.Raise(DecodeEvent.Ipv6RoutingHeaderType0); // RFC 5095: deprecated, amplifies traffic
                if (bytes[3] != 0) packet.RoutedElsewhere = true;
                break;
        }

        packet.NextHeaderPosition = packet.Network.Length - bytes.Length;
        packet.IpProtocol = bytes[0];
        packet.Rest = bytes[length..];
        return true;
    }

    // RFC 4302 section 2: length in 4-byte units minus 2, two reserved bytes that must be zero.
    private static bool TryReadAuthentication(ref Seen seen, ref PacketView packet)
    {
        ReadOnlySpan<byte> bytes = packet.Rest;
        if (bytes.Length < SmallestAuthenticationHeader) return packet.Broken(DecodeEvent.Ipv6TruncatedExtensionHeader);
        int length = (bytes[1] + 2) * 4;
        if (length < SmallestAuthenticationHeader || length > bytes.Length) return packet.Broken(DecodeEvent.Ipv6TruncatedExtensionHeader);
        if (bytes[2] != 0 || bytes[3] != 0) packet.Raise(DecodeEvent.Ipv6ExtensionHeaderAuthenticationHeaderReservedNotNull);
        Note(ref seen, Seen.Authentication, DecodeEvent.Ipv6ExtensionHeaderDuplicateAuthenticationHeader, ref packet);
        packet.NextHeaderPosition = packet.Network.Length - bytes.Length;
        packet.IpProtocol = bytes[0];
        packet.Rest = bytes[length..];
        return true;
    }

    private static bool TryReadFragment(ref Seen seen, ref PacketView packet)
    {
        ReadOnlySpan<byte> bytes = packet.Rest;
        if (bytes.Length < FragmentHeaderLength) return packet.Broken(DecodeEvent.Ipv6TruncatedExtensionHeader);
        Note(ref seen, Seen.Fragment, DecodeEvent.Ipv6ExtensionHeaderDuplicateFragmentHeader, ref packet);
        int field = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (bytes[1] != 0 || (field & 0x6) != 0) packet.Raise(DecodeEvent.Ipv6FragmentHeaderNonZeroReservedField);
        packet.FragmentOffset = (ushort)(field >> 3);
        packet.MoreFragments = (field & 1) != 0;
        packet.FragmentId = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        int dataLength = bytes.Length - FragmentHeaderLength;
        if (packet.MoreFragments && dataLength % 8 != 0) return packet.Broken(DecodeEvent.Ipv6FragmentInvalidLength); // RFC 8200 section 4.5: to be discarded
        if (packet.FragmentOffset == 0 && !packet.MoreFragments) packet.Raise(DecodeEvent.Ipv6ExtensionHeaderUselessFragmentHeader);
        else packet.Flags |= PacketFlags.Fragment;
        packet.IpProtocol = bytes[0];
        packet.Rest = bytes[FragmentHeaderLength..];
        packet.Payload = packet.Rest;
        return true;
    }

    private static void Note(ref Seen seen, Seen header, DecodeEvent duplicate, ref PacketView packet)
    {
        if ((seen & header) != 0) packet.Raise(duplicate);
        seen |= header;
    }
}
