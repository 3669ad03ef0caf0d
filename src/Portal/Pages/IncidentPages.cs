using Sensor.Portal.Storage;
using Sensor.Wire;

namespace Sensor.Portal.Pages;

/// <summary>The list of incidents and the page of one, each with how far along the kill chain it went.</summary>
internal static class IncidentPages
{
    private const int MostListed = 200;

    public static Markup List(PageContext page, SensorStore sensors, IncidentStore incidents)
    {
        Dictionary<string, string> names = Parts.Names(sensors.All());
        List<StoredIncident> found = incidents.List(MostListed);
        return Layout.Page(page, page.Say(Words.Incidents), Markup.Of($"""
            <h1>{page.Say(Words.Incidents)}</h1>
            {(found.Count == 0 ? Markup.Of($"""<p class="empty card">{page.Say(Words.NoIncidents)}</p>""") : default)}
            <div class="incidents">{found.Select(one => Card(page, one, names.GetValueOrDefault(one.SensorId, one.SensorId)))}</div>
            """));
    }

    public static Markup? One(PageContext page, SensorStore sensors, AlertStore alerts, IncidentStore incidents, string sensorId, long incidentId)
    {
        if (incidents.Find(sensorId, incidentId) is not { } stored) return null;
        Incident incident = stored.Incident;
        Dictionary<string, string> names = Parts.Names(sensors.All());
        List<StoredAlert> members = alerts.Find(sensorId, incident.RecordIds);
        return Layout.Page(page, page.Say(Words.Incidents), Markup.Of($"""
            <p class="crumb"><a href="/incidents">{page.Say(Words.Incidents)}</a> › {incident.IncidentId}</p>
            <div class="title-line">{Parts.SeverityBadge(page, incident.Severity)}<h1>{Device(incident)}</h1>{State(page, incident)}</div>
            <section class="card explain"><h2>{page.Say(Words.WhatHappened)}</h2><p>{Summary(page, incident)}</p></section>
            <section class="card"><h2>{page.Say(Words.Progress)}</h2>{Chain(page, incident)}</section>
            <section class="card"><table class="facts"><tbody>
            {Parts.Fact(page, Words.FirstSeen, page.Moment(incident.FirstTimeNs))}
            {Parts.Fact(page, Words.LastSeen, page.Moment(incident.LastTimeNs))}
            {Parts.Fact(page, Words.AlertCount, Parts.Count(incident.AlertCount))}
            {Parts.Fact(page, Words.Class, string.Join(" · ", incident.ThreatClasses.Select(slug => Parts.ClassName(page, slug))))}
            {Parts.Fact(page, Words.Remotes, string.Join("  ", incident.Remotes), code: true)}
            {Parts.Fact(page, Words.Box, names.GetValueOrDefault(sensorId, sensorId))}
            </tbody></table></section>
            <section class="card"><h2>{page.Say(Words.Timeline)}</h2>{(members.Count == 0 ? Markup.Of($"""<p class="empty">{page.Say(Words.NoAlerts)}</p>""") : Parts.AlertTable(page, members, names))}</section>
            """));
    }

    private static Markup Card(PageContext page, StoredIncident stored, string box)
    {
        Incident incident = stored.Incident;
        return Markup.Of($"""
            <article class="card incident">
            <div class="title-line">{Parts.SeverityBadge(page, incident.Severity)}<h2><a href="/incidents/{Uri.EscapeDataString(stored.SensorId)}/{incident.IncidentId}">{Device(incident)}</a></h2>{State(page, incident)}</div>
            <p>{Summary(page, incident)}</p>
            {Chain(page, incident)}
            <p class="meta">{page.Moment(incident.FirstTimeNs)} – {page.Moment(incident.LastTimeNs)} · {page.Say(Words.AlertCount)} {Parts.Count(incident.AlertCount)} · {box}</p>
            </article>
            """);
    }

    private static string Device(Incident incident) => incident.DeviceName.Length > 0 ? $"{incident.DeviceName} ({incident.Device})" : incident.Device;

    private static string Summary(PageContext page, Incident incident)
    {
        string said = page.Say(incident.Summary);
        return said.Length > 0 ? said : string.Join(" · ", incident.ThreatClasses.Select(slug => Parts.ClassName(page, slug)));
    }

    private static Markup State(PageContext page, Incident incident) =>
        Markup.Of($"""<span class="state {(incident.Open ? "open" : "closed")}">{page.Say(incident.Open ? Words.Open : Words.Closed)}</span>""");

    private static Markup Chain(PageContext page, Incident incident) => Markup.Of($"""
        <ol class="chain">{Words.Stages.Select(stage => incident.Stages.Contains(stage.Slug)
            ? Markup.Of($"""<li class="reached" aria-current="step"><span>{page.Say(stage.Name)}</span></li>""")
            : Markup.Of($"""<li><span>{page.Say(stage.Name)}</span></li>"""))}</ol>
        """);
}
