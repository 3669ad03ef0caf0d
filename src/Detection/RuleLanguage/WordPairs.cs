using System.Globalization;

namespace Sensor.Detection.RuleLanguage;

/// <summary>A list of <c>name value</c> pairs separated by commas, in any order; commas inside [ ] belong to the value.</summary>
internal sealed class WordPairs
{
    private readonly string _keyword;
    private readonly int _start;
    private readonly Dictionary<string, (string Value, int NameOffset, int ValueOffset)> _pairs = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _asked = [];

    private WordPairs(string keyword, int start)
    {
        _keyword = keyword;
        _start = start;
    }

    /// <summary>Reads the list that begins at <paramref name="start"/>.</summary>
    public static WordPairs Parse(string keyword, string text, int start)
    {
        WordPairs pairs = new(keyword, start);
        int at = start, depth = 0;
        for (int end = start; end <= text.Length; end++)
        {
            if (end < text.Length && text[end] == '[') depth++;
            if (end < text.Length && text[end] == ']') depth--;
            if (end < text.Length && (text[end] != ',' || depth > 0)) continue;
            pairs.Add(text, at, end);
            at = end + 1;
        }

        return pairs;
    }

    public bool Has(string name) => _pairs.ContainsKey(name);

    /// <summary>The value of a pair that must be there, and its offset.</summary>
    public (string Value, int Offset) Take(string name)
    {
        _asked.Add(name);
        if (!_pairs.Remove(name, out (string Value, int NameOffset, int ValueOffset) pair))
        {
            throw new RuleException($"cannot read {_keyword}: \"{name}\" is missing{Leftover(name)}", _start);
        }

        return (pair.Value, pair.ValueOffset);
    }

    public int TakeNumber(string name, int least)
    {
        (string value, int offset) = Take(name);
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least) return number;
        throw new RuleException($"cannot read {_keyword}: {name} \"{value}\" must be a number from {least} to {int.MaxValue}", offset);
    }

    public T Take<T>(string name, (string Word, T Meaning)[] words)
    {
        (string value, int offset) = Take(name);
        foreach ((string word, T meaning) in words)
        {
            if (word.Equals(value, StringComparison.OrdinalIgnoreCase)) return meaning;
        }

        throw new RuleException($"cannot read {_keyword}: {name} \"{value}\" is unknown; write {string.Join(", ", words.Select(word => word.Word))}", offset);
    }

    public void ExpectNoMore()
    {
        foreach ((string name, (string _, int offset, int _)) in _pairs)
        {
            throw new RuleException($"cannot read {_keyword}: \"{name}\" does not belong here{DidYouMean.Hint(name, _asked)}", offset);
        }
    }

    private string Leftover(string name) => DidYouMean.Nearest(name, _pairs.Keys) is { } near ? $" (\"{near}\" is not a word of it)" : "";

    private void Add(string text, int from, int end)
    {
        while (from < end && RuleParser.IsBlank(text[from])) from++;
        string pair = text[from..end].TrimEnd();
        int blank = pair.AsSpan().IndexOfAny(' ', '\t');
        if (blank < 0)
        {
            string found = pair.Length == 0 ? "nothing stands between two commas or at the end" : $"\"{pair}\" has no value";
            throw new RuleException($"cannot read {_keyword}: {found}; write name value, name value", from);
        }

        string name = pair[..blank], value = pair[blank..].TrimStart();
        if (!_pairs.TryAdd(name, (value, from, from + pair.Length - value.Length))) throw new RuleException($"cannot read {_keyword}: \"{name}\" is given twice", from);
    }
}
