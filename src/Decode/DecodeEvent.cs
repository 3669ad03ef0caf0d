namespace Sensor.Decode;

/// <summary>
/// Everything that can be wrong with a packet below the flow. The same word serves as anomaly name, rule keyword
/// (<c>decode-event:ipv4.pkt_too_small</c>) and counter; <see cref="DecodeEventNames"/> holds the names.
/// The words are those that published Suricata rules use. Numbers stay below 256: they are members of an EventSet.
/// </summary>
public enum DecodeEvent : byte
{
    None = 0,
    Ipv4PacketTooSmall,
    Ipv4HeaderLengthTooSmall,
    Ipv4TotalLengthSmallerThanHeaderLength,
    Ipv4TruncatedPacket,
    Ipv4OptionInvalid,
    Ipv4OptionInvalidLength,
    Ipv4OptionMalformed,
    Ipv4OptionPadRequired,
    Ipv4OptionEndOfListRequired,
    Ipv4OptionDuplicate,
    Ipv4OptionUnknown,
    Ipv4WrongIpVersion,
    Ipv4Icmpv6,
    Ipv4FragmentPacketTooLarge,
    Ipv4FragmentOverlap,
    Ipv4FragmentIgnored,

    Icmpv4PacketTooSmall,
    Icmpv4UnknownType,
    Icmpv4UnknownCode,
    Icmpv4Ipv4TruncatedPacket,
    Icmpv4Ipv4UnknownVersion,

    Icmpv6PacketTooSmall,
    Icmpv6UnknownType,
    Icmpv6UnknownCode,
    Icmpv6Ipv6UnknownVersion,
    Icmpv6Ipv6TruncatedPacket,
    Icmpv6MldMessageWithInvalidHopLimit,
    Icmpv6UnassignedType,
    Icmpv6ExperimentationType,

    Ipv6PacketTooSmall,
    Ipv6TruncatedPacket,
    Ipv6TruncatedExtensionHeader,
    Ipv6ExtensionHeaderDuplicateFragmentHeader,
    Ipv6ExtensionHeaderUselessFragmentHeader,
    Ipv6ExtensionHeaderDuplicateRoutingHeader,
    Ipv6ExtensionHeaderDuplicateHopByHopHeader,
    Ipv6ExtensionHeaderDuplicateDestinationHeader,
    Ipv6ExtensionHeaderDuplicateAuthenticationHeader,
    Ipv6ExtensionHeaderDuplicateEspHeader,
    Ipv6ExtensionHeaderInvalidOptionLength,
    Ipv6WrongIpVersion,
    Ipv6ExtensionHeaderAuthenticationHeaderReservedNotNull,
    Ipv6HopByHopOptionsUnknownOption,
    Ipv6HopByHopOptionsOnlyPadding,
    Ipv6DestinationOptionsUnknownOption,
    Ipv6DestinationOptionsOnlyPadding,
    Ipv6RoutingHeaderType0,
    Ipv6ZeroLengthPadN,
    Ipv6FragmentHeaderNonZeroReservedField,
    Ipv6DataAfterNoneHeader,
    Ipv6UnknownNextHeader,
    Ipv6Icmpv4,
    Ipv6FragmentPacketTooLarge,
    Ipv6FragmentOverlap,
    Ipv6FragmentInvalidLength,
    Ipv6FragmentIgnored,
    Ipv6Ipv4InIpv6TooSmall,
    Ipv6Ipv4InIpv6WrongVersion,
    Ipv6Ipv6InIpv6TooSmall,
    Ipv6Ipv6InIpv6WrongVersion,

    TcpPacketTooSmall,
    TcpHeaderLengthTooSmall,
    TcpInvalidOptionLength,
    TcpOptionInvalidLength,
    TcpOptionDuplicate,

    UdpPacketTooSmall,
    UdpHeaderLengthTooSmall,
    UdpHeaderLengthInvalid,
    UdpLengthInvalid,

    SctpPacketTooSmall,

    EspPacketTooSmall,

    EthernetPacketTooSmall,
    EthernetUnknownEthertype,

    LinuxSllPacketTooSmall,

    LinuxSll2PacketTooSmall,

    NullPacketTooSmall,
    NullUnsupportedType,

    RawIpInvalidIpVersion,

    ArpPacketTooSmall,
    ArpUnsupportedHardware,
    ArpUnsupportedProtocol,
    ArpInvalidPacket,
    ArpInvalidHardwareSize,
    ArpInvalidProtocolSize,
    ArpUnsupportedOpcode,

    PppPacketTooSmall,
    PppUncompressedVanJacobsonPacketTooSmall,
    PppIpv4PacketTooSmall,
    PppIpv6PacketTooSmall,
    PppWrongType,
    PppUnsupportedProtocol,

    PppoePacketTooSmall,
    PppoeWrongCode,
    PppoeMalformedTags,

    GrePacketTooSmall,
    GreWrongVersion,
    GreVersion0Recursion,
    GreVersion0Flags,
    GreVersion0HeaderTooBig,
    GreVersion0MalformedSourceRouteEntryHeader,
    GreVersion1Checksum,
    GreVersion1Route,
    GreVersion1StrictSourceRoute,
    GreVersion1Recursion,
    GreVersion1Flags,
    GreVersion1NoKey,
    GreVersion1WrongProtocol,
    GreVersion1MalformedSourceRouteEntryHeader,
    GreVersion1HeaderTooBig,

    VlanHeaderTooSmall,
    VlanUnknownType,
    VlanTooManyLayers,

    Dot1ahHeaderTooSmall,

    VnTagHeaderTooSmall,
    VnTagUnknownType,

    MplsHeaderTooSmall,
    MplsPacketTooSmall,
    MplsBadLabelRouterAlert,
    MplsBadLabelImplicitNull,
    MplsBadLabelReserved,
    MplsUnknownPayloadType,

    VxlanUnknownPayloadType,

    GeneveUnknownPayloadType,

    ErspanHeaderTooSmall,
    ErspanUnsupportedVersion,
    ErspanTooManyVlanLayers,

    FabricPathPacketTooSmall,

    CiscoHdlcPacketTooSmall,

    NshHeaderTooSmall,
    NshUnsupportedVersion,
    NshBadHeaderLength,
    NshReservedType,
    NshUnsupportedType,
    NshUnknownPayload,

    AfPacketTruncatedPacket,

    TooManyLayers,
}
