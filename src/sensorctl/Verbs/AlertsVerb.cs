using System.CommandLine;
using Sensor.Control;
using Spectre.Console;

namespace Sensor.CommandLine.Verbs;

/// <summary><c>sensorctl alerts</c>: the newest alerts in the box's own store.</summary>
internal static class AlertsVerb
{
    public static Command Create()
    {
        var limit = new Option<int>("--limit") { Description = "how many of the newest", DefaultValueFactory = _ => 20 };
        var severity = new Option<string?>("--severity") { Description = "only High, Medium, Low or Info" };
        severity.AcceptOnlyFromAmong("High", "Medium", "Low", "Info");
        var threatClass = new Option<string?>("--class") { Description = "only one threat class, e.g. c2, ransomware" };
        var command = new Command("alerts", "Lists the newest alerts, with what happened and what to do") { limit, severity, threatClass };
        command.SetAction((parsed, cancel) => Common.WithDaemonAsync(parsed, async client =>
        {
            AlertsReply reply = await client.AlertsAsync(parsed.GetValue(limit), parsed.GetValue(severity), parsed.GetValue(threatClass), Common.LanguageOf(parsed), cancel);
            if (parsed.GetValue(Common.Json)) Common.Print(reply, ControlJson.Readable.AlertsReply);
            else Show(reply);
            return ExitCode.Healthy;
        }));
        return command;
    }

    private static void Show(AlertsReply reply)
    {
        if (reply.Alerts.Count == 0)
        {
            Common.Terminal.MarkupLine("no alerts");
            return;
        }

        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("time", "severity", "class", "from", "to", "what happened");
        foreach (AlertSummary alert in reply.Alerts)
        {
            table.AddRow(Common.Local(alert.Time), Common.Coloured(alert.Severity), Common.Safe(alert.ThreatClass), Common.Safe(alert.Source), Common.Safe(alert.Site ?? alert.Destination), Common.Safe(alert.WhatHappened));
        }

        Common.Terminal.Write(table);
    }
}
