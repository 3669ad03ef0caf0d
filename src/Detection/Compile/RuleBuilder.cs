using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Files;
using Sensor.Primitives;
using Sensor.Protocols;

namespace Sensor.Detection.Compile;

/// <summary>What keywords ask of transactions beyond buffers: one test per protocol and side that can answer it.</summary>
/// <param name="Protocol">Number in the catalog.</param>
/// <param name="Step">The test.</param>
public readonly record struct ProtocolStep(int Protocol, TransactionStep Step);

/// <summary>A rule under construction: keywords add to it in the order written, <see cref="SignatureCompiler"/> makes a rule of it.</summary>
public sealed class RuleBuilder
{
    private readonly List<string> _variables = [];
    private Section? _contentSection;

    internal RuleBuilder(RuleText text, RuleEnvironment environment)
    {
        Text = text;
        Environment = environment;
        Word = ProtocolWords.Parse(text.Protocol, environment.Buffers.Protocols);
        Current = Payload;
        Sections.Add(Payload);
    }

    public RuleText Text { get; }

    /// <summary>What the rule's keywords may look up: buffers, classifications, names.</summary>
    internal RuleEnvironment Environment { get; }

    internal ProtocolWord Word { get; }

    // What is said about the rule.
    public long Sid { get; set; }
    public int Gid { get; set; } = 1;
    public int Revision { get; set; }
    public string Message { get; set; } = "";
    public string ClassType { get; set; } = "";
    public string Category { get; set; } = "";
    public int? Priority { get; set; }
    public int ClassPriority { get; set; } = 3;
    public List<(string Key, List<string> Values)> Metadata { get; } = [];
    public List<string> References { get; } = [];
    public string? Target { get; set; }

    /// <summary>Set by <c>requires</c>: why this engine leaves the rule out.</summary>
    public string? SkipReason { get; set; }

    // What it asks.
    public Section Payload { get; } = new(PayloadTarget.Instance);
    public List<Section> Sections { get; } = [];
    /// <summary>Where the next option goes.</summary>
    public Section Current { get; set; }
    /// <summary>The content that modifiers speak of.</summary>
    public ContentOption? LastContent { get; set; }
    /// <summary>The section the last content or pcre went into; relative options follow it.</summary>
    public Section? LastSection { get; set; }
    /// <summary>The base64_decode whose result base64_data means.</summary>
    public DecodedHolder? LastDecoded { get; set; }
    public List<PacketTest> Tests { get; } = [];
    public List<MatchEffect> Effects { get; } = [];
    /// <summary>Alternatives by protocol; each list is one question.</summary>
    public List<IReadOnlyList<ProtocolStep>> Questions { get; } = [];
    /// <summary>Questions that must all hold for one file.</summary>
    public List<FileQuestion> FileQuestions { get; } = [];
    /// <summary>Digests of files the rule cannot do without.</summary>
    public FileHashes AskedHashes { get; set; }
    /// <summary>A checksum is asked for, so the decoder has to look at them.</summary>
    public bool AsksChecksums { get; set; }
    public ThresholdRule? Threshold { get; set; }
    public ThresholdRule? DetectionFilter { get; set; }
    public bool IsSilent { get; set; }
    /// <summary>Reported although its action is pass (<c>alert</c>).</summary>
    public bool AlsoAlerts { get; set; }

    // Where it applies.
    public Direction? FlowDirection { get; set; }
    public bool RequiresPacket { get; set; }
    public bool RequiresStream { get; set; }
    /// <summary>Protocols the keywords allow, bit by number; null while none has said anything.</summary>
    public ulong? KeywordProtocols { get; private set; }
    /// <summary>A keyword asks for something an address-only rule cannot know.</summary>
    public bool IsMoreThanAddresses { get; set; }
    public int? DecodeEvent { get; set; }
    public int? StreamEvent { get; set; }
    /// <summary>An event of protocol detection.</summary>
    public int? SessionEvent { get; set; }
    public bool AsksDecodeEventsOnly { get; set; } = true;
    public bool AsksProtocolDetection { get; set; }

    // Ranks (see SignatureOrder).
    public bool SetsFlowbit { get; set; }
    public bool AsksFlowbit { get; set; }
    public bool SetsFlowint { get; set; }
    public bool AsksFlowint { get; set; }
    public bool SetsHostbit { get; set; }
    public bool AsksHostbit { get; set; }

    /// <summary>Adds an option that looks into the current buffer; a relative one follows the last content to its buffer.</summary>
    public void Add(PayloadOption option)
    {
        AsksDecodeEventsOnly = false;
        Section section = option.IsRelative && Current == Payload && LastSection is not null ? LastSection : Current;
        Append(section, option);
    }

    /// <summary>Adds an option to a buffer named by the option itself (legacy pcre flags).</summary>
    public void AddTo(string buffer, PayloadOption option)
    {
        AsksDecodeEventsOnly = false;
        Append(SectionFor(new BufferTarget(FindBuffer(buffer))), option);
    }

    // Modifiers speak of the last content, whatever stands between; relative options count from the last match of either kind.
    private void Append(Section section, PayloadOption option)
    {
        section.Options.Add(option);
        if (option is not (ContentOption or PcreOption)) return;
        LastSection = section;
        if (option is not ContentOption content) return;
        LastContent = content;
        _contentSection = section;
    }

    /// <summary>Adds a question about a buffer without turning modifiers or relative options to it (urilen).</summary>
    public void AddBeside(string buffer, PayloadOption option)
    {
        AsksDecodeEventsOnly = false;
        SectionFor(new BufferTarget(FindBuffer(buffer))).Options.Add(option);
    }

    /// <summary>Turns to another buffer (sticky buffers).</summary>
    public void Select(SectionTarget target, Direction? side = null)
    {
        Current = new Section(target) { Side = side };
        Sections.Add(Current);
        LastContent = null;
        LastSection = null;
    }

    /// <summary>Changes what the current buffer shows; options before it looked at the buffer as it was.</summary>
    public void AddTransform(string keyword, Transform transform)
    {
        if (Current == Payload) throw new RuleException($"cannot use {keyword} without a sticky buffer before it");
        if (Current.Options.Count > 0)
        {
            Section before = Current;
            Select(before.Target, before.Side);
            Current.Transforms.AddRange(before.Transforms);
        }

        Current.Transforms.Add(transform);
    }

    /// <summary>Moves the last content into a buffer (legacy modifiers such as <c>http_uri</c>).</summary>
    public void MoveLastContent(string keyword, string buffer)
    {
        ContentOption content = Content(keyword);
        Section target = SectionFor(new BufferTarget(FindBuffer(buffer)));
        if (_contentSection == target) return;
        if (_contentSection != Payload) throw new RuleException($"cannot use {keyword} inside a sticky buffer: write the sticky buffer {buffer} instead");
        Payload.Options.Remove(content);
        Append(target, content);
    }

    /// <summary>The content a modifier speaks of.</summary>
    public ContentOption Content(string keyword) =>
        LastContent ?? throw new RuleException($"cannot use {keyword}: no content stands before it");

    public void AddTest(PacketTest test)
    {
        AsksDecodeEventsOnly = false;
        IsMoreThanAddresses = true;
        Tests.Add(test);
    }

    /// <summary>Restricts the rule to what a keyword can apply to.</summary>
    public void RestrictProtocols(ulong numbers)
    {
        AsksDecodeEventsOnly = false;
        KeywordProtocols = KeywordProtocols is { } before ? before & numbers : numbers;
    }

    /// <summary>Adds a question about transactions, answered by whichever protocol applies.</summary>
    public void Ask(IReadOnlyList<ProtocolStep> alternatives)
    {
        ulong numbers = 0;
        foreach (ProtocolStep alternative in alternatives) numbers |= 1UL << alternative.Protocol;
        RestrictProtocols(numbers);
        Questions.Add(alternatives);
    }

    /// <summary>
    /// Asks a question of one protocol's transactions, from a progress of each side on; a null progress leaves the
    /// side out. Without the protocol in the catalog the rule waits for it.
    /// </summary>
    public void Ask(string protocol, int? requestProgress, int? responseProgress, TransactionQuestion question, bool untilComplete = false)
    {
        List<ProtocolStep> steps = [];
        IReadOnlyList<IAppProtocol> protocols = Environment.Buffers.Protocols;
        for (int number = 0; number < protocols.Count; number++)
        {
            if (protocols[number].Name != protocol) continue;
            if (requestProgress is { } request) steps.Add(new ProtocolStep(number, new QuestionStep { Side = Direction.ToServer, Progress = request, Question = question, Final = untilComplete ? protocols[number].RequestComplete : request }));
            if (responseProgress is { } response) steps.Add(new ProtocolStep(number, new QuestionStep { Side = Direction.ToClient, Progress = response, Question = question, Final = untilComplete ? protocols[number].ResponseComplete : response }));
        }

        Ask(steps);
    }

    public NamedBuffer FindBuffer(string name) =>
        Environment.Buffers.Find(name) ?? throw new RuleException($"cannot look into {name}: no protocol of this sensor provides it yet");

    /// <summary>Number of a variable that a keyword fills; new names get a new number.</summary>
    public int DefineVariable(string name)
    {
        int at = _variables.IndexOf(name);
        if (at >= 0) return at;
        if (_variables.Count == InspectContext.MaximumVariables) throw new RuleException($"cannot use more than {InspectContext.MaximumVariables} variables in one rule");
        _variables.Add(name);
        return _variables.Count - 1;
    }

    public int? FindVariable(string name) => _variables.IndexOf(name) is >= 0 and var at ? at : null;

    private Section SectionFor(BufferTarget target)
    {
        for (int at = Sections.Count - 1; at >= 0; at--)
        {
            if (Sections[at].Target.Equals(target)) return Sections[at];
        }

        Section section = new(target);
        Sections.Add(section);
        return section;
    }
}
