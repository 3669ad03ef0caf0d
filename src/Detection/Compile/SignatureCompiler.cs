using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Compile;

/// <summary>
/// Makes a compiled rule of what the keywords collected: joins sections, decides where the rule is inspected, plans
/// its steps for each protocol and direction, and chooses the content the prefilter uses.
/// </summary>
internal sealed class SignatureCompiler
{
    private readonly RuleBuilder _builder;
    private readonly IReadOnlyList<IAppProtocol> _protocols;
    private readonly List<Section> _sections;
    private readonly bool _isTransactional;

    private SignatureCompiler(RuleBuilder builder)
    {
        _builder = builder;
        _protocols = builder.Environment.Buffers.Protocols;
        _sections = JoinSections(builder.Sections);
        _isTransactional = builder.Questions.Count > 0 || builder.FileQuestions.Count > 0 || builder.Word.Hook.Length > 0 && builder.Word.IsApplication || _sections.Any(section => section.Target is BufferTarget);
    }

    public static CompiledRule Compile(RuleBuilder builder, int loaded) => new SignatureCompiler(builder).Compile(loaded);

    private CompiledRule Compile(int loaded)
    {
        RuleText text = _builder.Text;
        if (_builder.Sid == 0) throw new RuleException("a rule needs a sid: write sid:1000001; with a number of your own");
        HeaderSets headers = _builder.Environment.Headers;
        bool needsProtocol = _builder.Word.IsApplication || _builder.KeywordProtocols is not null || _isTransactional;
        ulong protocols = Protocols();
        (bool toServer, bool toClient) = Directions(protocols);
        TransactionPlan?[] requests = _isTransactional && toServer ? Plans(protocols, Direction.ToServer) : [];
        TransactionPlan?[] responses = _isTransactional && toClient ? Plans(protocols, Direction.ToClient) : [];
        CheckPlans(protocols, requests, responses);
        FastPattern? pattern = ChoosePattern();
        (bool onPacket, bool onStream) = PayloadPlaces();
        TransportMask transports = Transports(protocols, needsProtocol);
        Section payload = _sections[0];

        Signature signature = new()
        {
            Rule = ToRule(),
            Kind = Kind(onPacket, onStream),
            Transports = transports,
            IpVersion = _builder.Word.IpVersion,
            Source = headers.Addresses(text.SourceAddress),
            Destination = headers.Addresses(text.DestinationAddress),
            SourcePorts = headers.Ports(text.SourcePort),
            DestinationPorts = headers.Ports(text.DestinationPort),
            Bidirectional = text.Bidirectional,
            ToServer = toServer,
            ToClient = toClient,
            NeedsProtocol = needsProtocol,
            Protocols = protocols,
            Tests = [.. PacketTests().OrderBy(test => test.Cost)],
            Payload = payload.Options.Count > 0 && !_isTransactional ? payload.ToChain() : null,
            InspectsPacket = onPacket,
            InspectsStream = onStream,
            RequestPlans = requests,
            ResponsePlans = responses,
            AsksOneEventOnly = requests.Concat(responses).All(plan => plan is null or { Steps: [EventStep] }),
            Effects = [.. _builder.Effects],
            IsSilent = _builder.IsSilent,
            AlsoAlerts = _builder.AlsoAlerts || text.AlsoAlert,
            FallsBackToPacket = !_builder.Word.ForcesStream && !_builder.RequiresStream,
            Threshold = _builder.Threshold,
            DetectionFilter = _builder.DetectionFilter,
        };
        return new CompiledRule { Signature = signature, Pattern = pattern, Builder = _builder, Loaded = loaded };
    }

    private static List<Section> JoinSections(List<Section> sections)
    {
        List<Section> joined = [];
        foreach (Section section in sections)
        {
            if (joined.Find(candidate => candidate.Joins(section)) is not { } before)
            {
                joined.Add(section);
                continue;
            }

            before.Options.AddRange(section.Options);
            before.IsAbsent |= section.IsAbsent;
        }

        foreach (Section section in joined)
        {
            if (section.Target is DecodedTarget decoded) decoded.Holder.Chain = section.ToChain();
        }

        // A sticky buffer without any option asks nothing; the payload's section always stays, and stays first.
        joined.RemoveAll(section => section.Target is not PayloadTarget && section.Options.Count == 0 && !section.IsAbsent);
        return joined;
    }

    /// <summary>Numbers of the protocols that the word, the keywords and the buffers together allow.</summary>
    private ulong Protocols()
    {
        ulong all = _protocols.Count >= 64 ? ulong.MaxValue : (1UL << _protocols.Count) - 1;
        ulong allowed = _builder.Word.IsApplication ? _builder.Word.Protocols : all;
        if (_builder.KeywordProtocols is { } keywords) allowed &= keywords;
        if (_builder.FileQuestions.Count > 0) allowed &= Providers(_builder.Environment.Buffers.Find(FileBuffers.Content));
        foreach (Section section in _sections)
        {
            if (section.Target is BufferTarget { Buffer: { } buffer }) allowed &= Providers(buffer);
        }

        return allowed;
    }

    private static ulong Providers(NamedBuffer? buffer)
    {
        ulong providers = 0;
        foreach ((int protocol, _) in buffer?.Providers ?? []) providers |= 1UL << protocol;
        return providers;
    }

    private (bool ToServer, bool ToClient) Directions(ulong protocols)
    {
        if (_builder.Text.TransactionBidirectional) return (false, true);
        bool toServer = _builder.FlowDirection is null or Direction.ToServer;
        bool toClient = _builder.FlowDirection is null or Direction.ToClient;
        if (!_isTransactional || protocols == 0) return (toServer, toClient);
        bool request = Fits(protocols, Direction.ToServer), response = Fits(protocols, Direction.ToClient);
        if (!request && !response)
        {
            throw new RuleException("cannot match: its buffers belong to different protocols or to different sides of a transaction (write => instead of -> to look at both sides)");
        }

        if ((toServer && request) || (toClient && response)) return (toServer && request, toClient && response);
        throw new RuleException($"cannot match: its buffers travel {(request ? "to the server" : "to the client")}, flow says otherwise");
    }

    private bool Fits(ulong protocols, Direction direction)
    {
        for (int protocol = 0; protocol < _protocols.Count; protocol++)
        {
            if ((protocols & (1UL << protocol)) != 0 && FitsProtocol(protocol, direction)) return true;
        }

        return false;
    }

    private bool FitsProtocol(int protocol, Direction direction) =>
        _sections.All(section => section.Target is not BufferTarget { Buffer: { } buffer } || ((section.Side ?? direction) == direction && buffer.Find(protocol, direction) is not null))
        && _builder.Questions.All(question => question.Any(step => step.Protocol == protocol && step.Step.Side == direction));

    private TransactionPlan?[] Plans(ulong protocols, Direction direction)
    {
        TransactionPlan?[] plans = new TransactionPlan?[_protocols.Count];
        for (int protocol = 0; protocol < plans.Length; protocol++)
        {
            if ((protocols & (1UL << protocol)) == 0) continue;
            if (!_builder.Text.TransactionBidirectional && !FitsProtocol(protocol, direction)) continue;
            List<TransactionStep> steps = Steps(protocol, direction);
            if (steps.Count > TransactionPlan.MaximumSteps) throw new RuleException($"cannot use a rule that looks at more than {TransactionPlan.MaximumSteps} buffers");
            plans[protocol] = new TransactionPlan(steps, direction);
        }

        return plans;
    }

    private List<TransactionStep> Steps(int protocol, Direction direction)
    {
        List<TransactionStep> steps = [];
        int complete = Complete(protocol, direction);
        if (HookProgress(protocol, direction) is { } hook) steps.Add(new ProgressStep { Side = direction, Progress = hook });
        foreach (Section section in _sections)
        {
            if (section.Target is BufferTarget { Buffer: { } buffer })
            {
                Direction side = SideOf(section, buffer, protocol, direction);
                BufferDefinition definition = buffer.Find(protocol, side)!;
                steps.Add(new BufferStep
                {
                    Side = side,
                    Progress = side == Direction.ToServer ? definition.RequestProgress : definition.ResponseProgress,
                    Buffer = definition,
                    Chain = section.ToChain(),
                    Transforms = [.. section.Transforms],
                    Complete = Complete(protocol, side),
                });
            }
            else if (section.Target is PayloadTarget && section.Options.Count > 0)
            {
                steps.Add(new PayloadStep { Side = direction, Progress = 0, Chain = section.ToChain(), Complete = complete });
            }
        }

        foreach (IReadOnlyList<ProtocolStep> question in _builder.Questions)
        {
            ProtocolStep answer = question.FirstOrDefault(step => step.Protocol == protocol && step.Step.Side == direction);
            if (answer.Step is null) answer = question.First(step => step.Protocol == protocol);
            steps.Add(answer.Step);
        }

        if (_builder.FileQuestions.Count > 0)
        {
            steps.Add(new FileStep { Side = direction, Progress = 0, Questions = [.. _builder.FileQuestions], Complete = complete });
        }

        return steps;
    }

    /// <summary>In a rule on both sides a buffer is that of the side it exists on; on both, that of the request unless the rule says otherwise.</summary>
    private Direction SideOf(Section section, NamedBuffer buffer, int protocol, Direction direction)
    {
        if (!_builder.Text.TransactionBidirectional) return direction;
        if (section.Side is { } said) return said;
        return buffer.Find(protocol, Direction.ToServer) is not null ? Direction.ToServer : Direction.ToClient;
    }

    private int? HookProgress(int protocol, Direction direction)
    {
        string hook = _builder.Word.Hook;
        if (hook.Length == 0) return null;
        IAppProtocol named = _protocols[protocol];
        IReadOnlyList<string> names = direction == Direction.ToServer ? named.RequestProgressNames : named.ResponseProgressNames;
        for (int progress = 0; progress < names.Count; progress++)
        {
            if (names[progress] == hook) return progress;
        }

        return null;
    }

    private int Complete(int protocol, Direction direction) =>
        direction == Direction.ToServer ? _protocols[protocol].RequestComplete : _protocols[protocol].ResponseComplete;

    private void CheckPlans(ulong protocols, TransactionPlan?[] requests, TransactionPlan?[] responses)
    {
        if (!_isTransactional || protocols == 0 || _builder.Word.Hook.Length == 0) return;
        bool known = requests.Concat(responses).Any(plan => plan is not null && plan.Steps.Any(step => step is ProgressStep));
        if (!known) throw new RuleException($"unknown hook \"{_builder.Word.Hook}\" of {_builder.Word.Name}");
    }

    private FastPattern? ChoosePattern()
    {
        if (!_isTransactional) return FastPattern.Choose(_sections.Where(section => section.Target is PayloadTarget));
        IEnumerable<Section> buffers = _sections.Where(section => section.Target is BufferTarget);

        // Of a rule on both sides only the answer's buffers can start it: by then the request's are at hand.
        if (_builder.Text.TransactionBidirectional) buffers = buffers.Where(section => section.Side == Direction.ToClient || (section.Target is BufferTarget { Buffer: { } buffer } && !buffer.Exists(Direction.ToServer)));
        return FastPattern.Choose(buffers);
    }

    /// <summary>Whether plain contents look at packets, at streams, or at both (user guide, "Rules Format", tcp-pkt and tcp-stream).</summary>
    private (bool OnPacket, bool OnStream) PayloadPlaces()
    {
        bool tcp = (_builder.Word.Transports & TransportMask.Tcp) != 0;
        if (_builder.Word.ForcesPacket || _builder.Word.IsPacketHeader || !tcp) return (true, false);
        if (_builder.Word.ForcesStream) return (false, true);
        if (_builder.RequiresStream) return (_builder.RequiresPacket, true);
        if (_builder.RequiresPacket) return (true, false);

        // Where the author counts from a beginning it may be the packet's, so both are looked at.
        bool counts = _sections[0].Options.OfType<ContentOption>().Any(content => content.Depth is not null || content.Offset is not null || content.StartsWith);
        return (counts, true);
    }

    private SignatureKind Kind(bool onPacket, bool onStream)
    {
        if (_isTransactional) return SignatureKind.Transaction;
        bool hasPayload = _sections[0].Options.Count > 0;
        if (!hasPayload && _builder.AsksDecodeEventsOnly && _builder.DecodeEvent is not null) return SignatureKind.DecodeEvent;
        if (hasPayload) return (onPacket, onStream) switch { (true, true) => SignatureKind.PacketAndStream, (false, true) => SignatureKind.Stream, _ => SignatureKind.Packet };
        if (_builder.AsksProtocolDetection && !_builder.RequiresPacket) return SignatureKind.ProtocolDetection;
        bool addressesOnly = !_builder.IsMoreThanAddresses && _builder.FlowDirection is null && !_builder.Word.IsApplication
            && !_builder.Word.IsPacketHeader && _builder.Word.Hook.Length == 0 && !_sections.Any(section => section.Target is PacketTarget)
            && _builder.KeywordProtocols is null;
        if (addressesOnly) return IsNegated(_builder.Text.SourceAddress) || IsNegated(_builder.Text.DestinationAddress) ? SignatureKind.LikeIpOnly : SignatureKind.IpOnly;
        return _builder.Word.IsApplication ? SignatureKind.Application : SignatureKind.Packet;
    }

    /// <summary>Negated addresses make an address-only rule one that is tried on every packet (user guide, "Rule Types", like_ip_only).</summary>
    private bool IsNegated(string addresses, int depth = 0)
    {
        if (addresses.Contains('!', StringComparison.Ordinal)) return true;
        if (depth > 8) return false;
        foreach (string part in addresses.Split('[', ']', ',', ' '))
        {
            if (part.StartsWith('$') && _builder.Environment.Options.Variables.Addresses.TryGetValue(part[1..], out string? value) && IsNegated(value, depth + 1)) return true;
        }

        return false;
    }

    private TransportMask Transports(ulong protocols, bool needsProtocol)
    {
        TransportMask mask = _builder.Word.Transports;
        return needsProtocol && protocols != 0 ? mask & ProtocolWords.TransportsOf(protocols, _protocols) : mask;
    }

    private IEnumerable<PacketTest> PacketTests()
    {
        foreach (PacketTest test in _builder.Tests) yield return test;
        foreach (Section section in _sections)
        {
            if (section.Target is PacketTarget target) yield return new PacketBufferTest(target.Read, section.ToChain(), [.. section.Transforms]);
        }
    }

    private Rule ToRule() => new()
    {
        Sid = _builder.Sid,
        Gid = _builder.Gid,
        Revision = _builder.Revision,
        Action = _builder.Text.Action,
        Message = RuleBytes.Of(_builder.Message),
        ClassType = _builder.ClassType,
        Category = _builder.Category,
        Priority = _builder.Priority ?? _builder.ClassPriority,
        Metadata = [.. _builder.Metadata.Select(pair => (pair.Key, (IReadOnlyList<string>)pair.Values))],
        References = [.. _builder.References],
        Origin = $"{_builder.Text.File}:{_builder.Text.Line}",
        Source = _builder.Text.Source,
        Target = _builder.Target,
    };
}
