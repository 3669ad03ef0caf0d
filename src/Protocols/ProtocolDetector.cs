using Sensor.Primitives;

namespace Sensor.Protocols;

/// <summary>
/// Decides by content which of the enabled protocols a conversation begins with. All protocols are asked; the ones
/// whose usual port it is are asked first, so ports break ties and decide nothing.
/// </summary>
internal sealed class ProtocolDetector
{
    /// <summary>Candidates are kept as one bit each; the catalog's test fails before this is reached.</summary>
    public const int MaximumProtocols = 64;

    private readonly IAppProtocol[] _protocols;
    private readonly Dictionary<int, ulong> _byPort = [];
    private readonly ulong _all;

    public ProtocolDetector(IEnumerable<IAppProtocol> protocols, Transports transport, ProtocolOptions options)
    {
        _protocols = [.. protocols.Where(one => (one.Transports & transport) != 0 && ProtocolSettings.IsEnabled(options, one, transport))];
        if (_protocols.Length > MaximumProtocols)
            throw new InvalidOperationException($"cannot detect more than {MaximumProtocols} protocols per transport: {_protocols.Length} are in the catalog; widen the candidate mask");
        for (int number = 0; number < _protocols.Length; number++)
        {
            _all |= 1UL << number;
            foreach (int port in ProtocolSettings.Ports(options, _protocols[number], transport))
                _byPort[port] = _byPort.GetValueOrDefault(port) | (1UL << number);
        }
    }

    public IReadOnlyList<IAppProtocol> Protocols => _protocols;

    /// <summary>Every protocol is possible.</summary>
    public ulong All => _all;

    /// <summary>
    /// Asks the candidates about the beginning of a direction. The first sure one wins; those that refuse, or that
    /// have had the bytes they asked for and are still unsure, leave <paramref name="candidates"/>.
    /// </summary>
    /// <param name="start">All bytes of the direction so far.</param>
    /// <param name="whole">No more bytes will come before the decision (datagram, end, gap).</param>
    public IAppProtocol? Find(ReadOnlySpan<byte> start, Direction direction, int serverPort, bool whole, ref ulong candidates)
    {
        ulong usual = _byPort.GetValueOrDefault(serverPort) & candidates;
        return Ask(usual, start, direction, whole, ref candidates) ?? Ask(candidates & ~usual, start, direction, whole, ref candidates);
    }

    /// <summary>Whether a protocol of that name could be found at all: only then is its absence worth an event.</summary>
    public bool Knows(string name) => Named(name) is not null;

    /// <summary>The enabled protocol of that name, null for none.</summary>
    public IAppProtocol? Named(string name)
    {
        foreach (IAppProtocol protocol in _protocols)
        {
            if (protocol.Name == name) return protocol;
        }

        return null;
    }

    /// <summary>
    /// The port is usual for other protocols. One datagram of a foreign one is not believed there: it may be junk sent
    /// first to have the rest of the flow read as what it is not.
    /// </summary>
    public bool IsForeignTo(int port, IAppProtocol protocol) =>
        _byPort.TryGetValue(port, out ulong usual) && (usual & (1UL << Array.IndexOf(_protocols, protocol))) == 0;

    public bool Holds(ulong candidates, IAppProtocol protocol)
    {
        int number = Array.IndexOf(_protocols, protocol);
        return number >= 0 && (candidates & (1UL << number)) != 0;
    }

    private IAppProtocol? Ask(ulong asked, ReadOnlySpan<byte> start, Direction direction, bool whole, ref ulong candidates)
    {
        while (asked != 0)
        {
            int number = System.Numerics.BitOperations.TrailingZeroCount(asked);
            asked &= asked - 1;
            IAppProtocol protocol = _protocols[number];
            switch (protocol.Probe(start, direction))
            {
                case ParseStatus.Done: return protocol;
                case ParseStatus.NeedMore when !whole && start.Length < protocol.ProbeDepth: break;
                default: candidates &= ~(1UL << number); break;
            }
        }

        return null;
    }
}
