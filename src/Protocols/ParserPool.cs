using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>The parsers of one worker, a slab per protocol.</summary>
internal sealed class ParserPool
{
    /// <summary>Parsers of one protocol that may be at work at once; as many as sessions. Beyond it a flow is named but not parsed.</summary>
    private const int MaximumParsers = AppLayer.MaximumSessions;

    private readonly Dictionary<IAppProtocol, Entry> _entries = [];

    public ParserPool(IEnumerable<IAppProtocol> protocols, ProtocolOptions options)
    {
        foreach (IAppProtocol protocol in protocols)
        {
            _entries[protocol] = new Entry(
                new ObjectSlab<AppParser>(protocol.CreateParserMaker(options), options.Expected(protocol.ShareOfFlows), MaximumParsers),
                ProtocolSettings.IsDetectionOnly(options, protocol, Transports.Tcp),
                ProtocolSettings.IsDetectionOnly(options, protocol, Transports.Udp));
        }
    }

    public long Refused => _entries.Values.Sum(entry => entry.Parsers.Refused);

    public AppParser? Take(IAppProtocol protocol, Transports transport)
    {
        Entry entry = _entries[protocol];
        if (transport == Transports.Tcp ? entry.TcpDetectionOnly : entry.UdpDetectionOnly) return null;
        return entry.Parsers.TryTake(out AppParser? parser) ? parser : null;
    }

    public void Return(IAppProtocol protocol, AppParser parser)
    {
        parser.Reset();
        _entries[protocol].Parsers.Return(parser);
    }

    private sealed record Entry(ObjectSlab<AppParser> Parsers, bool TcpDetectionOnly, bool UdpDetectionOnly);
}
