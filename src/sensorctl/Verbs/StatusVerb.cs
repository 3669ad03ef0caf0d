using System.CommandLine;
using Sensor.Control;
using Spectre.Console;

namespace Sensor.CommandLine.Verbs;

/// <summary><c>sensorctl status</c>: is the box well, what does it see, what did it lose.</summary>
internal static class StatusVerb
{
    public static Command Create()
    {
        var command = new Command("status", "Shows whether the sensor is well, what it sees and what it lost");
        command.SetAction((parsed, cancel) => Common.WithDaemonAsync(parsed, async client =>
        {
            StatusReply status = await client.StatusAsync(Common.LanguageOf(parsed), cancel);
            if (parsed.GetValue(Common.Json)) Common.Print(status, ControlJson.Readable.StatusReply);
            else Show(status);
            return status.Healthy ? ExitCode.Healthy : ExitCode.Unhealthy;
        }));
        return command;
    }

    private static void Show(StatusReply status)
    {
        IAnsiConsole terminal = Common.Terminal;
        terminal.MarkupLine($"{(status.Healthy ? "[green]healthy[/]" : "[red]unhealthy[/]")}  sensor {Common.Safe(status.SensorId)}, version {Common.Safe(status.Version)}, running since {Common.Local(status.StartedAt)}");
        foreach (Ailment ailment in status.Ailments)
        {
            terminal.MarkupLine($"  [red]{Common.Safe(ailment.Name)}[/]: {Common.Safe(ailment.Message)}");
            if (ailment.Remedy.Length > 0) terminal.MarkupLine($"    {Common.Safe(ailment.Remedy)}");
        }

        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        table.AddColumns("", "");
        table.AddRow("capture", Common.Safe($"{status.Capture.Source}: {status.Capture.State}, last packet {Common.Local(status.Capture.LastPacketAt)}"));
        table.AddRow("packets", $"{Common.Count(status.Ledger.Seen)} seen, {Common.Count(status.Ledger.Inspected)} inspected, {Common.Count(status.Ledger.Lost)} lost"
            + $" (card {status.Ledger.NicMissed}, kernel {status.Ledger.KernelDropped}, queue {status.Ledger.QueueFull}, shed {status.Ledger.Shed}), {Common.Count(status.Ledger.Undecodable)} undecodable");
        table.AddRow("engine", $"{status.Engine.Workers} worker(s), {Common.Count(status.Engine.ActiveFlows)} flows, {Common.Count(status.Engine.MemoryBytes >> 20)} MB");
        table.AddRow("rules", $"{Common.Count(status.Rules.Loaded)} loaded, {status.Rules.Failed} refused, {Common.Count(status.Rules.ListEntries)} list entries, since {Common.Local(status.Rules.LoadedAt)}");
        table.AddRow("alerts", $"{Common.Count(status.Alerts.Raised)} raised, {Common.Count(status.Alerts.Stored)} in the store, {status.Alerts.EventsDropped} events dropped");
        table.AddRow("uplink", Common.Safe($"{status.Uplink.Portal}: {status.Uplink.State}, {status.Uplink.Waiting} waiting, last acknowledged {Common.Local(status.Uplink.LastAcknowledged)}"));
        terminal.Write(table);
    }
}
