namespace Sensor.Decode.Network;

/// <summary>Options of hop-by-hop and destination headers (RFC 8200 section 4.2, IANA "Destination Options and Hop-by-Hop Options").</summary>
internal static class Ipv6Options
{
    private const byte Pad1 = 0x00, PadN = 0x01, TunnelLimit = 0x04, RouterAlert = 0x05, Calipso = 0x07, Jumbo = 0xC2, HomeAddress = 0xC9;

    public static void Check(ReadOnlySpan<byte> options, bool hopByHop, ref PacketView packet)
    {
        bool onlyPadding = true;
        while (!options.IsEmpty)
        {
            byte type = options[0];
            if (type == Pad1) { options = options[1..]; continue; }
            if (options.Length < 2 || options[1] > options.Length - 2)
            {
                packet.Raise(DecodeEvent.Ipv6ExtensionHeaderInvalidOptionLength);
                return;
            }

            int length = options[1];
            if (type == PadN)
            {
                if (length == 0) packet.Raise(DecodeEvent.Ipv6ZeroLengthPadN);
            }
            else
            {
                onlyPadding = false;
                CheckOne(type, length, hopByHop, ref packet);
            }

            options = options[(2 + length)..];
        }

        if (onlyPadding) packet.Raise(hopByHop ? DecodeEvent.Ipv6HopByHopOptionsOnlyPadding : DecodeEvent.Ipv6DestinationOptionsOnlyPadding);
    }

    private static void CheckOne(byte type, int length, bool hopByHop, ref PacketView packet)
    {
        bool known = type is TunnelLimit or RouterAlert or Calipso or Jumbo or HomeAddress;
        if (!known) packet.Raise(hopByHop ? DecodeEvent.Ipv6HopByHopOptionsUnknownOption : DecodeEvent.Ipv6DestinationOptionsUnknownOption);
        bool wrong = type switch { RouterAlert => length != 2, Jumbo => length != 4, HomeAddress => length != 16, TunnelLimit => length != 1, _ => false };
        if (wrong) packet.Raise(DecodeEvent.Ipv6ExtensionHeaderInvalidOptionLength);
    }
}
