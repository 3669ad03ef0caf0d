using System.Globalization;
using Sensor.Portal.Storage;

namespace Sensor.Portal.Pages;

/// <summary>What a page needs to know about its reader: language, time zone, the time, and where they are.</summary>
internal sealed record PageContext
{
    private const string LanguageKey = "lang", ZoneKey = "tz", LiveKey = "live";

    private static readonly TimeSpan Japan = TimeSpan.FromHours(9);

    public required bool Japanese { get; init; }

    /// <summary>Times in UTC instead of Japan's.</summary>
    public required bool Utc { get; init; }

    /// <summary>The page reloads itself.</summary>
    public required bool Live { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The page's own address without language and zone.</summary>
    public required string Path { get; init; }

    public required IReadOnlyDictionary<string, string> Query { get; init; }

    public string LanguageCode => Japanese ? "ja" : "en";

    /// <summary>Language and zone from the address, else from the cookie they were remembered in, else what the browser asks for.</summary>
    public static PageContext From(HttpContext http, TimeProvider time)
    {
        string language = Choice(http, LanguageKey, ["ja", "en"]) ?? (AsksForJapanese(http) ? "ja" : "en");
        string zone = Choice(http, ZoneKey, ["jst", "utc"]) ?? "jst";
        return new PageContext
        {
            Japanese = language == "ja",
            Utc = zone == "utc",
            Live = http.Request.Query[LiveKey] == "1",
            Now = time.GetUtcNow(),
            Path = http.Request.Path.Value ?? "/",
            Query = http.Request.Query.Where(pair => pair.Key is not (LanguageKey or ZoneKey)).ToDictionary(pair => pair.Key, pair => pair.Value.ToString()),
        };
    }

    public string Say(Word word) => Japanese ? word.Japanese : word.English;

    public string Say(Word word, params ReadOnlySpan<string> values) => string.Format(CultureInfo.InvariantCulture, Say(word), values.ToArray());

    public string Say(Wire.LocalizedText? text) => (Japanese ? text?.Ja : text?.En) ?? "";

    /// <summary>This page again with one part of the address changed.</summary>
    public string Here(string key, string value) => Link(Path, Query.Where(pair => pair.Key != key).Append(new(key, value)));

    public static string Link(string path, IEnumerable<KeyValuePair<string, string>> query)
    {
        string text = string.Join('&', query.Where(pair => pair.Value.Length > 0).Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        return text.Length == 0 ? path : path + "?" + text;
    }

    /// <summary>A moment in the reader's zone, with the other one at hand.</summary>
    public Markup Moment(long nanoseconds)
    {
        if (nanoseconds == 0) return Markup.Of($"–");
        DateTimeOffset utc = Clock.FromNs(nanoseconds);
        return Markup.Of($"""<time datetime="{Iso(utc)}" title="{(Utc ? Jst(utc) : Universal(utc))}">{(Utc ? Universal(utc) : Jst(utc))}</time>""");
    }

    /// <summary>The same for a row of a table, where year and zone would only widen the column.</summary>
    public Markup ShortMoment(long nanoseconds)
    {
        DateTimeOffset utc = Clock.FromNs(nanoseconds);
        DateTimeOffset shown = Utc ? utc : utc.ToOffset(Japan);
        string format = shown.Year == Now.ToOffset(shown.Offset).Year ? "MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm";
        return Markup.Of($"""<time datetime="{Iso(utc)}" title="{Jst(utc)} / {Universal(utc)}">{shown.ToString(format, CultureInfo.InvariantCulture)}</time>""");
    }

    /// <summary>A span in its largest sensible unit.</summary>
    public string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 90 } => Unit(span.TotalSeconds, "秒", "s"),
        { TotalMinutes: < 90 } => Unit(span.TotalMinutes, "分", "min"),
        { TotalHours: < 48 } => Unit(span.TotalHours, "時間", "h"),
        _ => Unit(span.TotalDays, "日", "d"),
    };

    private static string Iso(DateTimeOffset utc) => utc.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static string Jst(DateTimeOffset utc) => utc.ToOffset(Japan).ToString("yyyy-MM-dd HH:mm:ss 'JST'", CultureInfo.InvariantCulture);

    private static string Universal(DateTimeOffset utc) => utc.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private string Unit(double amount, string japanese, string english) =>
        $"{Math.Max(0, Math.Floor(amount)).ToString("0", CultureInfo.InvariantCulture)} {(Japanese ? japanese : english)}";

    private static string? Choice(HttpContext http, string key, string[] allowed)
    {
        string asked = http.Request.Query[key].ToString();
        if (allowed.Contains(asked))
        {
            http.Response.Cookies.Append(key, asked, new CookieOptions { SameSite = SameSiteMode.Lax, HttpOnly = true, MaxAge = TimeSpan.FromDays(365) });
            return asked;
        }

        string? remembered = http.Request.Cookies[key];
        return allowed.Contains(remembered) ? remembered : null;
    }

    /// <summary>The first of the two languages in Accept-Language wins.</summary>
    private static bool AsksForJapanese(HttpContext http)
    {
        foreach (var language in http.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(one => one.Quality ?? 1))
        {
            if (language.Value.StartsWith("ja", StringComparison.OrdinalIgnoreCase)) return true;
            if (language.Value.StartsWith("en", StringComparison.OrdinalIgnoreCase)) return false;
        }

        return false;
    }
}
