using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;

namespace Sensor.Detection.Keywords.Buffers;

/// <summary>Sticky buffers over the packet itself: headers, and the way back to the payload (user guide, "Header Keywords").</summary>
internal static class PacketBuffers
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("pkt_data", ValueUse.None, "what follows looks into the payload again: pkt_data;", (rule, _) => BackToPayload(rule)),
        Header("ipv4.hdr", Ipv4Header),
        Header("ipv6.hdr", Ipv6Header),
        Header("tcp.hdr", (_, scoped ref packet) => TransportHeader(ref packet, 6, TcpHeaderLength(ref packet))),
        Header("udp.hdr", (_, scoped ref packet) => TransportHeader(ref packet, 17, 8)),
        Header("icmpv4.hdr", (_, scoped ref packet) => TransportHeader(ref packet, 1, Icmpv4HeaderLength(ref packet))),
        Header("icmpv6.hdr", (_, scoped ref packet) => TransportHeader(ref packet, 58, packet.Transport.Length - packet.Payload.Length)),
    ];

    private static Keyword Header(string name, PacketBufferReader read) =>
        new(name, ValueUse.None, $"what follows looks into the header: {name}; content:\"...\";", (rule, _) =>
        {
            rule.RequiresPacket = true;
            rule.IsMoreThanAddresses = true;
            rule.Select(new PacketTarget(name, read));
        });

    private static void BackToPayload(RuleBuilder rule)
    {
        rule.Current = rule.Payload;
        rule.LastContent = null;
        rule.LastSection = null;
    }

    private static ReadOnlySpan<byte> Ipv4Header(InspectContext context, scoped ref PacketView packet)
    {
        ReadOnlySpan<byte> network = packet.Network;
        if (packet.IpVersion != 4 || network.IsEmpty) return default;
        return network[..Math.Min(network.Length, (network[0] & 0x0F) * 4)];
    }

    private static ReadOnlySpan<byte> Ipv6Header(InspectContext context, scoped ref PacketView packet)
    {
        if (packet.IpVersion != 6) return default;
        return packet.Network[..Math.Max(0, packet.Network.Length - packet.Transport.Length)];
    }

    private static int TcpHeaderLength(scoped ref PacketView packet) => packet.Transport.Length > 12 ? (packet.Transport[12] >> 4) * 4 : 0;

    // What belongs to the header beyond its 8 bytes: the addresses of an advertisement (RFC 1256 section 3), the three
    // times (RFC 792), the mask (RFC 950 appendix I).
    private static int Icmpv4HeaderLength(scoped ref PacketView packet) => packet.IcmpType switch
    {
        9 when packet.Transport.Length >= 8 => 8 + (packet.Transport[4] * packet.Transport[5] * 4),
        13 or 14 => 20,
        17 or 18 => 12,
        _ => packet.Transport.Length - packet.Payload.Length,
    };

    private static ReadOnlySpan<byte> TransportHeader(scoped ref PacketView packet, byte protocol, int length) =>
        packet.HasTransport && packet.IpProtocol == protocol ? packet.Transport[..Math.Clamp(length, 0, packet.Transport.Length)] : default;
}
