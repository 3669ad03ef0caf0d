using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Inspect;

/// <summary>What Detection keeps on a flow: bits and counters that rules set, and how far streams were looked at. Pooled; lives in <c>Flow.Detection</c>.</summary>
internal sealed class FlowMarks
{
    /// <summary>Bits, and counters, one flow may hold; more are refused and counted.</summary>
    public const int MaximumBits = 256;

    private int[] _bits = new int[8];
    private int _bitCount;
    private (int Name, uint Value)[] _counters = new (int, uint)[4];
    private int _counterCount;

    /// <summary>True offset of the first byte not yet inspected, per direction (the half's own mark stays behind it by the overlap).</summary>
    public long InspectedToServer, InspectedToClient;

    /// <summary>The TCP session was established before the packet at hand; the packet that completes the handshake is not part of it yet, unless it brings data.</summary>
    public bool WasEstablished;

    /// <summary>IP-only rules were tried, per direction.</summary>
    public bool IpOnlyToServer, IpOnlyToClient;

    /// <summary>The blacklists were asked about the addresses.</summary>
    public bool ReputationAsked;

    /// <summary>Events of protocol detection, and of the conversation's parser, whose rules were tried, per direction.</summary>
    private EventSet _sessionToldToServer, _sessionToldToClient, _conversationToldToServer, _conversationToldToClient;

    /// <summary>The protocol whose number is <see cref="ProtocolIndex"/>.</summary>
    public IAppProtocol? Protocol;

    public int ProtocolIndex = -1;

    /// <summary>The rule set in which it has that number.</summary>
    public int Generation = -1;

    /// <summary>Protocol detection rules ran, per direction.</summary>
    public bool ProtocolRulesToServer, ProtocolRulesToClient;

    public bool HasBit(int name) => _bits.AsSpan(0, _bitCount).Contains(name);

    /// <summary>False when the flow holds too many.</summary>
    public bool SetBit(int name)
    {
        if (HasBit(name)) return true;
        if (_bitCount == MaximumBits) return false;
        if (_bitCount == _bits.Length) Array.Resize(ref _bits, _bitCount * 2);
        _bits[_bitCount++] = name;
        return true;
    }

    public void ClearBit(int name)
    {
        int at = _bits.AsSpan(0, _bitCount).IndexOf(name);
        if (at >= 0) _bits[at] = _bits[--_bitCount];
    }

    public ReadOnlySpan<int> Bits => _bits.AsSpan(0, _bitCount);

    public ReadOnlySpan<(int Name, uint Value)> Counters => _counters.AsSpan(0, _counterCount);

    public bool TryGetCounter(int name, out uint value)
    {
        foreach ((int candidate, uint count) in Counters)
        {
            if (candidate != name) continue;
            value = count;
            return true;
        }

        value = 0;
        return false;
    }

    /// <summary>False when the flow holds too many.</summary>
    public bool SetCounter(int name, uint value)
    {
        for (int at = 0; at < _counterCount; at++)
        {
            if (_counters[at].Name != name) continue;
            _counters[at].Value = value;
            return true;
        }

        if (_counterCount == MaximumBits) return false;
        if (_counterCount == _counters.Length) Array.Resize(ref _counters, _counterCount * 2);
        _counters[_counterCount++] = (name, value);
        return true;
    }

    public ref long InspectedTo(Direction direction)
    {
        if (direction == Direction.ToServer) return ref InspectedToServer;
        return ref InspectedToClient;
    }

    public ref EventSet SessionEventsTold(Direction direction)
    {
        if (direction == Direction.ToServer) return ref _sessionToldToServer;
        return ref _sessionToldToClient;
    }

    public ref EventSet ConversationEventsTold(Direction direction)
    {
        if (direction == Direction.ToServer) return ref _conversationToldToServer;
        return ref _conversationToldToClient;
    }

    public void Reset()
    {
        _bitCount = _counterCount = 0;
        InspectedToServer = InspectedToClient = 0;
        IpOnlyToServer = IpOnlyToClient = ReputationAsked = WasEstablished = false;
        _sessionToldToServer = _sessionToldToClient = _conversationToldToServer = _conversationToldToClient = default;
        ProtocolRulesToServer = ProtocolRulesToClient = false;
        Protocol = null;
        ProtocolIndex = -1;
    }
}
