using System.Text;

namespace Sensor.Alerts.Explanations;

/// <summary>The names that go into an advice. Some come from the wire, so they are cut, and never read as places themselves.</summary>
public sealed record AdviceNames(string Device, string Remote, string Site, string File, string Rule);

/// <summary>Puts names into the places of a text, in one pass.</summary>
public static class AdviceText
{
    /// <summary>Characters of one name at most: a sentence must stay readable whatever an attacker calls a file.</summary>
    public const int MaximumNameLength = 120;

    public static LocalizedText Fill(LocalizedText text, AdviceNames names) => new(
        Fill(text.Japanese, names, names.File.Length == 0 ? "ファイル" : $"ファイル「{Clean(names.File)}」"),
        Fill(text.English, names, names.File.Length == 0 ? "a file" : $"the file \"{Clean(names.File)}\""));

    private static string Fill(string text, AdviceNames names, string file)
    {
        var filled = new StringBuilder(text.Length + 64);
        int at = 0;
        while (at < text.Length)
        {
            int open = text.IndexOf('{', at);
            int close = open < 0 ? -1 : text.IndexOf('}', open);
            if (close < 0) break;
            filled.Append(text, at, open - at).Append(text[(open + 1)..close] switch
            {
                "device" => Clean(names.Device),
                "remote" => Clean(names.Remote),
                "site" => Clean(names.Site),
                "file" => file,
                "rule" => Clean(names.Rule),
                string unknown => throw new InvalidOperationException($"cannot fill an explanation: no name for {{{unknown}}}"),
            });
            at = close + 1;
        }

        return filled.Append(text, at, text.Length - at).ToString();
    }

    // Control and direction-changing characters would let a name rewrite the sentence around it.
    private static string Clean(string name)
    {
        if (name.Length > MaximumNameLength) name = string.Concat(name.AsSpan(0, MaximumNameLength), "…");
        return string.Concat(name.Where(one => !char.IsControl(one) && char.GetUnicodeCategory(one) != System.Globalization.UnicodeCategory.Format));
    }
}
