using Sensor.Decode;
using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Primitives;

namespace Sensor.Detection.Keywords.Header;

/// <summary><c>ip.src</c> and <c>ip.dst</c>: the addresses as buffers of 4 or 16 bytes (user guide, "IP Addresses Match").</summary>
internal static class IpAddresses
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        Address("ip.src", source: true),
        Address("ip.dst", source: false),
    ];

    private static Keyword Address(string name, bool source)
    {
        PacketBufferReader read = (InspectContext context, scoped ref PacketView _) => Bytes(source ? context.Source : context.Destination, source ? context.SourceBytes : context.DestinationBytes);
        return new(name, ValueUse.None, $"what follows looks at the address: {name}; dataset:isset,bad,type ip;", (rule, _) =>
        {
            rule.IsMoreThanAddresses = true;
            rule.Select(new PacketTarget(name, read));
        });
    }

    private static ReadOnlySpan<byte> Bytes(IpAddress address, byte[] scratch)
    {
        address.WriteIpv6(scratch);
        return address.IsIpv4 ? scratch.AsSpan(12, 4) : scratch;
    }
}
