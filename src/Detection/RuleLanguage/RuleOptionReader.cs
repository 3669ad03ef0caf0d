namespace Sensor.Detection.RuleLanguage;

/// <summary>
/// Cuts the bracketed part of a rule into options. A <c>;</c> ends an option unless a backslash stands right before it,
/// inside quotes too: that is how the language is defined (user guide, "Rules Format": <c>;</c>, <c>"</c> and <c>\</c>
/// must be escaped), and a reader that guessed would load rules that mean something else elsewhere.
/// </summary>
internal static class RuleOptionReader
{
    /// <summary>Most options in a rule; published rules stay below 120.</summary>
    private const int MaxOptions = 4096;

    public static RuleOption[] Read(string text, int start)
    {
        int end = ClosingBracket(text, start);
        List<RuleOption> options = new(24);
        int at = start;
        while (true)
        {
            at = SkipBlanks(text, at, end);
            if (at == end) break;
            if (text[at] == ';')
            {
                at++; // an empty option (";;") is met in published rules and says nothing
                continue;
            }

            int stop = EndOfOption(text, at, end);
            options.Add(ReadOption(text, at, stop));
            if (options.Count > MaxOptions) throw new RuleException($"cannot read rule: more than {MaxOptions} options", at);
            at = stop + 1;
        }

        if (options.Count == 0) throw new RuleException("cannot read rule: it has no options; at least sid:… is needed", start);
        return [.. options];
    }

    private static int ClosingBracket(string text, int start)
    {
        int end = text.Length;
        while (end > start && RuleParser.IsBlank(text[end - 1])) end--;
        if (end > start && text[end - 1] == ')') return end - 1;
        throw new RuleException("cannot read rule: the options do not end in \")\"", Math.Max(end - 1, 0));
    }

    private static int EndOfOption(string text, int at, int end)
    {
        for (int stop = at; ; stop++)
        {
            int found = text.AsSpan(stop, end - stop).IndexOf(';');
            if (found < 0)
            {
                throw new RuleException($"cannot read rule: option \"{Head(text, at, end)}\" is not ended; write \";\" before the closing bracket", at);
            }

            stop += found;
            if (text[stop - 1] != '\\') return stop;
        }
    }

    private static RuleOption ReadOption(string text, int start, int stop)
    {
        ReadOnlySpan<char> option = text.AsSpan(start, stop - start);
        int colon = option.IndexOf(':');
        ReadOnlySpan<char> name = (colon < 0 ? option : option[..colon]).TrimEnd();
        int wrong = name.IndexOfAnyExcept(RuleWords.NameCharacters);
        if (name.IsEmpty) throw new RuleException("cannot read rule: an option without a name stands before \":\"", start);
        if (wrong >= 0) throw new RuleException(WrongName(text, start, stop, name), start + wrong);
        if (colon < 0) return new RuleOption(RuleWords.Share(name), null, start + 1);

        int from = SkipBlanks(text, start + colon + 1, stop);
        ReadOnlySpan<char> value = text.AsSpan(from, stop - from).TrimEnd();
        CheckQuotes(value, from);
        return new RuleOption(RuleWords.Share(name), RuleWords.ShareExact(value), start + 1) { ValueColumn = from + 1 };
    }

    /// <summary>A value that opens with a quote must close with one, else a <c>;</c> was left unescaped or a quote was forgotten.</summary>
    private static void CheckQuotes(ReadOnlySpan<char> value, int at)
    {
        ReadOnlySpan<char> quoted = value.TrimStart("! \t");
        if (quoted.IsEmpty || quoted[0] != '"') return;
        if (quoted.Length >= 2 && quoted[^1] == '"') return;
        throw new RuleException("cannot read rule: a quoted value does not end in a quote; close it, and write \\; for a \";\" inside it", at);
    }

    private static string WrongName(string text, int start, int stop, ReadOnlySpan<char> name) =>
        name.ContainsAny('"', '|')
            ? $"cannot read rule: text where an option's name should stand: \"{Head(text, start, stop)}\"; a \";\" inside quotes is written \\;"
            : $"cannot read rule: \"{Head(text, start, stop)}\" is not the name of an option; options end in \";\"";

    private static string Head(string text, int start, int end)
    {
        const int Shown = 40;
        return end - start <= Shown ? text[start..end] : string.Concat(text.AsSpan(start, Shown), "…");
    }

    private static int SkipBlanks(string text, int at, int end)
    {
        while (at < end && RuleParser.IsBlank(text[at])) at++;
        return at;
    }
}
