namespace Sensor.Detection.RuleLanguage;

/// <summary>One line of threshold.config.</summary>
public abstract record ThresholdLine
{
    public required string File { get; init; }

    public required int Line { get; init; }

    /// <summary>Which generator's rules; 0 means every one.</summary>
    public required int GeneratorId { get; init; }

    /// <summary>Which rule; 0 means every one of the generator.</summary>
    public required long SignatureId { get; init; }
}

/// <summary><c>threshold</c> or <c>event_filter</c>: when matches become alerts.</summary>
public sealed record EventFilterLine : ThresholdLine
{
    public required ThresholdParameters Parameters { get; init; }
}

/// <summary><c>rate_filter</c>: above the rate, matches get another action for a while.</summary>
public sealed record RateFilterLine : ThresholdLine
{
    public required ThresholdTrack Track { get; init; }

    public required int Count { get; init; }

    public required int Seconds { get; init; }

    public required RuleAction NewAction { get; init; }

    /// <summary>Seconds the new action holds.</summary>
    public required int Timeout { get; init; }
}

/// <summary><c>suppress</c>: matches without alerts, of the addresses named, or all where none are.</summary>
public sealed record SuppressLine : ThresholdLine
{
    /// <summary>Source, Destination or Either; null without addresses.</summary>
    public ThresholdTrack? Track { get; init; }

    public AddressSet? Addresses { get; init; }
}

/// <summary>
/// threshold.config (user guide, "Global-Thresholds"): <c>threshold</c>, <c>event_filter</c>, <c>rate_filter</c> and
/// <c>suppress</c> lines, parameters in any order, lines continued by a backslash. A wrong line becomes a problem with
/// its place, and the others count.
/// </summary>
public static class ThresholdConfig
{
    private static readonly string[] Words = ["threshold", "event_filter", "rate_filter", "suppress"];

    private static readonly (string, ThresholdTrack)[] SuppressTracks =
        [("by_src", ThresholdTrack.Source), ("by_dst", ThresholdTrack.Destination), ("by_either", ThresholdTrack.Either)];

    private static readonly (string, RuleAction)[] NewActions =
    [
        ("alert", RuleAction.Alert), ("drop", RuleAction.Drop), ("pass", RuleAction.Pass), ("reject", RuleAction.Reject),
        ("rejectsrc", RuleAction.RejectSource), ("rejectdst", RuleAction.RejectDestination), ("rejectboth", RuleAction.RejectBoth),
    ];

    /// <param name="variables">For addresses of <c>suppress</c>.</param>
    public static IReadOnlyList<ThresholdLine> ReadFile(string path, RuleVariables variables, ICollection<RuleError> problems) =>
        Understand(RuleFileReader.ReadFile(path, problems), variables, problems);

    public static IReadOnlyList<ThresholdLine> Read(string file, ReadOnlySpan<byte> content, RuleVariables variables, ICollection<RuleError> problems) =>
        Understand(RuleFileReader.Read(file, content, problems), variables, problems);

    private static List<ThresholdLine> Understand(IReadOnlyList<RuleLine> lines, RuleVariables variables, ICollection<RuleError> problems)
    {
        List<ThresholdLine> understood = [];
        HeaderSets sets = new(variables);
        foreach (RuleLine line in lines)
        {
            string word = "";
            try
            {
                (word, int at) = FirstWord(line.Text);
                understood.Add(Understand(line, word, WordPairs.Parse(word, line.Text, at), sets));
            }
            catch (RuleException exception)
            {
                problems.Add(ConfigLines.ToError(line, exception, word));
            }
        }

        return understood;
    }

    private static (string Word, int End) FirstWord(string text)
    {
        int start = 0;
        while (RuleParser.IsBlank(text[start])) start++;
        int length = text.AsSpan(start).IndexOfAny(" \t:,");
        string word = (length < 0 ? text[start..] : text.Substring(start, length)).ToLowerInvariant();
        if (!Words.Contains(word)) throw new RuleException($"cannot read line: \"{word}\" is none of {string.Join(", ", Words)}{DidYouMean.Hint(word, Words)}", start);
        int end = start + word.Length;
        return (word, end < text.Length && text[end] == ':' ? end + 1 : end);
    }

    private static ThresholdLine Understand(in RuleLine line, string word, WordPairs pairs, HeaderSets sets)
    {
        int generator = pairs.TakeNumber("gen_id", 0);
        long signature = pairs.TakeNumber("sig_id", 0);
        ThresholdLine understood = word switch
        {
            "suppress" => Suppress(line, pairs, generator, signature, sets),
            "rate_filter" => RateFilter(line, pairs, generator, signature),
            _ => new EventFilterLine { File = line.File, Line = line.Line, GeneratorId = generator, SignatureId = signature, Parameters = ThresholdParameters.Take(pairs) },
        };
        pairs.ExpectNoMore();
        return understood;
    }

    private static RateFilterLine RateFilter(in RuleLine line, WordPairs pairs, int generator, long signature) => new()
    {
        File = line.File,
        Line = line.Line,
        GeneratorId = generator,
        SignatureId = signature,
        Track = pairs.Take("track", ThresholdParameters.CountingTracks),
        Count = pairs.TakeNumber("count", 1),
        Seconds = pairs.TakeNumber("seconds", 1),
        NewAction = pairs.Take("new_action", NewActions),
        Timeout = pairs.TakeNumber("timeout", 0),
    };

    private static SuppressLine Suppress(in RuleLine line, WordPairs pairs, int generator, long signature, HeaderSets sets)
    {
        SuppressLine everything = new() { File = line.File, Line = line.Line, GeneratorId = generator, SignatureId = signature };
        if (!pairs.Has("track") && !pairs.Has("ip")) return everything;
        ThresholdTrack track = pairs.Take("track", SuppressTracks);
        (string addresses, int offset) = pairs.Take("ip");
        try
        {
            return everything with { Track = track, Addresses = sets.Addresses(addresses) };
        }
        catch (RuleException exception)
        {
            throw new RuleException(exception.Message, exception.Offset + offset);
        }
    }
}
