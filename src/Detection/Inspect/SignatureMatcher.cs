using Sensor.Decode;
using Sensor.Primitives;

namespace Sensor.Detection.Inspect;

/// <summary>The part of a rule that is decided by packet and flow alone: header, flow state, header fields, flowbits.</summary>
internal static class SignatureMatcher
{
    public static bool HeaderMatches(Signature signature, InspectContext context, scoped ref PacketView packet)
    {
        if (!signature.Allows(context.Direction)) return false;
        if (signature.NeedsProtocol && !ProtocolMatches(signature, context)) return false;
        if (signature.IpVersion != 0 && signature.IpVersion != packet.IpVersion) return false;
        if (AddressesMatch(signature, context.Source, context.SourcePort, context.Destination, context.DestinationPort)) return true;
        return signature.Bidirectional && AddressesMatch(signature, context.Destination, context.DestinationPort, context.Source, context.SourcePort);
    }

    public static bool TestsMatch(Signature signature, InspectContext context, scoped ref PacketView packet)
    {
        foreach (PacketTest test in signature.Tests)
        {
            if (!test.Matches(context, ref packet)) return false;
        }

        return true;
    }

    private static bool ProtocolMatches(Signature signature, InspectContext context)
    {
        int protocol = context.State?.ProtocolIndex ?? -1;
        return protocol >= 0 && (signature.Protocols & (1UL << protocol)) != 0;
    }

    // Ports first: they decide more often, and cost one bit test.
    private static bool AddressesMatch(Signature signature, IpAddress source, ushort sourcePort, IpAddress destination, ushort destinationPort) =>
        signature.DestinationPorts.Contains(destinationPort) && signature.SourcePorts.Contains(sourcePort)
        && signature.Destination.Contains(destination) && signature.Source.Contains(source);
}
