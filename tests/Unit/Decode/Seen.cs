using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Tests.Decode;

/// <summary>What a test keeps of a packet view, which itself cannot be kept.</summary>
internal sealed record Seen(
    bool Decoded, byte IpVersion, byte Protocol, string Source, string Destination, ushort SourcePort, ushort DestinationPort,
    PacketFlags Flags, byte Depth, int[] Vlans, string[] Events, byte[] Payload, byte[] Network, byte[] Raw)
{
    public bool Has(PacketFlags flag) => (Flags & flag) != 0;

    /// <summary>Decodes a frame and everything inside it, outermost first.</summary>
    public static List<Seen> All(PacketDecoder decoder, byte[] bytes, LinkType link = LinkType.Ethernet, long nanoseconds = 0)
    {
        var seen = new List<Seen>();
        var raw = new RawPacket(bytes, bytes.Length, new PacketTime(nanoseconds), link, 1);
        bool decoded = decoder.TryDecode(raw, out PacketView packet);
        seen.Add(Of(packet, decoded));
        PacketView current = packet;
        while (decoder.TryDecodeInner(current, out PacketView inner))
        {
            seen.Add(Of(inner, true));
            current = inner;
            Assert.True(seen.Count <= 40, "packets inside packets must come to an end");
        }

        return seen;
    }

    public static Seen One(byte[] bytes, LinkType link = LinkType.Ethernet) => All(new PacketDecoder(), bytes, link)[0];

    private static Seen Of(in PacketView packet, bool decoded)
    {
        var events = new List<string>();
        for (int number = packet.Events.Next(0); number >= 0; number = packet.Events.Next(number + 1)) events.Add(DecodeEventNames.Name((DecodeEvent)number));
        int[] vlans = [packet.Vlan0, packet.Vlan1, packet.Vlan2];
        return new Seen(
            decoded, packet.IpVersion, packet.IpProtocol, packet.Source.ToString(), packet.Destination.ToString(), packet.SourcePort, packet.DestinationPort,
            packet.Flags, packet.TunnelDepth, vlans[..packet.VlanCount], [.. events], packet.Payload.ToArray(), packet.Network.ToArray(), packet.Raw.Bytes.ToArray());
    }
}
