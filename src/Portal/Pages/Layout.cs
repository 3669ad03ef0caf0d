namespace Sensor.Portal.Pages;

/// <summary>The frame of every page.</summary>
internal static class Layout
{
    /// <summary>Seconds between reloads of a page that reloads itself.</summary>
    private const int LiveSeconds = 15;

    private static readonly (string Path, Word Name)[] Sections = [("/", Words.Overview), ("/alerts", Words.Alerts), ("/incidents", Words.Incidents)];

    public static Markup Page(PageContext page, string title, Markup content) => Markup.Of($"""
        <!doctype html>
        <html lang="{page.LanguageCode}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        {Refresh(page)}<title>{title} · {page.Say(Words.Product)}</title>
        <link rel="stylesheet" href="/style.css">
        <link rel="icon" href="data:,">
        </head>
        <body>
        <a class="skip" href="#content">{page.Say(Words.SkipToContent)}</a>
        <header class="top">
        <div class="wrap">
        <a class="brand" href="/">{Mark}<span>{page.Say(Words.Product)}</span></a>
        <nav aria-label="{page.Say(Words.Product)}">{Sections.Select(section => Section(page, section.Path, section.Name))}</nav>
        <div class="choices">
        {Choice(page.Say(Words.TimeZoneName), page, "tz", [("jst", "JST", !page.Utc), ("utc", "UTC", page.Utc)])}
        {Choice(page.Say(Words.LanguageName), page, "lang", [("ja", "日本語", page.Japanese), ("en", "English", !page.Japanese)])}
        </div>
        </div>
        </header>
        <main id="content" class="wrap">
        {content}
        </main>
        <footer class="wrap"><p>{page.Say(Words.Footer)}</p></footer>
        </body>
        </html>
        """);

    /// <summary>The mark: a pulse in a shield, drawn with attributes only (the content security policy forbids inline style).</summary>
    private static Markup Mark => Markup.Of($"""
        <svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><path class="mark-shield" d="M16 2 28 6v9c0 8-5 13-12 15C9 28 4 23 4 15V6z"/><path class="mark-pulse" d="M7 17h5l2.5-6 4 10 2.5-4h4" fill="none" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg>
        """);

    private static Markup Section(PageContext page, string path, Word name)
    {
        bool current = path == "/" ? page.Path == "/" : page.Path.StartsWith(path, StringComparison.Ordinal);
        return current
            ? Markup.Of($"""<a href="{path}" aria-current="page">{page.Say(name)}</a>""")
            : Markup.Of($"""<a href="{path}">{page.Say(name)}</a>""");
    }

    private static Markup Choice(string label, PageContext page, string key, (string Value, string Name, bool Chosen)[] values) => Markup.Of($"""
        <div class="choice" role="group" aria-label="{label}">{values.Select(one => one.Chosen
            ? Markup.Of($"""<span aria-current="true">{one.Name}</span>""")
            : Markup.Of($"""<a href="{page.Here(key, one.Value)}">{one.Name}</a>"""))}</div>
        """);

    private static Markup Refresh(PageContext page) => page.Live ? Markup.Of($"""<meta http-equiv="refresh" content="{LiveSeconds}">""") : default;
}
