using System.Globalization;
using Sensor.Alerts;
using Sensor.Alerts.Explanations;
using Sensor.Alerts.Store;
using Sensor.Control;
using Sensor.Primitives;

namespace Sensor.Daemon.Operations;

/// <summary>The newest alerts of the box's own store.</summary>
internal sealed class AlertsOperation(SensorDaemon daemon) : IOperation
{
    private const int MostAlerts = 1000;

    public string Method => HttpMethods.Get;

    public string Path => ControlRoutes.Alerts;

    public Access Access => Access.Read;

    public Task<IResult> RunAsync(HttpContext request)
    {
        IQueryCollection asked = request.Request.Query;
        bool japanese = asked["lang"] == "ja";
        var query = new AlertQuery { Limit = Limit(asked["limit"]) };
        if (asked["severity"] is [{ } severity])
        {
            if (!SeverityPolicy.TryParse(severity, out Severity least)) return Bad($"\"{severity}\" is no severity", "write High, Medium, Low or Info");
            query = query with { MinimumSeverity = least };
        }

        if (asked["class"] is [{ } slug])
        {
            if (!ThreatClasses.TryParse(slug, out ThreatClass threat)) return Bad($"\"{slug}\" is no threat class", "write for example c2, ransomware, malware-download");
            query = query with { Class = threat };
        }

        IReadOnlyList<AlertRecord> found = daemon.Store.Reader.List(query);
        return Task.FromResult(Results.Json(new AlertsReply([.. found.Select(alert => Summary(alert, japanese))]), ControlJson.Default.AlertsReply));
    }

    internal static int Limit(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) ? Math.Clamp(limit, 1, MostAlerts) : 20;

    private static Task<IResult> Bad(string what, string remedy) =>
        Task.FromResult(Results.Json(new ControlError(ErrorKind.BadRequest, $"cannot list alerts: {what}", remedy), ControlJson.Default.ControlError, statusCode: StatusCodes.Status400BadRequest));

    private static AlertSummary Summary(AlertRecord alert, bool japanese) => new()
    {
        Id = alert.Id,
        Time = alert.Time.ToDateTimeOffset(),
        Severity = SeverityPolicy.Label(alert.Severity),
        ThreatClass = ThreatClasses.Slug(alert.ThreatClass),
        Sid = alert.Sid,
        Signature = alert.Signature,
        Source = alert.Source.ToString(),
        Destination = alert.Destination.ToString(),
        Site = alert.HostName.Length > 0 ? alert.HostName : null,
        WhatHappened = japanese ? alert.WhatHappened.Japanese : alert.WhatHappened.English,
        WhatToDo = japanese ? alert.WhatToDo.Japanese : alert.WhatToDo.English,
    };
}
