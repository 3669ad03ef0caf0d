using Sensor.Decode;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;

namespace Sensor.Detection.Keywords.Header;

/// <summary>Whether a checksum is right (user guide, "Header Keywords"); known where the decoder was asked to look at them.</summary>
internal static class Checksums
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        Checksum("ipv4-csum", PacketFlags.BadNetworkChecksum, 4, 0),
        Checksum("tcpv4-csum", PacketFlags.BadTransportChecksum, 4, 6),
        Checksum("tcpv6-csum", PacketFlags.BadTransportChecksum, 6, 6),
        Checksum("udpv4-csum", PacketFlags.BadTransportChecksum, 4, 17),
        Checksum("udpv6-csum", PacketFlags.BadTransportChecksum, 6, 17),
        Checksum("icmpv4-csum", PacketFlags.BadTransportChecksum, 4, 1),
        Checksum("icmpv6-csum", PacketFlags.BadTransportChecksum, 6, 58),
    ];

    private static Keyword Checksum(string name, PacketFlags flag, byte version, byte protocol) =>
        new(name, ValueUse.Required, $"whether the checksum is right: {name}:invalid;", (rule, value) =>
        {
            bool valid = QuotedValue.Parse(value).Text.Trim() switch
            {
                "valid" => true,
                "invalid" => false,
                _ => throw new RuleException($"cannot read {name} \"{value}\": write valid or invalid"),
            };
            rule.RequiresPacket = true;
            rule.AsksChecksums = true;
            rule.AddTest(new Test(flag, version, protocol, valid));
        });

    private sealed class Test(PacketFlags flag, byte version, byte protocol, bool valid) : PacketTest
    {
        public override int Cost => 1;

        public override bool Matches(InspectContext context, scoped ref PacketView packet) =>
            packet.IpVersion == version && (protocol == 0 || (packet.IpProtocol == protocol && packet.HasTransport)) && packet.Has(flag) != valid;
    }
}
