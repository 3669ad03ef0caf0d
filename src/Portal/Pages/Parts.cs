using System.Globalization;
using Sensor.Portal.Storage;
using Sensor.Wire;

namespace Sensor.Portal.Pages;

/// <summary>Pieces that several pages show alike.</summary>
internal static class Parts
{
    private static readonly string[] SeverityStyles = ["unknown", "info", "low", "medium", "high"];

    public static Markup SeverityBadge(PageContext page, Severity severity)
    {
        int level = Level(severity);
        return Markup.Of($"""<span class="badge {SeverityStyles[level]}">{page.Say(Words.Severities[level])}</span>""");
    }

    /// <summary>0 to 4; a value of a newer box counts as unknown.</summary>
    public static int Level(Severity severity) => (int)severity is >= 0 and <= 4 ? (int)severity : 0;

    public static string ClassName(PageContext page, string slug) => slug.Length == 0 ? page.Say(Words.Classes[^1].Name) : Known(page, Words.Classes, slug);

    public static string StageName(PageContext page, string slug) => Known(page, Words.Stages, slug);

    /// <summary>A known word of the record in the reader's language, another one as it is.</summary>
    public static string Known(PageContext page, (string Slug, Word Name)[] words, string slug)
    {
        foreach ((string known, Word name) in words)
        {
            if (known == slug) return page.Say(name);
        }

        return slug;
    }

    /// <summary>The address on the customer's side.</summary>
    public static string Device(Alert alert) => alert.Device.Length > 0 ? alert.Device : alert.Source?.Ip ?? "";

    /// <summary>The other side: the site where it is known, else the address.</summary>
    public static string Remote(Alert alert) =>
        alert.Host.Length > 0 ? alert.Host : alert.Remote.Length > 0 ? alert.Remote : alert.Destination?.Ip ?? "";

    public static string Title(PageContext page, Alert alert)
    {
        string happened = page.Say(alert.WhatHappened);
        return happened.Length > 0 ? happened : alert.Signature;
    }

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Count(ulong number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A share in percent; small ones are not rounded to nothing. Spaces that do not break keep the sign at its number.</summary>
    public static string Percent(double share) => share switch
    {
        0 => "0\u00A0%",
        < 0.0001 => "<\u00A00.01\u00A0%",
        _ => (share * 100).ToString("0.##", CultureInfo.InvariantCulture) + "\u00A0%",
    };

    public static Markup AlertTable(PageContext page, IReadOnlyList<StoredAlert> alerts, IReadOnlyDictionary<string, string> sensorNames) => Markup.Of($"""
        <div class="scroll"><table class="alerts">
        <thead><tr><th scope="col">{page.Say(Words.Time)} ({(page.Utc ? "UTC" : "JST")})</th><th scope="col">{page.Say(Words.Severity)}</th><th scope="col">{page.Say(Words.Class)}</th><th scope="col">{page.Say(Words.Title)}</th><th scope="col">{page.Say(Words.Device)}</th><th scope="col">{page.Say(Words.Remote)}</th><th scope="col">{page.Say(Words.Box)}</th></tr></thead>
        <tbody>{alerts.Select(stored => AlertRow(page, stored, sensorNames))}</tbody>
        </table></div>
        """);

    private static Markup AlertRow(PageContext page, StoredAlert stored, IReadOnlyDictionary<string, string> sensorNames) => Markup.Of($"""
        <tr><td class="when">{page.ShortMoment(stored.Alert.PacketTimeNs)}</td><td>{SeverityBadge(page, stored.Alert.Severity)}</td><td class="class">{ClassName(page, stored.Alert.ThreatClass)}</td>
        <td class="title"><a href="/alerts/{stored.Id}">{Title(page, stored.Alert)}</a><small>{stored.Alert.Signature}</small></td>
        <td class="mono">{Device(stored.Alert)}</td><td class="mono break">{Remote(stored.Alert)}</td><td>{sensorNames.GetValueOrDefault(stored.SensorId, stored.SensorId)}</td></tr>
        """);

    /// <summary>A row of an evidence table; nothing when there is nothing to say.</summary>
    public static Markup Fact(PageContext page, Word name, string value, bool code = false) =>
        value.Length == 0 ? default : Fact(page, name, code ? Markup.Of($"""<code>{value}</code>""") : Markup.Of($"{value}"));

    public static Markup Fact(PageContext page, Word name, Markup value) => Markup.Of($"""<tr><th scope="row">{page.Say(name)}</th><td>{value}</td></tr>""");

    public static Dictionary<string, string> Names(IEnumerable<StoredSensor> sensors) =>
        sensors.ToDictionary(one => one.SensorId, one => one.Name.Length > 0 ? one.Name : one.SensorId);
}
