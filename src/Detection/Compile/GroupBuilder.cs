using Sensor.Detection.Inspect;
using Sensor.Detection.Patterns;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Compile;

/// <summary>Sorts ranked rules into the groups a packet or transaction touches, and builds each group's prefilters.</summary>
internal sealed class GroupBuilder(IReadOnlyList<CompiledRule> rules, IReadOnlyList<IAppProtocol> protocols, Func<IReadOnlyList<Pattern>, IPatternMatcher> createMatcher)
{
    private readonly List<PatternSet> _sets = [];

    public RuleGroups Build()
    {
        PacketGroup[] packets = new PacketGroup[RuleGroups.Transports * 2];
        for (int at = 0; at < packets.Length; at++) packets[at] = BuildPacket((TransportMask)(1 << (at / 2)), (Direction)(at & 1));
        TransactionGroup[] transactions = new TransactionGroup[protocols.Count * 2];
        for (int at = 0; at < transactions.Length; at++) transactions[at] = BuildTransaction(at / 2, (Direction)(at & 1));
        return new RuleGroups
        {
            Packets = packets,
            Transactions = transactions,
            ByDecodeEvent = ByNumber(rule => rule.Builder.DecodeEvent),
            ByStreamEvent = ByNumber(rule => rule.Builder.DecodeEvent is null ? rule.Builder.StreamEvent : null),
            BySessionEvent = ByNumber(rule => rule.Builder.SessionEvent),
            Sets = [.. _sets],
        };
    }

    private PacketGroup BuildPacket(TransportMask transport, Direction direction)
    {
        Patterns payloads = new(), packetPayloads = new(), streams = new();
        List<Signature> everyPacket = [], ipOnly = [];
        List<int> everyPayload = [], everyPacketPayload = [], everyStream = [], protocolDetection = [];
        bool isTcp = transport == TransportMask.Tcp;
        foreach (CompiledRule rule in rules)
        {
            Signature signature = rule.Signature;
            if ((signature.Transports & transport) == 0 || !signature.Allows(direction)) continue;
            if (signature.NeedsProtocol && signature.Protocols == 0) continue;
            if (signature.Kind is SignatureKind.Transaction or SignatureKind.DecodeEvent || WaitsForEvent(rule.Builder)) continue;
            if (NumberOf(transport) is { } number && !signature.Tests.OfType<IAsksIpProtocol>().All(test => test.Admits(number))) continue;
            if (signature.Payload is null)
            {
                if (signature.Kind == SignatureKind.ProtocolDetection) protocolDetection.Add(signature.Index);
                else (signature.Kind == SignatureKind.IpOnly ? ipOnly : everyPacket).Add(signature);
                continue;
            }

            Place(rule, payloads, everyPayload);
            if (isTcp && signature.InspectsPacket) Place(rule, packetPayloads, everyPacketPayload);
            if (isTcp && signature.InspectsStream) Place(rule, streams, everyStream);
        }

        return new PacketGroup
        {
            Payloads = Build(payloads),
            PacketPayloads = Build(packetPayloads),
            Streams = Build(streams),
            EveryPacket = [.. everyPacket.Select(signature => signature.Index)],
            EveryPacketByFlags = isTcp ? ByFlags(everyPacket) : [],
            EveryPayload = [.. everyPayload],
            EveryPacketPayload = [.. everyPacketPayload],
            EveryStream = [.. everyStream],
            IpOnly = AddressRules.Build(ipOnly),
            ProtocolDetection = [.. protocolDetection],
        };
    }

    /// <summary>The protocol number of a transport that has exactly one.</summary>
    private static byte? NumberOf(TransportMask transport) => transport switch
    {
        TransportMask.Tcp => 6,
        TransportMask.Udp => 17,
        TransportMask.Icmp => 1,
        TransportMask.Icmpv6 => 58,
        TransportMask.Sctp => 132,
        _ => null,
    };

    /// <summary>For each value of the flags the rules that may match; equal lists are one array.</summary>
    private static int[][] ByFlags(List<Signature> signatures)
    {
        Dictionary<string, int[]> lists = [];
        int[][] byFlags = new int[256][];
        for (int flags = 0; flags < byFlags.Length; flags++)
        {
            int[] list = [.. signatures.Where(signature => signature.Tests.OfType<IAsksTcpFlags>().All(test => test.Admits((Decode.TcpFlags)flags))).Select(signature => signature.Index)];
            string key = string.Join(',', list);
            if (!lists.TryAdd(key, list)) list = lists[key];
            byFlags[flags] = list;
        }

        return byFlags;
    }

    private static bool WaitsForEvent(RuleBuilder builder) => builder.DecodeEvent is not null || builder.StreamEvent is not null || builder.SessionEvent is not null;

    private static void Place(CompiledRule rule, Patterns patterns, List<int> others)
    {
        if (rule.Pattern is { } pattern) patterns.Add(pattern, rule.Signature.Index);
        else others.Add(rule.Signature.Index);
    }

    private TransactionGroup BuildTransaction(int protocol, Direction direction)
    {
        Dictionary<(BufferDefinition, TransformList), Patterns> buffers = [];
        List<(int Progress, int Signature)> withoutPattern = [];
        List<List<int>> byEvent = [];
        foreach (CompiledRule rule in rules)
        {
            if (rule.Signature.Plan(protocol, direction) is not { } plan) continue;
            if (rule.Pattern is { Section.Target: BufferTarget { Buffer: { } buffer } } pattern && buffer.Find(protocol, direction) is { } definition)
            {
                var key = (definition, new TransformList(pattern.Section.Transforms));
                if (!buffers.TryGetValue(key, out Patterns? patterns)) buffers[key] = patterns = new Patterns();
                patterns.Add(pattern, rule.Signature.Index);
            }
            else if (plan.Steps.OfType<EventStep>().FirstOrDefault() is { } waited)
            {
                while (byEvent.Count <= waited.Number) byEvent.Add([]);
                byEvent[waited.Number].Add(rule.Signature.Index);
            }
            else
            {
                withoutPattern.Add((plan.FirstProgress, rule.Signature.Index));
            }
        }

        bool toServer = direction == Direction.ToServer;
        GrowingBuffer[] growing = [.. protocols[protocol].Buffers
            .Where(buffer => buffer.IsStreaming && (buffer.Side is null || buffer.Side == direction))
            .Select(buffer => new GrowingBuffer(buffer, toServer ? buffer.RequestProgress : buffer.ResponseProgress))];
        BufferPrefilter[] prefilters = [.. buffers.Select(entry => new BufferPrefilter
        {
            Buffer = entry.Key.Item1,
            Side = direction,
            Progress = toServer ? entry.Key.Item1.RequestProgress : entry.Key.Item1.ResponseProgress,
            Transforms = entry.Key.Item2.Items,
            Patterns = Build(entry.Value)!,
            Growing = Array.FindIndex(growing, one => ReferenceEquals(one.Buffer, entry.Key.Item1)),
        }).OrderBy(prefilter => prefilter.Progress)];
        return new TransactionGroup
        {
            Prefilters = prefilters,
            Growing = growing,
            WithoutPattern = [.. withoutPattern.OrderBy(entry => entry.Progress)],
            ByEvent = [.. byEvent.Select(list => list.ToArray())],
            Complete = toServer ? protocols[protocol].RequestComplete : protocols[protocol].ResponseComplete,
        };
    }

    private int[][] ByNumber(Func<CompiledRule, int?> number)
    {
        List<List<int>> lists = [];
        foreach (CompiledRule rule in rules)
        {
            if (number(rule) is not { } at) continue;
            while (lists.Count <= at) lists.Add([]);
            lists[at].Add(rule.Signature.Index);
        }

        return [.. lists.Select(list => list.ToArray())];
    }

    /// <summary>A matcher for the patterns; sets with equal patterns and rules (both directions of most rules) are one set.</summary>
    private PatternSet? Build(Patterns patterns)
    {
        if (patterns.Count == 0) return null;
        foreach (PatternSet known in _sets)
        {
            if (patterns.IsSameAs(known)) return known;
        }

        var set = new PatternSet(_sets.Count, createMatcher(patterns.List), patterns.Signatures) { Patterns = patterns.List, Longest = patterns.List.Max(pattern => pattern.Bytes.Length) };
        _sets.Add(set);
        return set;
    }

    /// <summary>Transforms compared one by one, so that equal lists share a prefilter.</summary>
    private readonly struct TransformList(IReadOnlyList<Transform> items) : IEquatable<TransformList>
    {
        public IReadOnlyList<Transform> Items { get; } = [.. items];

        public bool Equals(TransformList other) => Items.SequenceEqual(other.Items);

        public override bool Equals(object? obj) => obj is TransformList other && Equals(other);

        public override int GetHashCode() => Items.Aggregate(0, HashCode.Combine);
    }

    /// <summary>Patterns of a set, each once, with the rules that wait for it.</summary>
    private sealed class Patterns
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
        private readonly List<List<int>> _signatures = [];

        public List<Pattern> List { get; } = [];

        public int Count => List.Count;

        public int[][] Signatures => [.. _signatures.Select(list => list.ToArray())];

        public void Add(FastPattern pattern, int signature)
        {
            string text = System.Text.Encoding.Latin1.GetString(pattern.Bytes);
            string key = pattern.IgnoreCase ? "i" + text.ToLowerInvariant() : "c" + text;
            if (!_numbers.TryGetValue(key, out int number))
            {
                _numbers[key] = number = List.Count;
                List.Add(new Pattern(pattern.Bytes, pattern.IgnoreCase));
                _signatures.Add([]);
            }

            _signatures[number].Add(signature);
        }

        public bool IsSameAs(PatternSet set)
        {
            if (set.Patterns.Count != Count) return false;
            for (int at = 0; at < Count; at++)
            {
                if (set.Patterns[at].IgnoreCase != List[at].IgnoreCase || !set.Patterns[at].Bytes.Span.SequenceEqual(List[at].Bytes.Span)) return false;
                if (!set.Signatures[at].AsSpan().SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_signatures[at]))) return false;
            }

            return true;
        }
    }
}
