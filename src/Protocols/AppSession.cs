using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>What is known about the application protocol of one flow. Lives in <c>Flow.Application</c>.</summary>
public sealed class AppSession
{
    /// <summary>The protocol once detected, null before (see <see cref="DetectionFailed"/>).</summary>
    public IAppProtocol? Protocol;

    /// <summary>Protocol as each direction alone looked (EVE's <c>app_proto_ts</c>, <c>app_proto_tc</c>) where they differ.</summary>
    public IAppProtocol? ProtocolToServer, ProtocolToClient;

    /// <summary>The protocol before a hand-over (EVE's <c>app_proto_orig</c>).</summary>
    public IAppProtocol? Original;

    public AppParser? Parser;

    /// <summary>Neither content nor port gave a protocol (EVE's <c>app_proto: failed</c>).</summary>
    public bool DetectionFailed;

    /// <summary>The parser gave up on a side.</summary>
    public bool ErrorToServer, ErrorToClient;

    /// <summary>Events of detection itself (<c>app-layer-event:applayer_*</c>); numbers are <see cref="AppLayerEvent"/>.</summary>
    public EventSet Events;

    /// <summary>Id of the next transaction.</summary>
    public long NextTransactionId;

    /// <summary>Bytes came to the parser since Detection last looked, per direction.</summary>
    public bool ChangedToServer, ChangedToClient;

    internal bool TriedToServer, TriedToClient;
}

/// <summary>Events of protocol detection, written in rules without a prefix (<c>app-layer-event:applayer_wrong_direction_first_data</c>).</summary>
public enum AppLayerEvent : byte
{
    MismatchProtocolBothDirections,
    WrongDirectionFirstData,
    DetectProtocolOnlyOneDirection,
    ProtoDetectionSkipped,
    NoTlsAfterStartTls,
    UnexpectedProtocol,
}
