using System.Text.Json;
using Sensor.Flows;
using Sensor.Primitives;

namespace Sensor.Protocols.Dns;

/// <summary>
/// The domain name system (RFC 1035, RFC 7766) and its link-local relatives that share its messages. On the relatives'
/// usual ports their own name is tried first; elsewhere a message is DNS.
/// </summary>
public sealed class DnsProtocol : IAppProtocol
{
    /// <summary>Progress of a side that has its message.</summary>
    public const int Complete = 1;

    private static readonly string[] s_progressNames = ["started", "complete"];

    private readonly bool _logs;

    private DnsProtocol(string name, Transports transports, int port, bool logs)
    {
        Name = name;
        Transports = transports;
        UsualPorts = [port];
        Buffers = DnsBuffers.For(name);
        _logs = logs;
    }

    public static DnsProtocol Dns { get; } = new("dns", Transports.Tcp | Transports.Udp, 53, logs: true);

    /// <summary>Multicast DNS (RFC 6762).</summary>
    public static DnsProtocol MulticastDns { get; } = new("mdns", Transports.Udp, 5353, logs: false);

    /// <summary>Link-local multicast name resolution (RFC 4795): not DNS to rules, so that office names do not look like queries.</summary>
    public static DnsProtocol LinkLocal { get; } = new("llmnr", Transports.Udp, 5355, logs: false);

    public string Name { get; }

    public Transports Transports { get; }

    public IReadOnlyList<int> UsualPorts { get; }

    public int ProbeDepth => DnsProbe.Depth;

    public IReadOnlyList<BufferDefinition> Buffers { get; }

    public IReadOnlyList<string> Events => DnsEvents.Names;

    public int RequestComplete => Complete;

    public int ResponseComplete => Complete;

    public IReadOnlyList<string> RequestProgressNames => s_progressNames;

    public IReadOnlyList<string> ResponseProgressNames => s_progressNames;

    public bool LogsTransactions => _logs;

    // Lookups are half of an office's flows, and stay for the time a datagram's flow does.
    // Its kin on the local network (mDNS, LLMNR) are rare.
    public double ShareOfFlows => Name == "dns" ? 5.0 / 8 : 1.0 / 128;

    public string RecordType => Name;

    public ParseStatus Probe(ReadOnlySpan<byte> start, Direction direction) => DnsProbe.Probe(start, direction);

    public AppParser CreateParser(ProtocolOptions options) => CreateParserMaker(options)();

    public Func<AppParser> CreateParserMaker(ProtocolOptions options)
    {
        var pool = new DnsPool(options);
        int mostOpen = ProtocolSettings.MaximumTransactions(options, Name);
        return () => new DnsParser(pool, mostOpen);
    }

    public bool WriteRecord(Utf8JsonWriter writer, Transaction transaction, Flow flow) =>
        _logs && DnsRecord.Write(writer, (DnsTransaction)transaction);
}
