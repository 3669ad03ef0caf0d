using System.Globalization;
using System.Text;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;

namespace Sensor.Detection.Compile;

/// <summary>
/// The datasets of one rule set, by name. Files are read as the user guide ("Datasets") describes them: a line per
/// entry; strings in base64, digests in hex, addresses as text; after a comma a reputation from 0 to 65535.
/// </summary>
internal sealed class DatasetLoader
{
    private readonly Dictionary<string, Dataset> _sets = new(StringComparer.Ordinal);

    /// <summary>The set of that name; made, and read from <paramref name="path"/> where one is given, the first time it is named.</summary>
    public Dataset Get(string name, DatasetKind kind, string? path)
    {
        if (_sets.TryGetValue(name, out Dataset? known))
        {
            if (known.Kind != kind) throw new RuleException($"cannot use dataset {name} as {kind.ToString().ToLowerInvariant()}: another rule uses it as {known.Kind.ToString().ToLowerInvariant()}");
            return known;
        }

        Dataset set = new(name, kind);
        if (path is not null) Read(set, path);
        return _sets[name] = set;
    }

    private static void Read(Dataset set, string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path, Encoding.Latin1);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RuleException($"cannot read dataset {set.Name}: {exception.Message}");
        }

        for (int number = 0; number < lines.Length; number++)
        {
            string line = lines[number].Trim();
            if (line.Length == 0) continue;
            int comma = line.IndexOf(',', StringComparison.Ordinal);
            string entry = comma < 0 ? line : line[..comma].Trim();
            ushort reputation = 0;
            if (comma >= 0 && !ushort.TryParse(line[(comma + 1)..].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out reputation)) throw Problem(set, path, number, "the reputation must be 0 to 65535");
            if (Parse(set.Kind, entry) is not { } bytes) throw Problem(set, path, number, $"\"{entry}\" is no entry of type {set.Kind.ToString().ToLowerInvariant()}");
            set.Add(bytes, reputation);
        }
    }

    private static RuleException Problem(Dataset set, string path, int line, string reason) => new($"cannot read dataset {set.Name}: {path}:{line + 1}: {reason}");

    private static byte[]? Parse(DatasetKind kind, string entry)
    {
        switch (kind)
        {
            case DatasetKind.String:
                byte[] decoded = new byte[entry.Length];
                return Convert.TryFromBase64String(entry, decoded, out int length) ? decoded[..length] : null;
            case DatasetKind.Md5 or DatasetKind.Sha256:
                return entry.Length == (kind == DatasetKind.Md5 ? 32 : 64) && entry.All(char.IsAsciiHexDigit) ? Convert.FromHexString(entry) : null;
            default:
                if (!IpAddress.TryParse(entry, out IpAddress address) || (kind == DatasetKind.Ipv4 && !address.IsIpv4)) return null;
                return Key(address);
        }
    }

    /// <summary>Addresses of either family have one form: 16 bytes.</summary>
    public static byte[] Key(IpAddress address)
    {
        byte[] bytes = new byte[16];
        address.WriteIpv6(bytes);
        return bytes;
    }
}
