using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>States of a tracked TCP connection, seen from the server; names as EVE's <c>tcp.state</c> writes them.</summary>
public enum TcpState : byte
{
    None, SynSent, SynRecv, Established, FinWait1, FinWait2, TimeWait, LastAck, CloseWait, Closing, Closed,
}

/// <summary>One TCP connection: its state and the two halves of its byte stream. Lives in <c>Flow.Transport</c>.</summary>
public sealed class TcpSession
{
    public TcpState State;

    /// <summary>What clients sent (travels to the server), and what servers sent.</summary>
    public required StreamHalf ToServer { get; set; }

    public required StreamHalf ToClient { get; set; }

    /// <summary>All stream events of the session so far (numbers are <see cref="StreamEvent"/>).</summary>
    public EventSet Events;

    /// <summary>The beginning was not seen.</summary>
    public bool Midstream;

    /// <summary>Only one side of the conversation reaches the sensor.</summary>
    public bool Asynchronous;

    /// <summary>The SYN carried data and a Fast Open cookie (RFC 7413).</summary>
    public bool FastOpen;

    /// <summary>Both sides sent a SYN: simultaneous open, or a split handshake.</summary>
    public bool SplitHandshake;

    /// <summary>A reset was accepted.</summary>
    public bool WasReset => ToServer.ResetOffset >= 0 || ToClient.ResetOffset >= 0;

    public StreamHalf Half(Direction direction) => direction == Direction.ToServer ? ToServer : ToClient;

    /// <summary>The handshake was completed (or taken as such, midstream).</summary>
    internal bool WasEstablished;

    /// <summary>The client has spoken after the handshake, so the server's SYN/ACK has arrived.</summary>
    internal bool HandshakeConfirmed;

    internal bool ServerFinFirst;

    internal Direction AsynchronousSide;

    /// <summary>SYNs and SYN/ACKs that differ from those in the halves; null for nearly every session.</summary>
    internal HandshakeCandidates? Candidates;

    /// <summary>The state that the FINs seen and acknowledged add up to (RFC 9293 figure 5, with the server's names).</summary>
    internal TcpState StateByFins()
    {
        bool client = ToServer.FinSeen, server = ToClient.FinSeen;
        bool clientAcked = ToServer.FinAcked, serverAcked = ToClient.FinAcked;
        if (!client && !server) return TcpState.Established;
        if (!client) return serverAcked ? TcpState.FinWait2 : TcpState.FinWait1;
        if (!server) return TcpState.CloseWait;
        if (!ServerFinFirst) return serverAcked ? TcpState.Closed : TcpState.LastAck;
        if (!serverAcked) return TcpState.Closing;
        return clientAcked ? TcpState.Closed : TcpState.TimeWait;
    }

    internal void Reset()
    {
        State = TcpState.None;
        Events.Clear();
        Midstream = Asynchronous = FastOpen = SplitHandshake = WasEstablished = HandshakeConfirmed = ServerFinFirst = false;
        ToServer.Reset();
        ToClient.Reset();
    }
}

/// <summary>The words of <see cref="TcpState"/> as EVE writes them.</summary>
public static class TcpStateNames
{
    private static readonly string[] Names =
    [
        "none", "syn_sent", "syn_recv", "established", "fin_wait1", "fin_wait2", "time_wait", "last_ack", "close_wait", "closing", "closed",
    ];

    public static string Name(TcpState state) => Names[(int)state];
}
