using Sensor.Decode;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Streams;

namespace Sensor.Protocols;

/// <summary>Finds out what a flow speaks, by content, and feeds its parser. One per worker.</summary>
public sealed class AppLayer(ProtocolOptions options, IFileSink files)
{
    public ProtocolOptions Options { get; } = options;

    public IFileSink Files { get; } = files;

    /// <summary>Feeds what became readable in one half of a TCP session.</summary>
    public void ParseStream(Flow flow, TcpSession session, Direction direction, PacketTime time) => _ = (flow, session, direction, time);

    /// <summary>Feeds one datagram.</summary>
    public void ParseDatagram(Flow flow, ReadOnlySpan<byte> payload, Direction direction, PacketTime time) => _ = (flow, direction, time);

    /// <summary>Gives transactions back that are inspected, logged and complete; called at the end of each packet that changed the flow.</summary>
    public void Clean(Flow flow) => _ = flow;

    /// <summary>Returns the session's parser and transactions; called when the flow ends.</summary>
    public void Release(Flow flow) => flow.Application = null;
}
