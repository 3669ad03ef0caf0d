namespace Sensor.Decode.Link;

/// <summary>Links without a header of their own: the first four bits say which IP it is.</summary>
internal static class RawIp
{
    public static bool TryRead(ref PacketView packet)
    {
        int version = packet.Rest.IsEmpty ? 0 : packet.Rest[0] >> 4;
        switch (version)
        {
            case 4:
                packet.Next = Layer.Ipv4;
                packet.EtherType = EtherTypes.Ipv4;
                return true;
            case 6:
                packet.Next = Layer.Ipv6;
                packet.EtherType = EtherTypes.Ipv6;
                return true;
            default:
                return packet.Broken(DecodeEvent.RawIpInvalidIpVersion);
        }
    }
}
