using System.Globalization;
using System.Text;
using Sensor.Detection;
using Sensor.Primitives;

namespace Sensor.Reputation;

/// <summary>What a list's entries are.</summary>
public enum ReputationKind : byte { Address, Host, Url, Ja3, Ja4, Hash }

/// <summary>A line of a list that could not be used: the rest of the list still loads.</summary>
public sealed record ReputationError(string File, int Line, string Reason)
{
    public override string ToString() => $"{File}:{Line}: {Reason}";
}

/// <summary>
/// One blacklist as read from a text file: <c># key: value</c> lines name list, kind, category, threat class,
/// severity and sid; every other line is an entry, with <c>#</c> starting a remark.
/// </summary>
public sealed record ReputationList
{
    /// <summary>Most entries one list may have; later ones are reported, not loaded. Keeps a runaway feed from filling the memory.</summary>
    public const int MaximumEntries = 4_000_000;

    public required string Name { get; init; }
    public required ReputationKind Kind { get; init; }
    public required string Category { get; init; }
    public required string ThreatClass { get; init; }
    public required string Severity { get; init; }
    public required int Sid { get; init; }
    public required IReadOnlyList<string> Entries { get; init; }

    public static ReputationList Read(string file, ICollection<ReputationError> errors)
    {
        using var reader = new StreamReader(file, Encoding.UTF8);
        return Read(Path.GetFileName(file), reader, errors);
    }

    /// <exception cref="FormatException">The header lacks what every list must say.</exception>
    public static ReputationList Read(string file, TextReader reader, ICollection<ReputationError> errors)
    {
        var header = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var entries = new List<string>();
        int line = 0;
        while (reader.ReadLine() is { } text)
        {
            line++;
            ReadOnlySpan<char> rest = text.AsSpan().Trim();
            if (rest.IsEmpty) continue;
            if (rest[0] == '#')
            {
                int colon = rest.IndexOf(':');
                if (colon > 0 && entries.Count == 0) header.TryAdd(rest[1..colon].Trim().ToString(), rest[(colon + 1)..].Trim().ToString());
                continue;
            }

            int remark = rest.IndexOf(" #", StringComparison.Ordinal);
            if (remark >= 0) rest = rest[..remark].TrimEnd();
            if (entries.Count >= MaximumEntries)
            {
                errors.Add(new ReputationError(file, line, $"more than {MaximumEntries} entries; this and all further lines were left out"));
                break;
            }

            entries.Add(rest.ToString());
        }

        string kind = Required("kind");
        if (!Enum.TryParse(kind, ignoreCase: true, out ReputationKind parsedKind))
            throw new FormatException($"{file}: kind \"{kind}\" is unknown; write one of address, host, url, ja3, ja4, hash");
        string sid = Required("sid");
        if (!int.TryParse(sid, CultureInfo.InvariantCulture, out int parsedSid))
            throw new FormatException($"{file}: sid \"{sid}\" is not a number");

        return new ReputationList
        {
            Name = Required("list"),
            Kind = parsedKind,
            Category = Required("category"),
            ThreatClass = Required("threat-class"),
            Severity = header.GetValueOrDefault("severity", "high"),
            Sid = parsedSid,
            Entries = entries,
        };

        string Required(string key) => header.TryGetValue(key, out string? value)
            ? value
            : throw new FormatException($"{file}: the header lacks \"# {key}: ...\"; a list must say list, kind, category, threat-class and sid");
    }

    internal ReputationEntry Describe(int index) => new(Name, Category, Entries[index], Kind.ToString().ToLowerInvariant(), ThreatClass, Sid, Severity);

    /// <summary>An address or network as written in lists, prefix length in the 128-bit form.</summary>
    internal static bool TryParseNetwork(string text, out IpAddress network, out int prefixLength)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        prefixLength = 128;
        if (!IpAddress.TryParse(slash < 0 ? text : text[..slash], out network)) return false;
        if (slash < 0) return true;
        if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length)) return false;
        bool writtenAsIpv4 = text.IndexOf(':', StringComparison.Ordinal) < 0;
        prefixLength = writtenAsIpv4 ? length + 96 : length;
        return length <= (writtenAsIpv4 ? 32 : 128);
    }
}
