using System.Diagnostics;
using Sensor.Alerts.Spool;
using Sensor.Cloud;
using Sensor.Control;
using Sensor.Engine;
using Sensor.Primitives;

namespace Sensor.Daemon.Operations;

/// <summary>How the sensor is.</summary>
internal sealed class StatusOperation(SensorDaemon daemon) : IOperation
{
    public string Method => HttpMethods.Get;

    public string Path => ControlRoutes.Status;

    public Access Access => Access.Read;

    public Task<IResult> RunAsync(HttpContext request)
    {
        using Process self = Process.GetCurrentProcess();
        WorkerCounts counts = daemon.Pipeline.Counts;
        SpoolStatus spool = daemon.Spool.Status;
        var reply = new StatusReply
        {
            SensorId = daemon.SensorId,
            Version = StateReport.Version,
            StartedAt = daemon.StartedAt,
            Ailments = Health.Of(daemon),
            Capture = new CaptureStatus(daemon.SourceName, Finished() ? "finished" : daemon.CaptureState == "finished" ? "running" : daemon.CaptureState, counts.LastPacket == default ? null : counts.LastPacket.ToDateTimeOffset()),
            Ledger = daemon.Pipeline.Ledger,
            Engine = new EngineStatus(daemon.Configuration.EffectiveWorkers, counts.Inspected + counts.Undecodable, counts.Bytes, counts.ActiveFlows, self.WorkingSet64, self.TotalProcessorTime.TotalSeconds),
            Rules = new RulesStatus(daemon.Knowledge.Rules.Loaded, daemon.Knowledge.Rules.Failed.Count, daemon.Knowledge.Lists.Count, daemon.Knowledge.Version, daemon.Knowledge.LoadedAt),
            Alerts = new AlertsStatus(daemon.AlertsRaised, daemon.EventsDropped, daemon.Store.Count()),
            Uplink = Uplink(spool),
        };
        return Task.FromResult(Results.Json(reply, ControlJson.Default.StatusReply));
    }

    // "finished" is said only when the last event has been handled too, so that who waits for it finds everything in place.
    private bool Finished() => daemon.CaptureState == "finished" && daemon.EventsHandled && daemon.Spool.Status.WaitingInMemory == 0;

    private UplinkStatus Uplink(SpoolStatus spool)
    {
        UploaderStatus? status = daemon.Uplink?.Status;
        string state = daemon.Uplink is null ? "off" : daemon.Uplink.EnrolmentError is not null ? "not-enrolled" : status!.State.ToString().ToLowerInvariant();
        DateTimeOffset? oldest = daemon.Uplink is null ? null : new SpoolUploadSource(daemon.Spool).OldestWaiting;
        return new UplinkStatus(daemon.Configuration.Uplink.Portal, state, spool.Waiting, spool.DurableThrough, oldest, status?.LastSuccess);
    }
}
