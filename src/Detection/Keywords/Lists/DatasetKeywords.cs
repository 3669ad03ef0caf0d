using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.RuleLanguage;
using Sensor.Primitives;

namespace Sensor.Detection.Keywords.Lists;

/// <summary><c>dataset</c> and <c>datarep</c>: is the buffer in a named set (user guide, "Datasets").</summary>
internal static class DatasetKeywords
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("dataset", ValueUse.Required, "is the buffer in a set, or put it there: dataset:isset,bad-hosts,type string,load bad-hosts.lst;", ParseSet),
        new("datarep", ValueUse.Required, "the buffer's reputation in a set: datarep:bad-hosts,>,200,load bad-hosts.rep,type string;", ParseReputation),
    ];

    private static void ParseSet(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2) throw new RuleException($"cannot read dataset \"{value}\": write dataset:isset,name,type string;");
        if (parts[0] is not ("isset" or "isnotset" or "set" or "unset")) throw new RuleException($"cannot read dataset: \"{parts[0]}\" is unknown; write isset, isnotset, set or unset");
        rule.Add(new Asked(Find(rule, "dataset", parts[1], parts.Skip(2)), parts[0]));
    }

    private static void ParseReputation(RuleBuilder rule, string value)
    {
        string[] parts = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 3 || parts[1] is not ("<" or ">" or "==")) throw new RuleException($"cannot read datarep \"{value}\": write datarep:name,>,200,load file,type string;");
        ushort number = (ushort)RuleNumber.Parse("datarep", parts[2], 0, ushort.MaxValue);
        rule.Add(new Compared(Find(rule, "datarep", parts[0], parts.Skip(3)), parts[1][0], number));
    }

    private static Dataset Find(RuleBuilder rule, string keyword, string name, IEnumerable<string> settings)
    {
        DatasetKind? kind = null;
        string? path = null;
        foreach (string setting in settings)
        {
            string[] words = setting.Split(' ', 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            string rest = words.Length == 2 ? words[1] : "";
            switch (words[0])
            {
                case "type":
                    kind = rest switch { "string" => DatasetKind.String, "md5" => DatasetKind.Md5, "sha256" => DatasetKind.Sha256, "ipv4" => DatasetKind.Ipv4, "ip" => DatasetKind.Ip, _ => throw new RuleException($"cannot read {keyword}: type \"{rest}\" is unknown; write string, md5, sha256, ipv4 or ip") };
                    break;
                case "load": path = Resolve(rule, rest); break;
                case "state": path = File.Exists(Resolve(rule, rest)) ? Resolve(rule, rest) : null; break;
                case "format" when rest == "csv": break;
                case "save" or "memcap" or "hashsize": break;
                default: throw new RuleException($"cannot read {keyword}: \"{setting}\" is not supported; write type, load, state, memcap or hashsize");
            }
        }

        return rule.Environment.Datasets.Get(name, kind ?? throw new RuleException($"cannot read {keyword}: the type is missing"), path);
    }

    /// <summary>Files of rules lie beside the rules.</summary>
    private static string Resolve(RuleBuilder rule, string path) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(rule.Text.File)) ?? ".", path);

    /// <summary>
    /// The buffer as the set's kind knows it: addresses of four bytes are widened into <paramref name="scratch"/>.
    /// Empty when the buffer cannot be an entry.
    /// </summary>
    private static ReadOnlySpan<byte> Key(DatasetKind kind, ReadOnlySpan<byte> data, Span<byte> scratch)
    {
        if (kind is not (DatasetKind.Ip or DatasetKind.Ipv4) || data.Length == scratch.Length) return data;
        if (data.Length != 4) return default;
        IpAddress.ReadIpv4(data).WriteIpv6(scratch);
        return scratch;
    }

    private sealed class Asked(Dataset set, string action) : PayloadTest
    {
        public override bool Matches(scoped ref ChainCursor cursor)
        {
            Span<byte> scratch = stackalloc byte[16];
            scoped ReadOnlySpan<byte> key = Key(set.Kind, cursor.Data, scratch);
            return action switch
            {
                "isset" => set.TryFind(key, out _),
                "isnotset" => !set.TryFind(key, out _),
                "set" => set.Add(key, 0),
                _ => set.Remove(key),
            };
        }
    }

    private sealed class Compared(Dataset set, char operation, ushort number) : PayloadTest
    {
        public override bool Matches(scoped ref ChainCursor cursor)
        {
            Span<byte> scratch = stackalloc byte[16];
            scoped ReadOnlySpan<byte> key = Key(set.Kind, cursor.Data, scratch);
            if (!set.TryFind(key, out ushort reputation)) return false;
            return operation switch { '<' => reputation < number, '>' => reputation > number, _ => reputation == number };
        }
    }
}
