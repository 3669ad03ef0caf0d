using Sensor.Detection.Compile;
using Sensor.Detection.Inspect;
using Sensor.Detection.Patterns;
using Sensor.Detection.RuleLanguage;
using Sensor.Files;

namespace Sensor.Detection.Keywords.Files;

/// <summary>Keywords on files that transactions carry (user guide, "File Keywords"); all of a rule must hold for one file.</summary>
internal static class FileKeywords
{
    public static IReadOnlyList<Keyword> Keywords { get; } =
    [
        new("filename", ValueUse.Required, "part of the file's name: filename:\"invoice\";", (rule, value) => Add(rule, Text("filename", value, static file => file.Name, isWhole: false))),
        new("fileext", ValueUse.Required, "what follows the name's last dot: fileext:\"exe\";", (rule, value) => Add(rule, Text("fileext", value, static file => file.Extension, isWhole: true))),
        new("filemagic", ValueUse.Required, "part of the file's type: filemagic:\"PE32\";", (rule, value) => Add(rule, Text("filemagic", value, static file => file.Type, isWhole: false))),
        new("filesize", ValueUse.Required, "the file's size: filesize:>100KB;", (rule, value) =>
        {
            NumberRange range = NumberRange.Parse("filesize", WithoutSide(value), long.MaxValue);
            Add(rule, file => range.Contains((ulong)file.Size) && (file.State != FileState.Open || range.Last == long.MaxValue));
        }),
        new("filestore", ValueUse.Optional, "asks to keep the file; this sensor keeps none, its record names the rule: filestore;", (rule, _) => rule.Effects.Add(new Store(() => rule.Sid))),
        Digest("filemd5", 16, static file => file.Md5),
        Digest("filesha1", 20, static file => file.Sha1),
        Digest("filesha256", 32, static file => file.Sha256),
    ];

    /// <summary>A rule on both sides of a transaction looks at files when the answer is there, which is the side it may name.</summary>
    private static string WithoutSide(string value) =>
        value.Trim().StartsWith("to_client,", StringComparison.Ordinal) ? value.Trim()[10..] : value;

    private delegate ReadOnlySpan<byte> FileBytes(TrackedFile file);

    private static void Add(RuleBuilder rule, FileQuestion question) => rule.FileQuestions.Add(question);

    /// <summary>Text is compared without regard to case, as the reference engine does.</summary>
    private static FileQuestion Text(string keyword, string value, FileBytes read, bool isWhole)
    {
        QuotedValue quoted = QuotedValue.Parse(value);
        byte[] bytes = ContentPattern.ToBytes(quoted.Text);
        if (bytes.Length == 0) throw new RuleException($"cannot read {keyword} \"{value}\": it is empty");
        var search = new LiteralSearch(bytes, ignoreCase: true);
        bool negated = quoted.Negated;
        return file =>
        {
            ReadOnlySpan<byte> text = read(file);
            if (text.IsEmpty) return false;
            bool found = isWhole ? text.Length == bytes.Length && search.IsAtStartOf(text) : search.Find(text) >= 0;
            return found != negated;
        };
    }

    /// <summary>Notes on the transaction's files which rule asked for them.</summary>
    private sealed class Store(Func<long> sid) : MatchEffect
    {
        public override void Apply(InspectContext context)
        {
            if (context.Transaction is not { } transaction || TransactionFiles.Of(transaction) is not { } files) return;
            for (int at = 0; at < files.Count; at++)
            {
                if (files[at].Direction == context.Direction) files[at].AddSid(sid());
            }
        }
    }

    private static Keyword Digest(string name, int length, FileBytes read) =>
        new(name, ValueUse.Required, $"the file's digest is in a list: {name}:list.txt;", (rule, value) =>
        {
            QuotedValue quoted = QuotedValue.Parse(value);
            string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(rule.Text.File)) ?? ".", quoted.Text.Trim());
            DigestList list = rule.Environment.Digests.Read(name, path, length);
            bool negated = quoted.Negated;
            Add(rule, file => read(file) is { IsEmpty: false } digest && list.Contains(digest) != negated);
            rule.AskedHashes |= length switch { 16 => FileHashes.Md5, 20 => FileHashes.Sha1, _ => FileHashes.Sha256 };
        });
}
