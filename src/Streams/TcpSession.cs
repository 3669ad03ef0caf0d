using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>States of a tracked TCP connection; names as EVE's <c>tcp.state</c> writes them.</summary>
public enum TcpState : byte
{
    None, SynSent, SynRecv, Established, FinWait1, FinWait2, TimeWait, LastAck, CloseWait, Closing, Closed,
}

/// <summary>One TCP connection: its state and the two halves of its byte stream. Lives in <c>Flow.Transport</c>.</summary>
public sealed class TcpSession
{
    public TcpState State;

    /// <summary>What clients sent (travels to the server), and what servers sent.</summary>
    public required StreamHalf ToServer { get; init; }

    public required StreamHalf ToClient { get; init; }

    /// <summary>All stream events of the session so far (numbers are <see cref="StreamEvent"/>).</summary>
    public EventSet Events;

    /// <summary>The beginning was not seen.</summary>
    public bool Midstream;

    /// <summary>Only one side of the conversation reaches the sensor.</summary>
    public bool Asynchronous;

    public StreamHalf Half(Direction direction) => direction == Direction.ToServer ? ToServer : ToClient;
}

/// <summary>What tracking decided about one packet.</summary>
[Flags]
public enum StreamVerdict : byte
{
    None = 0,
    /// <summary>The packet belongs to an accepted session.</summary>
    Accepted = 1,
    /// <summary>Its payload went into the stream, so stream inspection sees it and packet inspection need not.</summary>
    PayloadInStream = 2,
    /// <summary>New in-order bytes became readable in the to-server half (acknowledged, or the session ended).</summary>
    NewToServer = 4,
    /// <summary>The same for the to-client half.</summary>
    NewToClient = 8,
    /// <summary>The session reached its end with this packet.</summary>
    Ended = 16,
}
