using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.Patterns;
using Sensor.Detection.RuleLanguage;
using Sensor.Files;
using Sensor.Protocols;

namespace Sensor.Detection;

/// <summary>
/// Builds a rule set from files, off the packet path. A rule that cannot be loaded is reported with file, line, sid,
/// keyword and reason; the others still load. Of two rules with one sid the higher revision stays, as in the
/// reference engine; the other is reported.
/// </summary>
public sealed class RuleSetBuilder
{
    private readonly RuleEnvironment _environment;
    private readonly IReadOnlyList<IAppProtocol> _protocols;
    private readonly List<CompiledRule> _rules = [];
    private readonly Dictionary<(int Gid, long Sid), int> _places = [];
    private readonly List<RuleError> _failed = [];
    private readonly List<RuleError> _skipped = [];

    public RuleSetBuilder(RuleSetOptions? options = null)
        : this(options, ProtocolCatalog.All)
    {
    }

    internal RuleSetBuilder(RuleSetOptions? options, IReadOnlyList<IAppProtocol> protocols)
    {
        _protocols = protocols;
        _environment = new RuleEnvironment(options ?? new RuleSetOptions(), protocols);
    }

    /// <summary>What makes matchers of patterns; replaced in tests.</summary>
    internal Func<IReadOnlyList<Pattern>, IPatternMatcher> CreateMatcher { get; init; } = PatternMatcherFactory.Create;

    /// <summary>Reads rule files; folders and wildcards as <see cref="RuleFileReader.FindFiles"/> takes them.</summary>
    public RuleSetBuilder AddFiles(params IEnumerable<string> paths)
    {
        foreach (string file in RuleFileReader.FindFiles(paths, _failed)) AddLines(RuleFileReader.ReadFile(file, _failed));
        return this;
    }

    /// <summary>Reads rules from text; <paramref name="file"/> names it in messages.</summary>
    public RuleSetBuilder AddText(string file, string text)
    {
        AddLines(RuleFileReader.Read(file, RuleBytes.Of(RuleBytes.FromText(text)), _failed));
        return this;
    }

    public RuleSet Build()
    {
        ThresholdPolicy thresholds = ThresholdLoader.Load(_environment.Options.ThresholdFiles, _environment.Options.Variables, _environment.Problems);
        CompiledRule[] ranked = [.. _rules];
        Array.Sort(ranked, SignatureOrder.Instance);
        for (int rank = 0; rank < ranked.Length; rank++) ranked[rank].Signature.Index = rank;
        return new RuleSet
        {
            Loaded = ranked.Length,
            Failed = [.. _environment.Problems, .. _failed],
            Skipped = [.. _skipped],
            Signatures = [.. ranked.Select(rule => rule.Signature)],
            Groups = new GroupBuilder(ranked, _protocols, CreateMatcher).Build(),
            Protocols = _protocols,
            Thresholds = thresholds,
            FileHashes = ranked.Aggregate(FileHashes.None, (hashes, rule) => hashes | rule.Builder.AskedHashes),
            AsksChecksums = ranked.Any(rule => rule.Builder.AsksChecksums),
        };
    }

    private void AddLines(IReadOnlyList<RuleLine> lines)
    {
        foreach (RuleLine line in lines)
        {
            if (RuleParser.TryParse(line, out RuleText? text, out RuleError? error)) Add(text);
            else _failed.Add(error);
        }
    }

    private void Add(RuleText text)
    {
        RuleOption current = default;
        RuleBuilder? builder = null;
        try
        {
            builder = new RuleBuilder(text, _environment);
            foreach (RuleOption option in text.Options)
            {
                current = option;
                _environment.Keywords.Apply(builder, option);
                if (builder.SkipReason is not null) break;
            }

            current = default;
            if (builder.SkipReason is { } skipped) _skipped.Add(Error(text, builder, default, skipped, 0));
            else Keep(SignatureCompiler.Compile(builder, _rules.Count));
        }
        catch (RuleException exception)
        {
            _failed.Add(Error(text, builder, current, exception.Message, exception.Offset));
        }
    }

    private void Keep(CompiledRule rule)
    {
        var key = (rule.Builder.Gid, rule.Builder.Sid);
        if (!_places.TryGetValue(key, out int place))
        {
            _places[key] = _rules.Count;
            _rules.Add(rule);
            return;
        }

        CompiledRule before = _rules[place];
        bool newer = rule.Builder.Revision > before.Builder.Revision;
        CompiledRule left = newer ? before : rule;
        if (newer) _rules[place] = rule;
        string kept = newer ? rule.Signature.Rule.Origin : before.Signature.Rule.Origin;
        _failed.Add(Error(left.Builder.Text, left.Builder, SidOption(left.Builder.Text), $"duplicate sid {left.Builder.Sid}: the rule at {kept} has {(newer ? "a newer" : "the same or a newer")} revision and stays", 0));
    }

    private static RuleOption SidOption(RuleText text) => text.Options.FirstOrDefault(option => option.Name == "sid");

    private static RuleError Error(RuleText text, RuleBuilder? builder, RuleOption option, string reason, int offset)
    {
        int column = option.Name is null ? 1 : offset > 0 && option.ValueColumn > 0 ? option.ValueColumn + offset : option.Column;
        (int line, column) = text.Locate(column);
        long sid = builder?.Sid ?? 0;
        if (sid == 0 && SidOption(text).Value is { } written) _ = long.TryParse(written, out sid);
        return new RuleError(text.File, line, column, sid, option.Name ?? "", reason);
    }
}
