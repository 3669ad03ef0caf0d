using Sensor.Decode;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Streams;

/// <summary>Follows TCP connections and puts their bytes in order. One per worker.</summary>
public sealed class StreamTracker(StreamOptions options)
{
    public StreamOptions Options { get; } = options;

    /// <summary>Brings the session of a TCP packet up to date. <paramref name="events"/> are this packet's own.</summary>
    public StreamVerdict Track(Flow flow, ref PacketView packet, Direction direction, out EventSet events)
    {
        events = default;
        return StreamVerdict.None;
    }

    /// <summary>
    /// The flow ends without a closing handshake: everything received so far becomes readable (unacknowledged bytes
    /// too), so that a last request is still inspected.
    /// </summary>
    public StreamVerdict Flush(Flow flow)
    {
        _ = flow;
        return StreamVerdict.None;
    }

    /// <summary>Lets go bytes that all readers have passed.</summary>
    public void Trim(TcpSession session) => _ = session;

    /// <summary>Returns the session's memory; called when the flow ends.</summary>
    public void Release(Flow flow) => flow.Transport = null;
}
