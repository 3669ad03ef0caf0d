using System.Globalization;
using Sensor.Alerts;
using Sensor.Alerts.Explanations;
using Sensor.Control;

namespace Sensor.Daemon.Operations;

/// <summary>The newest incidents: alerts of one device, put together.</summary>
internal sealed class IncidentsOperation(SensorDaemon daemon) : IOperation
{
    public string Method => HttpMethods.Get;

    public string Path => ControlRoutes.Incidents;

    public Access Access => Access.Read;

    public Task<IResult> RunAsync(HttpContext request)
    {
        bool japanese = request.Request.Query["lang"] == "ja";
        IReadOnlyList<IncidentRecord> found = daemon.Store.Reader.Incidents(AlertsOperation.Limit(request.Request.Query["limit"]));
        return Task.FromResult(Results.Json(new IncidentsReply([.. found.Select(incident => Summary(incident, japanese))]), ControlJson.Default.IncidentsReply));
    }

    private static IncidentSummary Summary(IncidentRecord incident, bool japanese) => new()
    {
        Id = incident.Id.ToString(CultureInfo.InvariantCulture),
        First = incident.FirstAlert.ToDateTimeOffset(),
        Last = incident.LastAlert.ToDateTimeOffset(),
        Severity = SeverityPolicy.Label(incident.Severity),
        Device = incident.Device.ToString(),
        Stage = string.Join(" > ", incident.Stages),
        Alerts = (int)Math.Min(incident.AlertCount, int.MaxValue),
        Summary = japanese ? incident.Summary.Japanese : incident.Summary.English,
    };
}
