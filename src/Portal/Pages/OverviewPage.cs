using Sensor.Portal.Storage;
using Sensor.Wire;

namespace Sensor.Portal.Pages;

/// <summary>The first page: is every box alive and seeing everything, and what happened last.</summary>
internal static class OverviewPage
{
    /// <summary>Three missed heartbeats.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(90);

    private const int LatestAlerts = 10;

    /// <summary>Boxes shown; a page of thousands would help nobody. The silent ones come first.</summary>
    private const int MostBoxes = 200;

    public static Markup Render(PageContext page, SensorStore sensors, AlertStore alerts, IncidentStore incidents)
    {
        List<StoredSensor> boxes = sensors.All();
        Dictionary<string, (long Stored, long Duplicates)> received = alerts.PerSensor();
        List<(string ThreatClass, int Severity, long Count)> day = alerts.Counts(SinceNs(page.Now.AddDays(-1)));
        int online = boxes.Count(box => !IsSilent(page, box));
        return Layout.Page(page, page.Say(Words.Overview), Markup.Of($"""
            <div class="head"><h1>{page.Say(Words.Overview)}</h1>{LiveSwitch(page)}</div>
            <section class="tiles" aria-label="{page.Say(Words.Last24Hours)}">
            {Tile(page.Say(Words.SensorsOnline), $"{online} / {boxes.Count}", boxes.Count > online ? "bad" : "good", "#sensors")}
            {Tile(page.Say(Words.OpenIncidents), Parts.Count(incidents.CountOpen()), "plain", "/incidents")}
            {Enumerable.Range(2, 3).Reverse().Select(level => SeverityTile(page, day, level))}
            </section>
            <section class="columns">
            <div class="card grow"><div class="head"><h2>{page.Say(Words.LatestAlerts)}</h2><a class="more" href="/alerts">{page.Say(Words.SeeAll)}</a></div>{Latest(page, alerts, boxes)}</div>
            <div class="card side"><h2>{page.Say(Words.ByClass)}</h2>{ByClass(page, day)}</div>
            </section>
            <section id="sensors"><h2>{page.Say(Words.Boxes)}</h2>
            {(boxes.Count == 0 ? Markup.Of($"""<p class="empty card">{page.Say(Words.NoBoxes)}</p>""") : default)}
            <div class="boxes">{boxes.OrderBy(box => !IsSilent(page, box)).Take(MostBoxes).Select(box => Box(page, box, received.GetValueOrDefault(box.SensorId).Stored))}</div>
            {(boxes.Count <= MostBoxes ? default : Markup.Of($"""<p class="empty">{page.Say(Words.MoreBoxes, Parts.Count(boxes.Count - MostBoxes))}</p>"""))}</section>
            """));
    }

    public static bool IsSilent(PageContext page, StoredSensor box) => page.Now - Clock.FromNs(box.HeartbeatNs) > SilentAfter;

    private static Markup LiveSwitch(PageContext page) => Markup.Of(
        $"""<a class="button quiet" href="{page.Here("live", page.Live ? "" : "1")}">{page.Say(page.Live ? Words.LiveOff : Words.LiveOn)}</a>""");

    private static Markup Tile(string name, string value, string style, string link) => Markup.Of(
        $"""<a class="tile {style}" href="{link}"><span class="value">{value}</span><span class="name">{name}</span></a>""");

    private static Markup SeverityTile(PageContext page, List<(string ThreatClass, int Severity, long Count)> day, int level)
    {
        long count = day.Where(row => row.Severity == level).Sum(row => row.Count);
        string style = count == 0 ? "plain" : level switch { 4 => "high", 3 => "medium", _ => "low" };
        return Tile($"{page.Say(Words.Severities[level])} · {page.Say(Words.Last24Hours)}", Parts.Count(count), style, $"/alerts?severity={level}");
    }

    private static Markup Latest(PageContext page, AlertStore alerts, List<StoredSensor> boxes)
    {
        List<StoredAlert> latest = alerts.List(new AlertFilter { MinimumSeverity = (int)Severity.Low }, LatestAlerts);
        return latest.Count == 0 ? Markup.Of($"""<p class="empty">{page.Say(Words.NoAlerts)}</p>""") : Parts.AlertTable(page, latest, Parts.Names(boxes));
    }

    private static Markup ByClass(PageContext page, List<(string ThreatClass, int Severity, long Count)> day)
    {
        var classes = day.GroupBy(row => row.ThreatClass).Select(group => (Slug: group.Key, Count: group.Sum(row => row.Count), Worst: group.Max(row => row.Severity)))
            .OrderByDescending(row => row.Count).ToList();
        if (classes.Count == 0) return Markup.Of($"""<p class="empty">{page.Say(Words.NoAlerts)}</p>""");
        long most = classes[0].Count;
        return Markup.Of($"""
            <ul class="bars">{classes.Select(row => Markup.Of($"""
            <li><a href="/alerts?class={Uri.EscapeDataString(row.Slug)}"><span>{Parts.ClassName(page, row.Slug)}</span><b>{Parts.Count(row.Count)}</b></a><svg class="bar level{row.Worst}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="4" rx="2"/><rect width="{Math.Max(2, row.Count * 100 / most)}" height="4" rx="2"/></svg></li>
            """))}</ul>
            """);
    }

    private static Markup Box(PageContext page, StoredSensor box, long received)
    {
        bool silent = IsSilent(page, box);
        TimeSpan age = page.Now - Clock.FromNs(box.HeartbeatNs);
        string state = box.HeartbeatNs == 0 ? page.Say(Words.NeverHeard) : silent ? page.Say(Words.SilentSince, page.Span(age)) : page.Say(Words.Online);
        return Markup.Of($"""
            <article class="card box {(silent ? "silent" : "online")}">
            <div class="head"><h3>{(box.Name.Length > 0 ? box.Name : box.SensorId)}</h3><span class="state">{state}</span></div>
            <p class="id mono">{box.SensorId}</p>
            <table class="facts"><tbody>
            {Parts.Fact(page, Words.LastHeartbeat, box.HeartbeatNs == 0 ? Markup.Of($"–") : Markup.Of($"{page.Moment(box.HeartbeatNs)} <small>({page.Say(Words.Ago, page.Span(age))})</small>"))}
            {(box.Heartbeat is { } heartbeat ? Figures(page, heartbeat) : default)}
            {Parts.Fact(page, Words.Received, Parts.Count(received))}
            </tbody></table>
            <p><a class="more" href="/alerts?sensor={Uri.EscapeDataString(box.SensorId)}">{page.Say(Words.Alerts)}</a></p>
            </article>
            """);
    }

    private static Markup Figures(PageContext page, HeartbeatRequest heartbeat) => Markup.Of($"""
        {Parts.Fact(page, Words.Losses, Losses(page, heartbeat.Loss ?? new Loss()))}
        {Parts.Fact(page, Words.Unsent, Markup.Of($"""<span class="{(heartbeat.SpoolDepth > 0 && heartbeat.OldestUnsentSeconds > SilentAfter.TotalSeconds ? "warn" : "ok")}">{Unsent(page, heartbeat)}</span>"""))}
        {(heartbeat.Quarantined > 0 ? Parts.Fact(page, Words.Quarantined, Markup.Of($"""<span class="warn">{Parts.Count(heartbeat.Quarantined)}</span>""")) : default)}
        {Parts.Fact(page, Words.Capture, $"{Parts.Known(page, Words.CaptureStates, heartbeat.CaptureState)} {heartbeat.CaptureInterface}".Trim())}
        {Parts.Fact(page, Words.RuleVersion, Markup.Of($"""{heartbeat.RuleVersion} <small class="{(heartbeat.RulesFailed > 0 ? "warn" : "ok")}">{page.Say(Words.RulesLoaded, Parts.Count(heartbeat.RulesLoaded), Parts.Count(heartbeat.RulesFailed))}</small>"""))}
        {Parts.Fact(page, Words.Version, heartbeat.Version)}
        {Parts.Fact(page, Words.Load, $"CPU {Parts.Percent(Math.Clamp(heartbeat.Cpu, 0, 1))} · {heartbeat.MemoryBytes / 1048576:N0} MiB · {heartbeat.Workers} × worker")}
        {Parts.Fact(page, Words.Uptime, page.Span(TimeSpan.FromSeconds(Math.Clamp(heartbeat.UptimeSeconds, 0, 1e9))))}
        """);

    private static string Unsent(PageContext page, HeartbeatRequest heartbeat) => heartbeat.SpoolDepth == 0
        ? "0"
        : page.Say(Words.UnsentDetail, Parts.Count(heartbeat.SpoolDepth), page.Span(TimeSpan.FromSeconds(Math.Clamp(heartbeat.OldestUnsentSeconds, 0, 1e9))));

    /// <summary>The total with its share, then the columns that are not zero.</summary>
    private static Markup Losses(PageContext page, Loss loss)
    {
        ulong lost = loss.NicMissed + loss.KernelDropped + loss.QueueFull + loss.Shed;
        if (lost + loss.Undecodable == 0) return Markup.Of($"""<span class="ok">{page.Say(Words.NoLoss)}</span> <small>0 / {Parts.Count(loss.Seen)}</small>""");
        (string Name, ulong Count)[] columns =
        [
            ("nic_missed", loss.NicMissed), ("kernel_dropped", loss.KernelDropped), ("queue_full", loss.QueueFull), ("shed", loss.Shed), ("undecodable", loss.Undecodable),
        ];
        string share = Parts.Percent(loss.Seen == 0 ? 0 : (double)lost / loss.Seen);
        return Markup.Of($"""
            <span class="{(lost > 0 ? "warn" : "ok")}">{Parts.Count(lost)} / {Parts.Count(loss.Seen)} ({share})</span>
            <small class="block mono">{string.Join(" · ", columns.Where(column => column.Count > 0).Select(column => $"{column.Name} {Parts.Count(column.Count)}"))}</small>
            """);
    }

    private static long SinceNs(DateTimeOffset moment) => (moment.UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
}
