using System.Buffers;

namespace Sensor.Detection.RuleLanguage;

/// <summary>
/// The grammar that addresses and ports of a rule's header share (user guide, "Rules Format", "Source and destination"):
/// <c>any</c>, a literal, <c>$VARIABLE</c>, <c>[list]</c>, each with <c>!</c> before it.
/// A list is the union of what it names (everything, when it names only what it excludes) without the union of what
/// it excludes: <c>[10.0.0.0/8,!10.1.0.0/16]</c>.
/// </summary>
internal sealed class GroupExpression(IReadOnlyDictionary<string, string> variables, GroupExpression.Kind kind)
{
    /// <summary>What differs between addresses and ports.</summary>
    /// <param name="Noun">For messages: "address", "port".</param>
    /// <param name="OtherVariables">Names of the other kind of variable, to tell a mix-up from a misspelling.</param>
    internal sealed record Kind(string Noun, UInt128 Last, Func<string, (UInt128 First, UInt128 Last)> ParseLiteral, IReadOnlyCollection<string> OtherVariables);

    /// <summary>Brackets and variables inside each other; deeper is a mistake, and the parser recurses.</summary>
    private const int MaxDepth = 32;

    private static readonly SearchValues<char> EndOfItem = SearchValues.Create(",]");

    private readonly Dictionary<string, List<(UInt128 First, UInt128 Last)>> _resolved = new(StringComparer.Ordinal);
    private readonly List<string> _open = [];

    /// <summary>The set a text stands for, sorted and disjoint. Throws <see cref="RuleException"/> with the offset in the text.</summary>
    public (UInt128 First, UInt128 Last)[] Compile(string text)
    {
        List<(UInt128 First, UInt128 Last)> set = CompileText(text);
        if (set.Count > 0) return [.. set];
        throw new RuleException($"cannot use {kind.Noun} \"{Shown(text)}\": it leaves no {kind.Noun} at all{(text.Contains('!') ? "; what it excludes covers what it names" : "")}");
    }

    /// <summary>A text may be a bare list as variables are written: <c>10.0.0.0/8, 192.168.0.0/16</c>.</summary>
    private List<(UInt128 First, UInt128 Last)> CompileText(string text)
    {
        int at = 0;
        List<(UInt128 First, UInt128 Last)> set = ParseList(text, ref at, 0);
        if (at < text.Length) throw new RuleException($"cannot read {kind.Noun} \"{Shown(text)}\": \"]\" without \"[\"", at);
        return set;
    }

    /// <summary>Reads items up to the end of the text or the closing bracket, which stays unread.</summary>
    private List<(UInt128 First, UInt128 Last)> ParseList(string text, ref int at, int depth)
    {
        if (depth + _open.Count > MaxDepth) throw new RuleException($"cannot read {kind.Noun} \"{Shown(text)}\": brackets and variables are more than {MaxDepth} deep", at);
        List<(UInt128 First, UInt128 Last)> named = [], excluded = [];
        bool namesAny = false;
        while (true)
        {
            bool negated = SkipNegations(text, ref at);
            List<(UInt128 First, UInt128 Last)> item = ParseItem(text, ref at, depth);
            (negated ? excluded : named).AddRange(item);
            namesAny |= !negated;
            SkipBlanks(text, ref at);
            if (at == text.Length || text[at] == ']') break;
            at++;
        }

        List<(UInt128 First, UInt128 Last)> all = namesAny ? Ranges.Union(named) : [(0, kind.Last)];
        return excluded.Count == 0 ? all : Ranges.Subtract(all, Ranges.Union(excluded));
    }

    private List<(UInt128 First, UInt128 Last)> ParseItem(string text, ref int at, int depth)
    {
        int start = at;
        if (at < text.Length && text[at] == '[')
        {
            at++;
            List<(UInt128 First, UInt128 Last)> inner = ParseList(text, ref at, depth + 1);
            if (at == text.Length) throw new RuleException($"cannot read {kind.Noun} \"{Shown(text)}\": a \"[\" is never closed", start);
            at++;
            ExpectSeparator(text, at);
            return inner;
        }

        int length = text.AsSpan(at).IndexOfAny(EndOfItem);
        int end = length < 0 ? text.Length : at + length;
        string word = text[at..end].Trim();
        at = end;
        if (word.Length == 0) throw new RuleException($"cannot read {kind.Noun} \"{Shown(text)}\": nothing stands where {Article(kind.Noun)} should be", start);
        return Understand(word, start);
    }

    private List<(UInt128 First, UInt128 Last)> Understand(string word, int at)
    {
        try
        {
            if (word[0] == '$') return Resolve(word[1..]);
            return word.Equals("any", StringComparison.OrdinalIgnoreCase) ? [(0, kind.Last)] : [kind.ParseLiteral(word)];
        }
        catch (RuleException exception)
        {
            throw new RuleException(exception.Message, at);
        }
    }

    private List<(UInt128 First, UInt128 Last)> Resolve(string name)
    {
        if (_resolved.TryGetValue(name, out List<(UInt128 First, UInt128 Last)>? known)) return known;
        if (!variables.TryGetValue(name, out string? text)) throw new RuleException(Unknown(name));
        if (_open.Contains(name)) throw new RuleException($"cannot resolve ${name}: it refers to itself ({string.Join(" -> ", _open.Append(name).Select(one => "$" + one))})");
        _open.Add(name);
        try
        {
            List<(UInt128 First, UInt128 Last)> set = CompileText(text);
            _resolved[name] = set;
            return set;
        }
        catch (RuleException exception) when (!exception.Message.Contains('$'))
        {
            throw new RuleException($"{exception.Message} (in the definition of ${name})");
        }
        finally
        {
            _open.RemoveAt(_open.Count - 1);
        }
    }

    private string Unknown(string name)
    {
        if (kind.OtherVariables.Contains(name)) return $"cannot resolve ${name}: it is not {Article(kind.Noun)} variable but one of the other kind; addresses and ports changed places?";
        string? nearest = DidYouMean.Nearest(name, variables.Keys);
        return $"cannot resolve ${name}: no {kind.Noun} variable has that name{(nearest is null ? "" : $" (did you mean ${nearest}?)")}";
    }

    private void ExpectSeparator(string text, int at)
    {
        SkipBlanks(text, ref at);
        if (at < text.Length && text[at] is not (',' or ']')) throw new RuleException($"cannot read {kind.Noun} \"{Shown(text)}\": expected \",\" or \"]\", found \"{text[at]}\"", at);
    }

    private static bool SkipNegations(string text, ref int at)
    {
        bool negated = false;
        for (; at < text.Length && (text[at] == '!' || RuleParser.IsBlank(text[at])); at++) negated ^= text[at] == '!';
        return negated;
    }

    private static void SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && RuleParser.IsBlank(text[at])) at++;
    }

    private static string Article(string noun) => noun == "address" ? "an address" : $"a {noun}";

    private static string Shown(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
