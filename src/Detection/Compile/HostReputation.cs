using System.Globalization;
using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;

namespace Sensor.Detection.Compile;

/// <summary>
/// Scores of addresses by category (user guide, "IP Reputation Format"): categories <c>1,BadHosts,Known bad hosts</c>,
/// scores <c>192.0.2.1,1,80</c> or a network. Immutable after loading; the longest network decides.
/// </summary>
internal sealed class HostReputation
{
    /// <summary>Largest score, and largest category number.</summary>
    private const int MaximumScore = 127, MaximumCategory = 59;

    private readonly Dictionary<string, int> _categories = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<(IpAddress Network, int Length, int Category), byte> _scores = [];
    private readonly SortedSet<int> _lengths = new(Comparer<int>.Create((left, right) => right.CompareTo(left)));

    public static HostReputation Load(string categoryFile, IReadOnlyList<string> scoreFiles, ICollection<RuleError> problems)
    {
        HostReputation reputation = new();
        if (categoryFile.Length == 0) return reputation;
        Each(categoryFile, problems, reputation.AddCategory);
        foreach (string file in scoreFiles) Each(file, problems, reputation.AddScore);
        return reputation;
    }

    /// <summary>Number of a category, or null.</summary>
    public int? Category(string name) => _categories.TryGetValue(name, out int number) ? number : null;

    public bool TryFind(IpAddress address, int category, out byte score)
    {
        foreach (int length in _lengths)
        {
            if (_scores.TryGetValue((address.Prefix(length), length, category), out score)) return true;
        }

        score = 0;
        return false;
    }

    private bool AddCategory(string[] parts) =>
        parts.Length >= 2 && TryNumber(parts[0], MaximumCategory, out int number) && _categories.TryAdd(parts[1], number);

    private bool AddScore(string[] parts)
    {
        if (parts.Length < 3 || !TryNumber(parts[1], MaximumCategory, out int category) || !TryNumber(parts[2], MaximumScore, out int score)) return false;
        int slash = parts[0].IndexOf('/', StringComparison.Ordinal);
        if (!IpAddress.TryParse(slash < 0 ? parts[0] : parts[0][..slash], out IpAddress address)) return false;
        int length = 128;
        if (slash >= 0 && !TryNumber(parts[0][(slash + 1)..], address.IsIpv4 ? 32 : 128, out length)) return false;
        if (slash >= 0 && address.IsIpv4) length += 96;
        _lengths.Add(length);
        _scores[(address.Prefix(length), length, category)] = (byte)score;
        return true;
    }

    private static bool TryNumber(string text, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most;

    private static void Each(string file, ICollection<RuleError> problems, Func<string[], bool> add)
    {
        foreach (RuleLine line in RuleFileReader.ReadFile(file, problems))
        {
            if (!add(line.Text.Split(',', StringSplitOptions.TrimEntries))) problems.Add(new RuleError(file, line.Line, 1, 0, "iprep", $"cannot read \"{line.Text}\": write number,name,description in the categories and address,category,score in the lists"));
        }
    }
}
