using System.Text;

namespace Sensor.Detection.RuleLanguage;

/// <summary>
/// Cuts rule files into rules: skips blank lines and comments (a disabled rule is a comment), joins lines that end in
/// a backslash, takes LF and CRLF, drops a byte order mark, keeps every other byte.
/// What cannot be read is told as an error and the rest still loads.
/// </summary>
public static class RuleFileReader
{
    /// <summary>Longest rule, in bytes. Published rules reach 10 kB (address lists); longer is a broken file, refused by line.</summary>
    public const int MaxRuleBytes = 256 * 1024;

    /// <summary>Largest rule file, in bytes; 25 000 rules take 15 MB.</summary>
    public const long MaxFileBytes = 512L * 1024 * 1024;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>Reads one file; a file that cannot be read becomes one entry of <paramref name="problems"/>.</summary>
    public static IReadOnlyList<RuleLine> ReadFile(string path, ICollection<RuleError> problems)
    {
        try
        {
            long length = new FileInfo(path).Length;
            if (length > MaxFileBytes)
            {
                problems.Add(FileError(path, $"cannot read rules: the file has {length} bytes, more than {MaxFileBytes}; split it"));
                return [];
            }

            return Read(path, File.ReadAllBytes(path), problems);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            problems.Add(FileError(path, $"cannot read rules: {exception.Message}"));
            return [];
        }
    }

    /// <summary>Rule files under the paths given: a file is itself, a folder is all its <c>*.rules</c> in order of name, <c>*</c> and <c>?</c> in the last part are looked up.</summary>
    public static IReadOnlyList<string> FindFiles(IEnumerable<string> paths, ICollection<RuleError> problems)
    {
        List<string> files = [];
        foreach (string path in paths)
        {
            string[] found = FilesAt(path);
            if (found.Length == 0) problems.Add(FileError(path, "cannot read rules: no such file, and no folder with *.rules files"));
            files.AddRange(found);
        }

        return files;
    }

    /// <summary>Cuts a file's bytes into rules.</summary>
    public static IReadOnlyList<RuleLine> Read(string file, ReadOnlySpan<byte> content, ICollection<RuleError> problems)
    {
        LineCutter lines = new(content.StartsWith(ByteOrderMark) ? content[ByteOrderMark.Length..] : content);
        List<RuleLine> rules = [];
        while (lines.TryNext(out ReadOnlySpan<byte> line))
        {
            if (IsBlankOrComment(line)) continue;
            int first = lines.Number;
            IReadOnlyList<int> continuations = [];
            string text = EndsInBackslash(line) ? Join(line, ref lines, out continuations) : RuleBytes.ToRuleString(line);
            if (text.Length > MaxRuleBytes)
            {
                problems.Add(new RuleError(file, first, 1, 0, "", $"cannot load rule: it has {text.Length} bytes, more than {MaxRuleBytes}; split its lists"));
            }
            else if (!string.IsNullOrWhiteSpace(text))
            {
                rules.Add(new RuleLine(file, first, text, continuations));
            }
        }

        return rules;
    }

    private static string Join(scoped ReadOnlySpan<byte> line, ref LineCutter lines, out IReadOnlyList<int> continuations)
    {
        List<int> starts = [];
        StringBuilder text = new();
        while (EndsInBackslash(line))
        {
            text.Append(RuleBytes.ToRuleString(line.TrimEnd(" \t"u8)[..^1]));
            starts.Add(text.Length);
            if (!lines.TryNext(out ReadOnlySpan<byte> next)) break;
            line = next;
            if (!EndsInBackslash(line)) text.Append(RuleBytes.ToRuleString(line));
        }

        continuations = starts;
        return text.ToString();
    }

    private static bool IsBlankOrComment(ReadOnlySpan<byte> line)
    {
        line = line.TrimStart(" \t"u8);
        return line.IsEmpty || line[0] == '#';
    }

    private static bool EndsInBackslash(ReadOnlySpan<byte> line) => line.TrimEnd(" \t"u8).EndsWith("\\"u8);

    private static string[] FilesAt(string path)
    {
        string pattern = Path.GetFileName(path);
        if (File.Exists(path)) return [path];
        string folder = Directory.Exists(path) ? path : Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        if (Directory.Exists(path)) pattern = "*.rules";
        else if (!pattern.AsSpan().ContainsAny('*', '?') || !Directory.Exists(folder)) return [];
        string[] files = Directory.GetFiles(folder, pattern);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    /// <summary>Hands out lines without their end and counts them.</summary>
    private ref struct LineCutter(ReadOnlySpan<byte> content)
    {
        private ReadOnlySpan<byte> _rest = content;

        public int Number { get; private set; }

        public bool TryNext(out ReadOnlySpan<byte> line)
        {
            line = default;
            if (_rest.IsEmpty) return false;
            int end = _rest.IndexOf((byte)'\n');
            line = (end < 0 ? _rest : _rest[..end]).TrimEnd((byte)'\r');
            _rest = end < 0 ? [] : _rest[(end + 1)..];
            Number++;
            return true;
        }
    }

    private static RuleError FileError(string path, string reason) => new(path, 0, 0, 0, "", reason);
}
