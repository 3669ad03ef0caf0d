using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>What is known about the application protocol of one flow. Lives in <c>Flow.Application</c>; lent out by <see cref="AppLayer"/>.</summary>
public sealed class AppSession
{
    /// <summary>The protocol once detected, null before (see <see cref="DetectionFailed"/>).</summary>
    public IAppProtocol? Protocol;

    /// <summary>Protocol as each direction alone looked (EVE's <c>app_proto_ts</c>, <c>app_proto_tc</c>) where they differ.</summary>
    public IAppProtocol? ProtocolToServer, ProtocolToClient;

    /// <summary>The protocol before a hand-over (EVE's <c>app_proto_orig</c>).</summary>
    public IAppProtocol? Original;

    /// <summary>The protocol a STARTTLS, CONNECT or Upgrade asked for, as the rule language names it; null when any will do.</summary>
    public string? Expected;

    /// <summary>Null before detection, and for protocols that are detected only.</summary>
    public AppParser? Parser;

    /// <summary>Neither content nor port gave a protocol (EVE's <c>app_proto: failed</c>).</summary>
    public bool DetectionFailed;

    /// <summary>The parser gave up on a side.</summary>
    public bool ErrorToServer, ErrorToClient;

    /// <summary>Events of detection itself (<c>app-layer-event:applayer_*</c>); numbers are <see cref="AppLayerEvent"/>.</summary>
    public EventSet Events;

    /// <summary>
    /// A session picked up in the middle begins, towards its server, as servers do: client and server were guessed the
    /// wrong way round. Whoever sees it turns the flow and its streams round, clears it, and calls ParseStream again.
    /// </summary>
    public bool LooksReversed;

    /// <summary>Id of the next transaction; begins again at 0 after a hand-over.</summary>
    public long NextTransactionId => Parser?.NextTransactionId ?? 0;

    /// <summary>Bytes came to the parser since Detection last looked, per direction.</summary>
    public bool ChangedToServer, ChangedToClient;

    internal SideState ToServer, ToClient;
    internal StreamSource SourceToServer = new TrackedSource(), SourceToClient = new TrackedSource();

    /// <summary>Which side's bytes came first, null before any.</summary>
    internal Direction? FirstData;

    internal ref SideState Side(Direction direction)
    {
        if (direction == Direction.ToServer) return ref ToServer;
        return ref ToClient;
    }

    internal StreamSource Source(Direction direction) => direction == Direction.ToServer ? SourceToServer : SourceToClient;

    internal void MarkChanged(Direction direction)
    {
        if (direction == Direction.ToServer) ChangedToServer = true;
        else ChangedToClient = true;
    }

    internal void MarkOtherChanged(Direction direction)
    {
        Parser!.ChangedOther = false;
        MarkChanged(direction.Opposite());
    }

    internal void MarkError(Direction direction)
    {
        if (direction == Direction.ToServer) ErrorToServer = true;
        else ErrorToClient = true;
    }

    internal void SetProtocol(Direction direction, IAppProtocol? protocol)
    {
        if (direction == Direction.ToServer) ProtocolToServer = protocol;
        else ProtocolToClient = protocol;
    }

    internal void Reset()
    {
        Protocol = ProtocolToServer = ProtocolToClient = Original = null;
        Expected = null;
        Parser = null;
        DetectionFailed = LooksReversed = ErrorToServer = ErrorToClient = ChangedToServer = ChangedToClient = false;
        Events.Clear();
        ToServer = ToClient = default;
        FirstData = null;
        SourceToServer.Detach();
        SourceToClient.Detach();
    }
}

/// <summary>How far detection and parsing have come in one direction of a flow.</summary>
internal struct SideState
{
    /// <summary>Detection has nothing more to ask this side.</summary>
    public bool Decided;

    /// <summary>The parser was told that no byte follows.</summary>
    public bool EndTold;

    /// <summary>Probing began, so <see cref="Candidates"/> is meaningful.</summary>
    public bool ProbeBegun;

    /// <summary>Protocols (by their number in the detector) that may still turn out to be spoken.</summary>
    public ulong Candidates;

    /// <summary>Offset after the last byte that was shown to a probe or the parser: no call without something new.</summary>
    public long SeenTo;

    /// <summary>Offset up to which bytes must be there before the parser is worth calling.</summary>
    public long NeededTo;

    /// <summary>Datagrams probed in vain.</summary>
    public int Datagrams;
}

/// <summary>Events of protocol detection, written in rules without a prefix (<c>app-layer-event:applayer_wrong_direction_first_data</c>).</summary>
public enum AppLayerEvent : byte
{
    /// <summary>The two sides speak different protocols.</summary>
    MismatchProtocolBothDirections,
    /// <summary>The first bytes came from the side that has to wait in the protocol that they belong to.</summary>
    WrongDirectionFirstData,
    /// <summary>One side speaks a protocol, the other nothing that is known.</summary>
    DetectProtocolOnlyOneDirection,
    /// <summary>One side said a lot, the other nothing: detection stopped.</summary>
    ProtoDetectionSkipped,
    /// <summary>STARTTLS was agreed on and something else than TLS followed.</summary>
    NoTlsAfterStartTls,
    /// <summary>Something else than what was agreed on followed a change of protocol.</summary>
    UnexpectedProtocol,
}

/// <summary>Names of <see cref="AppLayerEvent"/>, at the index of their number.</summary>
public static class AppLayerEventNames
{
    public static IReadOnlyList<string> All { get; } =
    [
        "applayer_mismatch_protocol_both_directions",
        "applayer_wrong_direction_first_data",
        "applayer_detect_protocol_only_one_direction",
        "applayer_proto_detection_skipped",
        "applayer_no_tls_after_starttls",
        "applayer_unexpected_protocol",
    ];
}
