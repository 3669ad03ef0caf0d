using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Sensor.Portal.Pages;

/// <summary>
/// HTML that is safe to send. It is made only from literals of this project and from values that are encoded on the way
/// in, so an alert about hostile input cannot become script on the analyst's screen.
/// </summary>
internal readonly struct Markup
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly string? _html;

    private Markup(string html) => _html = html;

    /// <summary>Literal parts are taken as they are; every hole is encoded unless it is markup itself.</summary>
    public static Markup Of(ref MarkupHandler html) => new(html.ToString());

    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(part => part._html)));

    public override string ToString() => _html ?? "";

    internal static string Encode(string text) => Encoder.Encode(Visible(text));

    /// <summary>
    /// Direction marks could make "gpj.exe" read "exe.jpg", and control characters hide text: they are shown as a box.
    /// </summary>
    private static string Visible(string text)
    {
        if (!text.AsSpan().ContainsAny(Hidden)) return text;
        StringBuilder visible = new(text);
        for (int index = 0; index < visible.Length; index++)
        {
            if (Hidden.Contains(visible[index])) visible[index] = '\u25A1';
        }

        return visible.ToString();
    }

    private static readonly System.Buffers.SearchValues<char> Hidden = System.Buffers.SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Concat(Enumerable.Range(0x200B, 5)).Concat(Enumerable.Range(0x202A, 5))
            .Concat(Enumerable.Range(0x2060, 16)).Append(0xFEFF).Select(code => (char)code).Except("\t\n\r")]);
}

/// <summary>Collects an interpolated string as markup.</summary>
[InterpolatedStringHandler]
internal readonly ref struct MarkupHandler(int literalLength, int formattedCount)
{
    private readonly StringBuilder _html = new(literalLength + (formattedCount * 16));

    public void AppendLiteral(string literal) => _html.Append(literal);

    public void AppendFormatted(Markup markup) => _html.Append(markup.ToString());

    public void AppendFormatted(IEnumerable<Markup> parts)
    {
        foreach (Markup part in parts) _html.Append(part.ToString());
    }

    public void AppendFormatted(string? text) => _html.Append(Markup.Encode(text ?? ""));

    public void AppendFormatted<T>(T value) where T : struct, IFormattable => AppendFormatted(value.ToString(null, CultureInfo.InvariantCulture));

    public void AppendFormatted<T>(T value, string format) where T : struct, IFormattable => AppendFormatted(value.ToString(format, CultureInfo.InvariantCulture));

    public override string ToString() => _html.ToString();
}
