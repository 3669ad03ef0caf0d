using Sensor.Cloud;
using Sensor.Control;
using Sensor.Engine;
using Sensor.Primitives;

namespace Sensor.Daemon;

/// <summary>What may be wrong with a box, each ailment with a name to look it up by and what to do.</summary>
internal static class Health
{
    /// <summary>A mirror port on which nothing passes for so long is not a quiet office.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    /// <summary>Share of lost frames from which the box no longer sees enough.</summary>
    private const double TooMuchLoss = 0.001;

    public static IReadOnlyList<Ailment> Of(SensorDaemon daemon)
    {
        var found = new List<Ailment>();
        if (daemon.Pipeline.CaptureFailure is { } capture) found.Add(new Ailment("capture-failed", capture.Message, "check cable and interface; the service restarts by itself"));
        if (daemon.Pipeline.Defect is { } defect) found.Add(new Ailment("engine-defect", defect.Message, "send the log to the maker; the service restarts by itself"));
        if (daemon.Knowledge.Rules.Loaded == 0) found.Add(new Ailment("no-rules", "no rule is loaded: nothing can be detected", "check \"rules:\" in the configuration, then \"sensorctl reload\""));
        if (daemon.Spool.Status.Problem is { } spool) found.Add(new Ailment("spool-unwritable", spool, "free disk space or repair the disk; alerts wait in memory until then"));
        if (daemon.Store.Problem is { } store) found.Add(new Ailment("store-unwritable", store, "free disk space or repair the disk; alerts still reach the portal"));
        if (daemon.Eve?.Problem is { } eve) found.Add(new Ailment("events-unwritable", eve, "free disk space or repair the disk; alerts still reach the portal"));
        AddLoss(found, daemon.Pipeline.Ledger);
        if (daemon.IsLive) AddSilence(found, daemon);
        AddUplink(found, daemon);
        return found;
    }

    private static void AddLoss(List<Ailment> found, LossLedger ledger)
    {
        if (ledger.Seen > 0 && (double)ledger.Lost / ledger.Seen > TooMuchLoss)
            found.Add(new Ailment("losing-packets", $"{ledger.Lost} of {ledger.Seen} packets were lost before they could be inspected", "give the box more cores, or mirror less traffic to it"));
    }

    private static void AddSilence(List<Ailment> found, SensorDaemon daemon)
    {
        WorkerCounts counts = daemon.Pipeline.Counts;
        DateTimeOffset last = counts.LastPacket == default ? daemon.StartedAt : counts.LastPacket.ToDateTimeOffset();
        if (DateTimeOffset.UtcNow - last > Silence)
            found.Add(new Ailment("no-traffic", $"no packet on {daemon.SourceName} for {(DateTimeOffset.UtcNow - last).TotalSeconds:0} s", "check that the switch mirrors to this port and that the cable is plugged in"));
    }

    private static void AddUplink(List<Ailment> found, SensorDaemon daemon)
    {
        if (daemon.Uplink is not { } uplink) return;
        if (uplink.EnrolmentError is { } refused) found.Add(new Ailment("not-enrolled", $"the portal does not know this box: {refused.Message}", "check address and token in \"uplink:\"; alerts wait on the box"));
        else if (uplink.Status.State == UplinkState.Refused) found.Add(new Ailment("portal-refuses", $"the portal refuses alerts: {uplink.Status.LastError?.Message}", "tell the portal's operator; alerts wait on the box"));
    }
}
