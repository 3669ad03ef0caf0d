using System.Buffers;

namespace Sensor.Detection.RuleLanguage;

/// <summary>
/// Words that come back in every rule are kept once per thread: a rule set of 25 000 rules names the same 200
/// keywords half a million times.
/// </summary>
internal static class RuleWords
{
    /// <summary>Words remembered; when full, further words are plain new strings.</summary>
    private const int MaxWords = 8192;

    /// <summary>Longest word worth sharing, in characters.</summary>
    private const int MaxLength = 40;

    /// <summary>What the name of an option is made of (keywords, sticky buffers such as <c>http.uri.raw</c>).</summary>
    public static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    private static readonly SearchValues<char> UpperCase = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    [ThreadStatic]
    private static Dictionary<string, string>? s_words;

    /// <summary>The word in lower case.</summary>
    public static string Share(ReadOnlySpan<char> word) =>
        word.ContainsAny(UpperCase) ? ShareExact(word.ToString().ToLowerInvariant()) : ShareExact(word);

    /// <summary>The word as it is.</summary>
    public static string ShareExact(ReadOnlySpan<char> word)
    {
        if (word.Length > MaxLength) return word.ToString();
        s_words ??= new Dictionary<string, string>(StringComparer.Ordinal);
        Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> lookup = s_words.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(word, out string? known)) return known;
        string fresh = word.ToString();
        if (s_words.Count < MaxWords) s_words.Add(fresh, fresh);
        return fresh;
    }
}
