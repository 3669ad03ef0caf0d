namespace Sensor.Detection.RuleLanguage;

/// <summary>Finds the known word a mistyped one stands for: the nearest by edit distance, if it is near enough to be meant.</summary>
public static class DidYouMean
{
    /// <summary>Longest word compared; longer ones get no suggestion.</summary>
    private const int MaxLength = 64;

    /// <summary>The nearest known word, or null when none is within a third of the word's length (at least 1, at most 3 edits).</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        int allowed = Math.Clamp(word.Length / 3, 1, 3);
        string? best = null;
        int bestDistance = allowed + 1;
        foreach (string candidate in known)
        {
            int distance = Distance(word, candidate);
            if (distance >= bestDistance && !(distance == bestDistance && best is not null && string.CompareOrdinal(candidate, best) < 0)) continue;
            best = candidate;
            bestDistance = distance;
        }

        return best;
    }

    /// <summary><c> (did you mean "…"?)</c>, or nothing when no word is near.</summary>
    public static string Hint(string word, IEnumerable<string> known) =>
        Nearest(word, known) is { } nearest ? $" (did you mean \"{nearest}\"?)" : "";

    /// <summary>Edits (insert, delete, replace, swap neighbours) between two words, letters compared without case.</summary>
    public static int Distance(string left, string right)
    {
        if (left.Length > MaxLength || right.Length > MaxLength) return string.Equals(left, right, StringComparison.OrdinalIgnoreCase) ? 0 : MaxLength;
        Span<int> before = stackalloc int[MaxLength + 1], previous = stackalloc int[MaxLength + 1], current = stackalloc int[MaxLength + 1];
        for (int column = 0; column <= right.Length; column++) previous[column] = column;
        for (int row = 1; row <= left.Length; row++)
        {
            current[0] = row;
            for (int column = 1; column <= right.Length; column++)
            {
                bool same = Same(left[row - 1], right[column - 1]);
                int edits = Math.Min(previous[column - 1] + (same ? 0 : 1), Math.Min(previous[column], current[column - 1]) + 1);
                bool swapped = row > 1 && column > 1 && Same(left[row - 1], right[column - 2]) && Same(left[row - 2], right[column - 1]);
                current[column] = swapped ? Math.Min(edits, before[column - 2] + 1) : edits;
            }

            Span<int> oldest = before;
            before = previous;
            previous = current;
            current = oldest;
        }

        return previous[right.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
