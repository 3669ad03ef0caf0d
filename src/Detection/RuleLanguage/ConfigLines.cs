using System.Globalization;

namespace Sensor.Detection.RuleLanguage;

/// <summary>
/// classification.config: <c>config classification: short name,description,priority</c> (user guide, "Meta Keywords", classtype).
/// </summary>
public static class ClassificationConfig
{
    private const int HighestPriority = 255;

    /// <summary>Classes by short name. A wrong line becomes a problem and the others count; of two equal names the first counts.</summary>
    public static Dictionary<string, (string Description, int Priority)> ReadFile(string path, ICollection<RuleError> problems) =>
        Understand(RuleFileReader.ReadFile(path, problems), problems);

    public static Dictionary<string, (string Description, int Priority)> Read(string file, ReadOnlySpan<byte> content, ICollection<RuleError> problems) =>
        Understand(RuleFileReader.Read(file, content, problems), problems);

    private static Dictionary<string, (string Description, int Priority)> Understand(IReadOnlyList<RuleLine> lines, ICollection<RuleError> problems)
    {
        Dictionary<string, (string, int)> classes = new(StringComparer.Ordinal);
        ConfigLines.Each(lines, problems, "classification", (text, offset) =>
        {
            int first = text.IndexOf(','), last = text.LastIndexOf(',');
            if (first < 0 || first == last) throw new RuleException("cannot read classification: write config classification: name,description,priority", offset);
            string name = text[..first].Trim(), priority = text[(last + 1)..].Trim();
            if (name.Length == 0) throw new RuleException("cannot read classification: it has no name", offset);
            if (!int.TryParse(priority, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > HighestPriority)
            {
                throw new RuleException($"cannot read classification {name}: priority \"{priority}\" must be 1 (worst) to {HighestPriority}", offset + last + 1);
            }

            classes.TryAdd(name, (RuleBytes.ToText(text[(first + 1)..last].Trim()), number));
        });
        return classes;
    }
}

/// <summary>reference.config: <c>config reference: system prefix</c> (user guide, "Meta Keywords", reference).</summary>
public static class ReferenceConfig
{
    /// <summary>Prefixes by system, in lower case, compared without case. A wrong line becomes a problem and the others count.</summary>
    public static Dictionary<string, string> ReadFile(string path, ICollection<RuleError> problems) =>
        Understand(RuleFileReader.ReadFile(path, problems), problems);

    public static Dictionary<string, string> Read(string file, ReadOnlySpan<byte> content, ICollection<RuleError> problems) =>
        Understand(RuleFileReader.Read(file, content, problems), problems);

    private static Dictionary<string, string> Understand(IReadOnlyList<RuleLine> lines, ICollection<RuleError> problems)
    {
        Dictionary<string, string> prefixes = new(StringComparer.OrdinalIgnoreCase);
        ConfigLines.Each(lines, problems, "reference", (text, offset) =>
        {
            int blank = text.AsSpan().IndexOfAny(' ', '\t');
            if (blank < 0) throw new RuleException("cannot read reference: write config reference: system prefix, as in config reference: url http://", offset);
            prefixes.TryAdd(text[..blank].ToLowerInvariant(), RuleBytes.ToText(text[blank..].Trim()));
        });
        return prefixes;
    }
}

/// <summary>Lines <c>config WORD: …</c>, one thing each.</summary>
internal static class ConfigLines
{
    /// <summary>Hands what stands behind <c>config WORD:</c> and its offset to <paramref name="understand"/>; what that throws becomes a problem.</summary>
    public static void Each(IReadOnlyList<RuleLine> lines, ICollection<RuleError> problems, string word, Action<string, int> understand)
    {
        foreach (RuleLine line in lines)
        {
            try
            {
                int at = Skip(line.Text, 0, "config");
                at = Skip(line.Text, at, word);
                at = Skip(line.Text, at, ":");
                understand(line.Text[at..].TrimEnd(), at);
            }
            catch (RuleException exception)
            {
                problems.Add(ToError(line, exception, word));
            }
        }
    }

    /// <summary>The problem of a line, at its true line and column.</summary>
    public static RuleError ToError(in RuleLine line, RuleException exception, string keyword, long sid = 0)
    {
        (int number, int column) = line.Locate(exception.Offset + 1);
        return new RuleError(line.File, number, column, sid, keyword, exception.Message);
    }

    private static int Skip(string text, int at, string expected)
    {
        while (at < text.Length && RuleParser.IsBlank(text[at])) at++;
        if (!text.AsSpan(at).StartsWith(expected, StringComparison.OrdinalIgnoreCase)) throw new RuleException($"cannot read line: expected \"{expected}\"", at);
        at += expected.Length;
        while (at < text.Length && RuleParser.IsBlank(text[at])) at++;
        return at;
    }
}
