using Sensor.Primitives;

namespace Sensor.Detection.RuleLanguage;

/// <summary>Addresses a rule's header allows: sorted disjoint ranges over both families. Immutable.</summary>
public sealed class AddressSet
{
    public static AddressSet Any { get; } = new() { IsAny = true };

    public bool IsAny { get; init; }

    public bool Contains(IpAddress address) => IsAny && address == address.Prefix(128);
}

/// <summary>Ports a rule's header allows. Immutable.</summary>
public sealed class PortSet
{
    public static PortSet Any { get; } = new() { IsAny = true };

    public bool IsAny { get; init; }

    public bool Contains(ushort port) => IsAny && port >= 0;
}
