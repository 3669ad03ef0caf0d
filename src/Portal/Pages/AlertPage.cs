using System.Globalization;
using Sensor.Portal.Storage;
using Sensor.Wire;

namespace Sensor.Portal.Pages;

/// <summary>One alert: what happened, what to do, and everything that is known.</summary>
internal static class AlertPage
{
    public static Markup? Render(PageContext page, SensorStore sensors, AlertStore alerts, long id)
    {
        if (alerts.Find(id) is not { } stored) return null;
        Alert alert = stored.Alert;
        string box = Parts.Names(sensors.All()).GetValueOrDefault(stored.SensorId, stored.SensorId);
        return Layout.Page(page, Parts.ClassName(page, alert.ThreatClass), Markup.Of($"""
            <p class="crumb"><a href="/alerts">{page.Say(Words.Alerts)}</a> › {stored.Id}</p>
            <div class="title-line">{Parts.SeverityBadge(page, alert.Severity)}<h1>{Parts.ClassName(page, alert.ThreatClass)}</h1></div>
            <p class="lead mono">{Parts.Device(alert)} → {Parts.Remote(alert)}</p>
            <section class="columns even">
            <div class="card explain"><h2>{page.Say(Words.WhatHappened)}</h2>{Text(page, alert.WhatHappened, Words.NoExplanation)}</div>
            <div class="card act"><h2>{page.Say(Words.WhatToDo)}</h2>{Text(page, alert.WhatToDo, Words.NoExplanation)}</div>
            </section>
            <section class="columns even">
            <div class="card"><h2>{page.Say(Words.Evidence)}</h2><table class="facts"><tbody>{Evidence(page, stored, box)}</tbody></table></div>
            <div>
            <div class="card"><h2>{page.Say(Words.RuleAndList)}</h2><table class="facts"><tbody>{RuleAndList(page, alert)}</tbody></table></div>
            <div class="card"><h2>{page.Say(Words.LossAround)}</h2><p>{LossAround(page, alert.Loss ?? new LossStamp())}</p></div>
            </div>
            </section>
            """));
    }

    private static Markup Text(PageContext page, LocalizedText? text, Word missing)
    {
        string said = page.Say(text);
        return said.Length == 0
            ? Markup.Of($"""<p class="empty">{page.Say(missing)}</p>""")
            : Markup.Join(said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Markup.Of($"<p>{line}</p>")));
    }

    private static Markup Evidence(PageContext page, StoredAlert stored, string box)
    {
        Alert alert = stored.Alert;
        return Markup.Of($"""
            {Parts.Fact(page, Words.PacketTime, page.Moment(alert.PacketTimeNs))}
            {(alert.DetectedTimeNs == 0 ? default : Parts.Fact(page, Words.DetectedTime, page.Moment(alert.DetectedTimeNs)))}
            {Parts.Fact(page, Words.ReceivedTime, page.Moment(stored.ReceivedNs))}
            {Parts.Fact(page, Words.Box, $"{box} {alert.Interface}".Trim())}
            {Parts.Fact(page, Words.Source, Side(alert.Source), code: true)}
            {Parts.Fact(page, Words.Destination, Side(alert.Destination), code: true)}
            {Parts.Fact(page, Words.Protocol, $"{alert.Protocol} {alert.AppProtocol}{(alert.Vlan > 0 ? $" VLAN {alert.Vlan}" : "")}".Trim())}
            {Parts.Fact(page, Words.Host, alert.Host, code: true)}
            {Parts.Fact(page, Words.UrlWord, $"{alert.HttpMethod} {alert.Url}{(alert.HttpStatus > 0 ? $" → {alert.HttpStatus}" : "")}".Trim(), code: true)}
            {Parts.Fact(page, Words.UserAgent, alert.UserAgent, code: true)}
            {Parts.Fact(page, Words.File, File(alert), code: true)}
            {Parts.Fact(page, new Word("JA3", "JA3"), alert.Ja3, code: true)}
            {Parts.Fact(page, new Word("JA4", "JA4"), alert.Ja4, code: true)}
            {Parts.Fact(page, Words.Stage, Parts.StageName(page, alert.Stage))}
            {Parts.Fact(page, Words.Action, Parts.Known(page, Words.Actions, alert.Action))}
            {Parts.Fact(page, Words.Flow, Flow(alert), code: true)}
            {Parts.Fact(page, Words.Number, $"{alert.RecordId} · {stored.Epoch.ToString("x", CultureInfo.InvariantCulture)}/{alert.Sequence}", code: true)}
            """);
    }

    private static Markup RuleAndList(PageContext page, Alert alert) => Markup.Of($"""
        {Parts.Fact(page, Words.Rule, Markup.Of($"""{alert.Signature} <small class="block mono">{alert.Gid}:{alert.Sid}:{alert.Rev}</small>"""))}
        {Parts.Fact(page, Words.Category, alert.Category)}
        {Parts.Fact(page, Words.Confidence, Parts.Known(page, Words.Confidences, alert.Confidence))}
        {(alert.List is { } list ? Markup.Of($"""
        {Parts.Fact(page, Words.List, $"{list.List} · {list.Category}")}
        {Parts.Fact(page, Words.ListEntry, $"{list.Entry} ({list.Kind})", code: true)}
        """) : default)}
        {Parts.Fact(page, Words.References, string.Join(", ", alert.References))}
        """);

    private static string LossAround(PageContext page, LossStamp loss) => page.Say(
        Words.LossAroundText, Parts.Count(loss.LostLastMinute), Parts.Count(loss.LostSinceStart), Parts.Count(loss.SeenSinceStart),
        Parts.Percent(loss.SeenSinceStart == 0 ? 0 : (double)loss.LostSinceStart / loss.SeenSinceStart));

    private static string Side(Wire.Endpoint? side)
    {
        if (side is null || side.Ip.Length == 0) return "";
        string address = side.Ip.Contains(':', StringComparison.Ordinal) ? $"[{side.Ip}]" : side.Ip;
        return $"{address}{(side.Port > 0 ? $":{side.Port}" : "")} {side.Mac} {side.Name}".Trim();
    }

    private static string File(Alert alert) => string.Join(
        " · ", new[] { alert.FileName, alert.FileType, alert.FileSize > 0 ? $"{Parts.Count(alert.FileSize)} B" : "", alert.FileSha256, alert.FileMd5 }.Where(part => part.Length > 0));

    private static string Flow(Alert alert) => $"{(alert.FlowId == 0 ? "" : alert.FlowId.ToString(CultureInfo.InvariantCulture))} {alert.CommunityId}".Trim();
}
