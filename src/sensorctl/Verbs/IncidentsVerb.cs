using System.CommandLine;
using Sensor.Control;
using Spectre.Console;

namespace Sensor.CommandLine.Verbs;

/// <summary><c>sensorctl incidents</c>: alerts of one device put together.</summary>
internal static class IncidentsVerb
{
    public static Command Create()
    {
        var limit = new Option<int>("--limit") { Description = "how many of the newest", DefaultValueFactory = _ => 20 };
        var command = new Command("incidents", "Lists incidents: the alerts of one device, put together") { limit };
        command.SetAction((parsed, cancel) => Common.WithDaemonAsync(parsed, async client =>
        {
            IncidentsReply reply = await client.IncidentsAsync(parsed.GetValue(limit), Common.LanguageOf(parsed), cancel);
            if (parsed.GetValue(Common.Json)) Common.Print(reply, ControlJson.Readable.IncidentsReply);
            else Show(reply);
            return ExitCode.Healthy;
        }));
        return command;
    }

    private static void Show(IncidentsReply reply)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("last seen", "severity", "device", "stage", "alerts", "summary");
        foreach (IncidentSummary incident in reply.Incidents)
        {
            table.AddRow(Common.Local(incident.Last), Common.Coloured(incident.Severity), Common.Safe(incident.Device), Common.Safe(incident.Stage), Common.Count(incident.Alerts), Common.Safe(incident.Summary));
        }

        if (reply.Incidents.Count == 0) Common.Terminal.MarkupLine("no incidents");
        else Common.Terminal.Write(table);
    }
}
