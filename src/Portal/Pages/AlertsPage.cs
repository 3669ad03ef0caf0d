using System.Globalization;
using Sensor.Portal.Storage;

namespace Sensor.Portal.Pages;

/// <summary>The list of alerts with its filters.</summary>
internal static class AlertsPage
{
    private const int PageSize = 50;

    /// <summary>Longest free text searched for.</summary>
    private const int LongestText = 200;

    public static Markup Render(PageContext page, SensorStore sensors, AlertStore alerts)
    {
        List<StoredSensor> boxes = sensors.All();
        AlertFilter filter = Filter(page);
        List<StoredAlert> found = alerts.List(filter, PageSize + 1);
        bool more = found.Count > PageSize;
        if (more) found.RemoveAt(PageSize);
        return Layout.Page(page, page.Say(Words.Alerts), Markup.Of($"""
            <h1>{page.Say(Words.Alerts)}</h1>
            {Form(page, filter, boxes)}
            <section class="card">
            {(found.Count == 0 ? Markup.Of($"""<p class="empty">{page.Say(Words.NoAlerts)}</p>""") : Parts.AlertTable(page, found, Parts.Names(boxes)))}
            <nav class="pager">
            {(filter.Before is null ? default : Markup.Of($"""<a class="button quiet" href="{page.Here("before", "")}">{page.Say(Words.Newest)}</a>"""))}
            {(more ? Markup.Of($"""<a class="button" href="{page.Here("before", $"{found[^1].Alert.PacketTimeNs}.{found[^1].Id}")}">{page.Say(Words.Older)}</a>""") : default)}
            </nav>
            </section>
            """));
    }

    private static AlertFilter Filter(PageContext page)
    {
        string text = page.Query.GetValueOrDefault("q", "").Trim();
        return new AlertFilter
        {
            SensorId = page.Query.GetValueOrDefault("sensor", ""),
            MinimumSeverity = int.TryParse(page.Query.GetValueOrDefault("severity"), NumberStyles.None, CultureInfo.InvariantCulture, out int severity) ? severity : 0,
            ThreatClass = page.Query.GetValueOrDefault("class", ""),
            Text = text.Length > LongestText ? text[..LongestText] : text,
            Before = Position(page.Query.GetValueOrDefault("before", "")),
        };
    }

    private static (long TimeNs, long Id)? Position(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long time)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? (time, id) : null;
    }

    private static Markup Form(PageContext page, AlertFilter filter, List<StoredSensor> boxes) => Markup.Of($"""
        <form class="card filters" method="get" action="/alerts">
        {Select(page.Say(Words.Box), "sensor", filter.SensorId, page.Say(Words.AnyBox), Parts.Names(boxes).Select(box => (box.Key, box.Value)))}
        {Select(page.Say(Words.Severity), "severity", filter.MinimumSeverity == 0 ? "" : filter.MinimumSeverity.ToString(CultureInfo.InvariantCulture), page.Say(Words.AnySeverity),
            [("4", page.Say(Words.Severities[4])), ("3", page.Say(Words.AndAbove, page.Say(Words.Severities[3]))), ("2", page.Say(Words.AndAbove, page.Say(Words.Severities[2])))])}
        {Select(page.Say(Words.Class), "class", filter.ThreatClass, page.Say(Words.AnyClass), Words.Classes.Select(one => (one.Slug, page.Say(one.Name))))}
        <label class="wide"><span>{page.Say(Words.Search)}</span><input type="search" name="q" maxlength="{LongestText}" value="{filter.Text}" placeholder="{page.Say(Words.SearchText)}"></label>
        <div class="actions"><button class="button">{page.Say(Words.Apply)}</button><a class="button quiet" href="/alerts">{page.Say(Words.Clear)}</a></div>
        </form>
        """);

    private static Markup Select(string label, string name, string chosen, string any, IEnumerable<(string Value, string Text)> options) => Markup.Of($"""
        <label><span>{label}</span><select name="{name}"><option value="">{any}</option>{options.Select(option => option.Value == chosen
            ? Markup.Of($"""<option value="{option.Value}" selected>{option.Text}</option>""")
            : Markup.Of($"""<option value="{option.Value}">{option.Text}</option>"""))}</select></label>
        """);
}
